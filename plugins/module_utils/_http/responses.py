# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Reads answers of a server: the JSON, its message, and the failure to raise. Removes secrets. Pure."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Iterable, Mapping, Optional

from .._errors import (
    ApiError,
    AuthenticationError,
    ConflictError,
    MissingError,
    PermissionDeniedError,
    shortened,
)
from .._failures import WRONG_ANSWER

_WORDS = ("error_description", "error", "message", "msg")
"""Members that may hold the server's message, in this order (V0-ERRORS)."""

_SERVICE_ACCOUNT = "service account credentials cannot be used here"
_HINT = "is a proxy or login page in between, or does url lack a path prefix?"
_HIDDEN = "********"
_RUN = re.compile(r"[\w.-]+")
_AFTER_A_NAME = re.compile(
    r"(?<=[Bb]earer )[^\s\"',;]{8,}|(?<=ticket=)[^\s&\"']+|(?<=token=)[^\s&\"']+|(?<=code=)[^\s&\"']+"
)
_LONGEST = 1000
_LONGEST_DETAILS = 16384
"""Most bytes of a refusal with details that are kept as they are."""

_FOR_ADMINISTRATORS = ("/admin/", "/addons")

_NOT_HERE = (404, 405, 410)
_LOGIN_WANTED = (401, 403)
"""Answers that a server may also give for an unknown path, if it requires a login first."""
_DEEPEST = 64
"""Most levels of an answer; real ones have a dozen, and Python's own functions fail at a few hundred."""
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_CHARSET = re.compile(r"""charset=["']?([\w.:-]+)""", re.IGNORECASE | re.ASCII)
_PAGE = re.compile(rb"\s*<(!doctype\s+html|html)\b", re.IGNORECASE)
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


@dataclass(frozen=True)
class Call:
    """A request as messages show it: without query and body."""

    method: str
    path: str
    what: str = ""
    role: str = ""

    def __str__(self) -> str:
        return "%s %s" % (self.method, self.path)

    @property
    def is_fixed(self) -> bool:
        """Whether every TMI server has this path, because no id is in it."""
        return self.path.count("/") == 1 or self.path.startswith("/oauth2/")


class Unreadable(Exception):
    """The body is not JSON; ``str`` describes it."""


def parse(body: bytes, content_type: str) -> Any:
    """Return the JSON value, None for an empty body; raise ``Unreadable`` for everything else."""
    if not body.strip():
        return None
    try:
        data = _DECODER.decode(body.decode("utf-8-sig"))
        if _is_deep(body, data):
            raise RecursionError
        if _SURROGATE.search(body):
            json.dumps(data, ensure_ascii=False).encode("utf-8")
        return data
    except (UnicodeDecodeError, UnicodeEncodeError):
        problem = "bytes that are not UTF-8"
    except RecursionError:
        problem = "JSON nested too deeply"
    except ValueError:
        if "html" in content_type.lower() or body.lstrip()[:1] == b"<":
            problem = "an HTML page"
        elif body.lstrip()[:1] in b"{[":
            problem = "broken JSON (%d bytes)" % len(body)
        else:
            problem = "text that is no JSON"
    raise Unreadable("%s came instead of JSON; %s" % (problem, _HINT))


def is_other(body: bytes, content_type: str) -> bool:
    """Whether a body that is not readable as JSON is neither meant as JSON nor an HTML page of a proxy or a login."""
    media = content_type.partition(";")[0].strip().lower()
    return not (media.endswith("json") or "html" in media or _PAGE.match(body))


def text_or_bytes(body: bytes, headers: Mapping[str, str]) -> tuple[str, bytes]:
    """Return a body as a text, in the encoding that the answer names, or as bytes if it is no text."""
    named = _CHARSET.search(headers.get("Content-Type", ""))
    try:
        text = body.decode(named.group(1) if named else "utf-8-sig")
    except (LookupError, UnicodeError):
        return "", body
    return ("", body) if "\0" in text else (text, b"")


def _refuse(word: str) -> Any:
    raise ValueError("%s is no JSON" % word)


_DECODER = json.JSONDecoder(parse_constant=_refuse)


def _is_deep(body: bytes, data: Any) -> bool:
    """Whether an answer has more than ``_DEEPEST`` levels, without looking at each of its values."""
    if len(body) <= 2 * _DEEPEST:
        return False
    signs = body.translate(None, _NO_BRACKETS)
    for _level in range(_DEEPEST):
        if not signs:
            return False
        left = signs.replace(b"{}", b"").replace(b"[]", b"")
        if len(left) == len(signs):
            break
        signs = left
    return bool(signs) and _has_levels(data)  # brackets in texts do not count


def _has_levels(data: Any) -> bool:
    level = [data]
    for _level in range(_DEEPEST):
        level = [
            inner
            for value in level
            if isinstance(value, (dict, list))
            for inner in (value.values() if isinstance(value, dict) else value)
        ]
    return any(isinstance(value, (dict, list)) for value in level)


def _without_tokens(text: str) -> str:
    """Return a text without parts that look like tokens; in linear time, because a server may answer anything."""
    if "eyJ" in text:
        text = _RUN.sub(lambda run: _without_jwt(run.group(0)), text)
    return _AFTER_A_NAME.sub(_HIDDEN, text)


def _without_jwt(run: str) -> str:
    """Return a run of parts between dots without the two or three parts of each JWT."""
    parts, found = run.split("."), []
    at = 0
    while at < len(parts):
        begin = parts[at].find("eyJ")
        if begin >= 0 and len(parts[at]) - begin >= 8 and at + 1 < len(parts) and parts[at + 1]:
            found.append(parts[at][:begin] + _HIDDEN)
            at += 3
        else:
            found.append(parts[at])
            at += 1
    return ".".join(found)


def censor(value: Any, secrets: Iterable[str] = ()) -> Any:
    """Return the value with the secrets, and everything that looks like a token, hidden at any depth."""
    if isinstance(value, str):
        for secret in sorted(secrets, key=len, reverse=True):
            if len(secret) > 3:
                value = value.replace(secret, _HIDDEN)
        return _without_tokens(value)
    if isinstance(value, Mapping):
        return {censor(key, secrets): censor(item, secrets) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [censor(item, secrets) for item in value]
    return value


def server_words(data: Any, status: int, reason: str) -> str:
    """Return the server's message about its refusal; without one, the status line."""
    if isinstance(data, Mapping):
        for key in _WORDS:
            if isinstance(data.get(key), str) and data[key].strip():
                return shortened(" ".join(data[key].split()), _LONGEST)
    return ("%d %s" % (status, reason[:_LONGEST])).strip()


def failure(
    call: Call,
    status: int,
    reason: str,
    headers: Mapping[str, str],
    body: bytes,
    secrets: Iterable[str] = (),
    advice: str = "",
    kind: Optional[type[ApiError]] = None,
    url: str = "",
    is_known: bool = True,
    is_public: bool = False,
    **more: Any,
) -> ApiError:
    """Return the error for an unexpected answer. ``advice`` is a sentence for the user.

    ``url``: the address of the request. The message shows it if the answer may come from something other than a TMI
    server and no TMI server has answered before (``is_known``). ``is_public``: the request needs no login.
    """
    secrets = list(secrets)
    try:
        data = parse(body, headers.get("Content-Type", ""))
        came = ""
    except Unreadable as error:
        data, came = None, str(error)
    data = censor(data, secrets)
    words = censor(server_words(data, status, reason), secrets)
    is_locked = is_public and status in _LOGIN_WANTED
    is_elsewhere = not is_known and (status in _NOT_HERE or is_locked or bool(came and status < 500))
    message = "%s answered %d: %s" % (call, status, words)
    if words == ("%d %s" % (status, reason)).strip():
        message = "%s answered %s" % (call, words)
    if came and status < 500:
        message += " (%s)" % came
    if is_elsewhere or (not is_known and status == 401):
        message = with_address(message, url)
    advice = advice or ("" if is_elsewhere and is_locked else _advice(call, status, words))
    if not advice and not came and is_elsewhere and is_locked:
        advice = "A TMI server asks for no login here: check the path of url"
    if not advice and not came and is_elsewhere and call.is_fixed:
        advice = "There is no TMI server at this address: check the option url, and the path in it"
    if advice:
        message = "%s. %s" % (message.rstrip("."), advice)
    code = details = None
    if isinstance(data, Mapping):
        code = data.get("code") or data.get("error")
        details = data.get("details")
        if len(body) > _LONGEST_DETAILS and details is not None:
            details = shortened(json.dumps(details, ensure_ascii=False), _LONGEST)
    return (kind or _kind(status))(
        message,
        method=call.method,
        path=call.path,
        status=status,
        server_code=code[:100] if isinstance(code, str) and " " not in code else "",
        server_message=words,
        server_details=details,
        request_id=censor(headers.get("X-Request-Id", ""), secrets)[:200],
        what=call.what,
        url=url,
        code=WRONG_ANSWER if is_elsewhere and (came or call.is_fixed) else "",
        **more,
    )


def with_address(message: str, url: str) -> str:
    """Return a message with the whole address of the request, because the mistake may be in it."""
    return "%s (the whole address is %s)" % (message.rstrip("."), url)


def _kind(status: int) -> type[ApiError]:
    return {
        401: AuthenticationError,
        403: PermissionDeniedError,
        404: MissingError,
        409: ConflictError,
        428: ConflictError,
    }.get(status, ApiError)


def _advice(call: Call, status: int, words: str) -> str:
    if status == 403:
        if _SERVICE_ACCOUNT in words:
            return (
                "On this server service accounts may only read and create threat models. To change one, use the login "
                "of a person: a refresh_token with token_cache, or tmi_token with its option browser"
            )
        if call.path.startswith(_FOR_ADMINISTRATORS):
            return "Only administrators of the server may do this"
        if call.role:
            return "The account needs the role %s on this threat model" % call.role
        return "The account lacks the role: reader to read, writer to change, owner to remove or to change access"
    if status == 407:
        return "A proxy wants a password: give the option proxy as http://user:password@host:port"
    return ""
