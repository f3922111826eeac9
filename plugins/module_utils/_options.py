# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The connection options, once: argument spec, environment, plugin variables and ``Settings`` come from ``OPTIONS``.

A unit test holds the documentation fragments against the same table.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Any, Mapping
from urllib.parse import urlsplit

from ansible.module_utils.errors import AnsibleFallbackNotFound

from ._errors import InputError

GENERATIONS = ("v0",)
"""API generations that the collection speaks; the choices of option ``api`` besides ``auto``."""


def env_set(*names: str) -> str:
    """Fallback of an option: the first variable that is not blank.

    Ansible's own ``env_fallback`` takes an empty variable as a value, but a field left empty in an AWX credential
    renders as an empty variable and means "not set".
    """
    for name in names:
        if os.environ.get(name, "").strip():
            return os.environ[name]
    raise AnsibleFallbackNotFound


@dataclass(frozen=True)
class Option:
    """One connection option. Its variable is ``TMI_<NAME>``, in plugins also the variable ``tmi_<name>``."""

    name: str
    type: str = "str"
    default: Any = None
    required: bool = False
    secret: bool = False
    choices: tuple[str, ...] = ()

    @property
    def env(self) -> str:
        return "TMI_" + self.name.upper()

    @property
    def var(self) -> str:
        return "tmi_" + self.name

    def spec(self) -> dict[str, Any]:
        """Return the entry of the argument spec."""
        # no_log is always said: names with "token" or "key" make Ansible guess otherwise.
        entry: dict[str, Any] = {"type": self.type, "fallback": (env_set, [self.env]), "no_log": self.secret}
        if self.required:
            entry["required"] = True
        if self.choices:
            entry["choices"] = list(self.choices)
        if self.default is not None:
            entry["default"] = self.default
        return entry


OPTIONS = (
    Option("url", required=True),
    Option("api", default="auto", choices=("auto",) + GENERATIONS),
    Option("token", secret=True),
    Option("refresh_token", secret=True),
    Option("token_cache", "path"),
    Option("login_provider"),
    Option("login_hint"),
    Option("validate_certs", "bool", default=True),
    Option("ca_path", "path"),
    Option("client_cert", "path"),
    Option("client_key", "path"),
    Option("proxy", secret=True),
    Option("timeout", "float", default=30),
    Option("connect_timeout", "float", default=10),
    Option("retry_timeout", "float", default=120),
    Option("settle_timeout", "float", default=10),
)

REQUIRED_BY = {"client_key": ("client_cert",)}
"""``required_by`` of every argument spec that holds ``connection_spec()``."""


def connection_spec() -> dict[str, dict[str, Any]]:
    """Return the connection part of an argument spec."""
    return {option.name: option.spec() for option in OPTIONS}


@dataclass(frozen=True)
class Settings:
    """Validated connection options; times in seconds. Safe to print: secrets and what may hold one are left out."""

    url: str
    api: str = "auto"
    token: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)
    token_cache: str = ""
    login_provider: str = ""
    login_hint: str = field(default="", repr=False)
    validate_certs: bool = True
    ca_path: str = ""
    client_cert: str = ""
    client_key: str = ""
    proxy: str = field(default="", repr=False)
    timeout: float = 30.0
    connect_timeout: float = 10.0
    retry_timeout: float = 120.0
    settle_timeout: float = 10.0

    @classmethod
    def from_params(cls, params: Mapping[str, Any]) -> Settings:
        """Build settings from validated parameters, other parameters among them; ``InputError`` names the option.

        A blank value counts as not set: then the variable decides, then the default.
        """
        values: dict[str, Any] = {}
        for option in OPTIONS:
            value = params.get(option.name)
            if value is None or (isinstance(value, str) and not value.strip()):
                value = os.environ.get(option.env, "").strip() or option.default
            values[option.name] = _converted(option, value)
        _settle_login(values, params)
        values["url"] = clean_url(values["url"])
        values["proxy"] = _clean_proxy(values["proxy"])
        for name in ("ca_path", "client_cert", "client_key"):
            values[name] = _readable_path(name, values[name])
        if values["client_key"] and not values["client_cert"]:
            raise InputError("needs client_cert as well", "client_key")
        return cls(**values)


def _converted(option: Option, value: Any) -> Any:
    """Bring a value to the option's type; only what did not pass through an argument spec still needs it."""
    if option.type == "bool":
        if not isinstance(value, bool):
            word = str(value).strip().lower()
            if word not in ("yes", "on", "1", "true", "t", "y", "no", "off", "0", "false", "f", "n"):
                raise InputError("is neither true nor false", option.name)
            value = word in ("yes", "on", "1", "true", "t", "y")
        return value
    if option.type == "float":
        return _seconds(option.name, value)
    text = "" if value is None else str(value).strip()
    if option.choices and text not in option.choices:
        raise InputError("must be one of %s, not %r" % (", ".join(option.choices), text), option.name)
    if option.secret and not all("!" <= sign <= "~" for sign in text):
        # Would break the header, and the error of the HTTP library would show it.
        raise InputError("holds a blank, a line break or a sign that is not ASCII", option.name)
    return os.path.expanduser(os.path.expandvars(text)) if option.type == "path" else text


def _seconds(name: str, value: Any) -> float:
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        raise InputError("must be a number of seconds", name) from None
    zero_allowed = name in ("retry_timeout", "settle_timeout")
    if not (0 <= seconds <= 86400) or (seconds == 0 and not zero_allowed):
        limits = "from 0 to" if zero_allowed else "above 0 up to"
        raise InputError("must be a number of seconds %s 86400" % limits, name)
    return seconds


def _settle_login(values: dict[str, Any], params: Mapping[str, Any]) -> None:
    """Leave one way to log in: what the task says wins over what only the environment says."""

    def in_task(name: str) -> bool:
        given = str(params.get(name) or "").strip()
        return bool(given) and given != os.environ.get("TMI_" + name.upper(), "").strip()

    if not values["login_hint"] or not (values["token"] or values["refresh_token"]):
        return
    hint_in_task, token_in_task = in_task("login_hint"), in_task("token") or in_task("refresh_token")
    if hint_in_task and not token_in_task:
        values["token"] = values["refresh_token"] = ""
    elif token_in_task and not hint_in_task:
        values["login_hint"] = ""
    else:
        raise InputError("login_hint cannot go together with token or refresh_token: give one of them")


def clean_url(url: str) -> str:
    """Return the server's address without trailing slash, a path prefix kept; ``InputError`` says what is wrong."""
    if not url:
        raise InputError("is not set: give the address of the TMI server, here or in TMI_URL", "url")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise InputError("is no valid address (host or port)", "url") from None
    if "@" in parts.netloc:
        raise InputError("must not hold a user name or password", "url")
    if parts.scheme not in ("http", "https"):
        raise InputError("must begin with http:// or https://, like https://tmi.example.com", "url")
    if not host or port == 0 or any(sign.isspace() or not sign.isprintable() or sign in "\\%" for sign in parts.netloc):
        raise InputError("has no valid host or port", "url")
    if "?" in url or "#" in url:
        raise InputError("must not hold a query or fragment", "url")
    if any(sign.isspace() or not sign.isprintable() for sign in parts.path) or "/../" in parts.path + "/":
        raise InputError("has no valid path", "url")
    return "%s://%s%s" % (parts.scheme, parts.netloc.lower(), parts.path.rstrip("/"))


def _clean_proxy(proxy: str) -> str:
    if not proxy:
        return ""
    try:
        parts = urlsplit(proxy if "://" in proxy else "http://" + proxy)
        usable = bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or parts.scheme not in ("http", "https", "socks5", "socks5h"):
        raise InputError("must look like http://proxy.example.com:3128", "proxy")
    return parts.geturl()


def _readable_path(name: str, path: str) -> str:
    """Return the path, or "" for an empty file: an AWX credential renders an unfilled field so."""
    if not path:
        return ""
    try:
        if os.path.isdir(path) and name == "ca_path":
            return path
        with open(path, "rb") as file:
            return path if file.read(1) else ""
    except OSError as error:
        raise InputError("cannot read %s: %s" % (path, error.strerror or type(error).__name__), name) from None
