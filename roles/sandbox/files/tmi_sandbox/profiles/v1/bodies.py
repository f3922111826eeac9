# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads request bodies before the login is checked, as the server does (V1-CHECKS, V1-UNICODE)."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Callable
from typing import Any

from ...validation import Checker
from ...web.rest import ApiError, Call
from . import errors

Json = Any
JSON = "application/json"
PATCH = "application/json-patch+json"
FORM = "application/x-www-form-urlencoded"
READABLE = (JSON, PATCH, FORM, "multipart/form-data")
_EMOJI = (
    "\u2600-\u27bf\ufe00-\ufe0f\U0001f300-\U0001f64f\U0001f680-\U0001f6ff\U0001f900-\U0001faff\U000e0020-\U000e007f"
)
_INDIC = "\u0900-\u0dff\u1000-\u109f\u1780-\u17ff"
HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\u3164\uffa0]"
    rf"|\A\u200d|\u200d\Z|(?<![{_EMOJI}])\u200d(?![{_EMOJI}])"  # joiners are allowed between emoji
    rf"|(?<![{_INDIC}])\u200c|\u200c(?![{_INDIC}])"  # and non-joiners between letters of some scripts
)
HARMLESS = re.compile(rb"[\t\n\r -[\]-~]*")  # no escapes, and all texts are already normalised
MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962\u0963"
    "\u0981-\u0983\u09bc\u09be-\u09cd\u0a01-\u0a03\u0a3c-\u0a4d\u0a81-\u0a83\u0abc-\u0acd\u0b01-\u0b03\u0b3c-\u0b4d"
    "\u0b82\u0b83\u0bbe-\u0bcd\u0c00-\u0c03\u0c3e-\u0c4d\u0c81-\u0c83\u0cbc-\u0ccd\u0d00-\u0d03\u0d3b-\u0d4d\u0d81-\u0d83"
    "\u0dca-\u0ddf\u0e31-\u0e3a\u0e47-\u0e4e"
)
STACKED = re.compile(f"[{MARKS}]{{3}}")
SURROGATE = re.compile("[\ud800-\udfff]")


def read(call: Call, kinds: tuple[str, ...]) -> Json:
    """Return the body as JSON with normalised texts, or None if there is none or if it is a form.

    `kinds` are the allowed media types. If it is empty, the body is not read.
    """
    kind = call.media_type()
    if call.raw and not kind:
        raise errors.invalid("Content-Type header is required for requests with a body", "invalid_request")
    if kind and kinds and kind not in kinds:
        raise _unsupported()
    if not call.raw:
        return None
    if call.headers.get("Content-Encoding", "identity") != "identity":
        raise errors.invalid("Request body contains invalid content encoding", "invalid_request")
    return None if kind not in (JSON, PATCH) else parse(call.raw)


def parse(raw: bytes) -> Json:
    """Return strict JSON without repeated keys, trailing text and texts with hidden characters.

    Texts are composed (NFC) in their written form, so characters written as escapes are not composed.
    """
    text = raw.decode("utf-8", "replace")
    harmless = HARMLESS.fullmatch(raw)
    if not harmless:
        text = unicodedata.normalize("NFC", text)
        if _hides(text) or _hides_below(text):
            raise hidden()
    try:
        value = json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse, parse_float=_finite)
        return value if harmless else storable(value)
    except (ValueError, RecursionError):
        raise errors.invalid("Request body contains invalid JSON syntax") from None


def _unique(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    whole = dict(pairs)
    if len(whole) < len(pairs):
        names = [name for name, _value in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise errors.invalid(f"duplicate key '{twice}' in JSON object")
    return whole


def _refuse(name: str) -> float:
    raise ValueError(f"invalid number {name}")


def _finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise ValueError(f"number {text} is out of range")
    return value


def _hides(value: str) -> bool:
    """Return whether a text has hidden characters or three consecutive combining marks."""
    return HIDDEN.search(value) is not None or STACKED.search(value) is not None


def _hides_below(text: str) -> bool:
    """Return whether a text or key of a body has hidden characters that were written as escapes."""
    try:
        return _any_hides(json.loads(text))
    except (ValueError, RecursionError):
        return False


def _any_hides(value: Json) -> bool:
    if isinstance(value, str):
        return _hides(value)
    if isinstance(value, list):
        return any(map(_any_hides, value))
    if isinstance(value, dict):
        return any(_hides(name) or _any_hides(one) for name, one in value.items())
    return False


def storable(value: Json) -> Json:
    """Return the value with halves of surrogate pairs replaced, as the server's JSON reader does."""
    if isinstance(value, str):
        return SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [storable(one) for one in value]
    if isinstance(value, dict):
        return {storable(name): storable(one) for name, one in value.items()}
    return value


def required(call: Call, *kinds: str) -> Json:
    """Return the body of an operation that requires one of the right kind, from `call.body`, which `read` has set."""
    if not call.raw:
        raise errors.invalid("request body has an error: value is required but missing")
    if call.media_type() not in (kinds or (JSON,)):
        raise _unsupported()
    if call.body is None:
        raise errors.invalid("request body has an error: doesn't match schema: Value is not nullable")
    return call.body


def checked(check: Checker) -> Callable[[Call], Json]:
    """Return the check of an operation whose body is JSON with normalised texts."""
    return lambda call: check(required(call))


def _unsupported() -> ApiError:
    return errors.error(415, "unsupported_media_type", "The Content-Type header specifies an unsupported media type")


def hidden() -> ApiError:
    """Return the error for hidden characters."""
    return errors.invalid("Request body contains unsupported Unicode characters", "invalid_request")
