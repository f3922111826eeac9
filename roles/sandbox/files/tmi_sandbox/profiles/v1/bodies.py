# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads request bodies as the server does before it knows who asks (V1-CHECKS, V1-UNICODE)."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Callable
from typing import Any

from ...rest import ApiError, Call
from ...validation import Checker
from . import errors

Json = Any
JSON = "application/json"
PATCH = "application/json-patch+json"
FORM = "application/x-www-form-urlencoded"
READABLE = (JSON, PATCH, FORM, "multipart/form-data")
_EMOJI = "\u2600-\u27bf\ufe00-\ufe0f\U0001f300-\U0001f64f\U0001f680-\U0001f6ff\U0001f900-\U0001faff"
_INDIC = "\u0900-\u0dff\u1000-\u109f\u1780-\u17ff"
HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\u3164\uffa0]"
    rf"|\A\u200d|\u200d\Z|(?<![{_EMOJI}])\u200d(?![{_EMOJI}])"  # joiners belong between emoji
    rf"|(?<![{_INDIC}])\u200c|\u200c(?![{_INDIC}])"  # and non-joiners between letters of some scripts
)
HARMLESS = re.compile(rb"[\t\n\r -[\]-~]*")  # nothing is written as an escape, and all texts are as they are to be
SURROGATE = re.compile("[\ud800-\udfff]")


def read(call: Call) -> Json:
    """Return the body as JSON with its texts normalised; None where there is none or it is a form."""
    if not call.raw:
        return None
    kind = call.media_type()
    if not kind:
        raise errors.invalid("Content-Type header is required for requests with a body", "invalid_request")
    if kind not in READABLE:
        raise _unsupported()
    if call.headers.get("Content-Encoding", "identity") != "identity":
        raise errors.invalid("Request body contains invalid content encoding", "invalid_request")
    return None if kind not in (JSON, PATCH) else parse(call.raw)


def parse(raw: bytes) -> Json:
    """Return strict JSON: no key twice, nothing after it, no text that hides something."""
    text = raw.decode("utf-8", "replace")
    try:
        value = json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse, parse_float=_finite)
        return value if HARMLESS.fullmatch(raw) else _checked(value)
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


def _checked(value: Json) -> Json:
    """Return the value with every text normalised; refuse characters that hide something."""
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list):
        return [_checked(one) for one in value]
    if isinstance(value, dict):
        return {_text(name): _checked(one) for name, one in value.items()}
    return value


def _text(value: str) -> str:
    if value.isascii() and value.isprintable():
        return value
    if HIDDEN.search(value) or _stacked(value):
        raise hidden()
    return SURROGATE.sub("\ufffd", unicodedata.normalize("NFC", value))


def _stacked(value: str) -> bool:
    """Return whether three combining marks follow each other."""
    run = 0
    for character in value:
        run = run + 1 if unicodedata.combining(character) else 0
        if run >= 3:
            return True
    return False


def required(call: Call, *kinds: str) -> Json:
    """Return the body of an operation that needs one, of the right kind, as `read` has left it in `call.input`."""
    if not call.raw:
        raise errors.invalid("request body has an error: value is required but missing")
    if call.media_type() not in (kinds or (JSON,)):
        raise _unsupported()
    if call.input is None:
        raise errors.invalid("request body has an error: doesn't match schema: Value is not nullable")
    return call.input


def checked(check: Checker) -> Callable[[Call], Json]:
    """Return the check of an operation whose body is JSON; its texts are already normalised."""
    return lambda call: check(required(call))


def _unsupported() -> ApiError:
    return errors.error(415, "unsupported_media_type", "The Content-Type header specifies an unsupported media type")


def hidden() -> ApiError:
    """Return the error for characters that hide something."""
    return errors.invalid("Request body contains unsupported Unicode characters", "invalid_request")
