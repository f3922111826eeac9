# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The connection options: argument spec, environment, variables of plugins and ``Settings`` all come from ``OPTIONS``.

A unit test compares the documentation fragments with the same table.
"""

from __future__ import annotations

import ipaddress
import os
from dataclasses import dataclass, field
from typing import Any, Mapping
from urllib.parse import urlsplit

from ansible.module_utils.errors import AnsibleFallbackNotFound

from ._errors import InputError
from ._files import env_file, reading
from ._unread import unread

GENERATIONS = ("v0", "v1")
"""API generations that the collection supports: the choices of the option ``api`` besides ``auto``."""


def env_set(*names: str) -> str:
    """Return the first variable that is not blank: the fallback of an option.

    Ansible's own ``env_fallback`` uses an empty variable as a value. But an empty field of an AWX credential becomes an
    empty variable and means "not set".
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
        # no_log is always given; otherwise Ansible guesses it from names with "token" or "key".
        entry: dict[str, Any] = {"type": self.type, "fallback": (env_set, [self.env]), "no_log": self.secret}
        if self.choices:
            entry["choices"] = list(self.choices)
        if self.default is not None:
            entry["default"] = self.default
        return entry


OPTIONS = (
    # Required, but not marked so in the argument spec, because env_file can give it.
    Option("url"),
    Option("api", default="auto", choices=("auto",) + GENERATIONS),
    Option("token", secret=True),
    Option("refresh_token", secret=True),
    Option("token_cache", "path"),
    Option("login_provider"),
    Option("login_hint"),
    Option("client_id"),
    Option("client_secret", secret=True),
    Option("env_file", "path"),
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

VARIABLES = tuple(prefix + option.name.upper() for prefix in ("TMI_", "TMI_SOURCE_") for option in OPTIONS)
"""Variables that are read: those of the connection, and those of the connection from which role migrate reads."""

REQUIRED_BY = {"client_key": ("client_cert",)}
"""``required_by`` of every argument spec that holds ``connection_spec()``."""


def connection_spec() -> dict[str, dict[str, Any]]:
    """Return the connection part of an argument spec."""
    return {option.name: option.spec() for option in OPTIONS}


_NEEDS = (("client_key", "client_cert"), ("client_secret", "client_id"), ("client_id", "client_secret"))


@dataclass(frozen=True)
class Settings:
    """Validated connection options; times in seconds. Safe to print: secrets are hidden."""

    url: str
    api: str = "auto"
    token: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)
    token_cache: str = ""
    login_provider: str = ""
    login_hint: str = field(default="", repr=False)
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    env_file: str = ""
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
        """Build settings from validated parameters, among others; ``InputError`` names the option.

        The task comes first, then the file ``env_file``, the environment, the default. A blank value counts as not set.
        """
        file = _variables_of_file(params)
        chosen = {option.name: _choose(option, params, file) for option in OPTIONS}
        values = {option.name: _converted(option, chosen[option.name][0]) for option in OPTIONS}
        _settle_login(values, {name: origin for name, (_value, origin) in chosen.items()}, params)
        values["url"] = clean_url(values["url"])
        values["proxy"] = _clean_proxy(values["proxy"])
        for name in ("ca_path", "client_cert", "client_key"):
            values[name] = _readable_path(name, values[name])
        for name, other in _NEEDS:
            if values[name] and not values[other]:
                raise InputError("needs %s as well" % other, name)
        return cls(**values)

    def warnings(self) -> list[str]:
        """Return warnings: files of secrets that others can read, variables that nothing reads."""
        files = [(name, getattr(self, name)) for name in ("env_file", "client_key")]
        lines = [
            "%s: others can read %s: chmod 600 it" % file for file in files if file[1] and reading.is_open(file[1])
        ]
        if self.env_file:
            slips = unread(env_file.read(self.env_file), VARIABLES)
            lines += ["env_file: %s has variables that no option reads: %s" % (self.env_file, slips)] if slips else []
        return lines

    @property
    def is_exposed(self) -> bool:
        """Whether requests can be read on the way: they go to another machine without TLS."""
        parts = urlsplit(self.url)
        return parts.scheme == "http" and not is_loopback(parts.hostname or "")


def is_loopback(host: str) -> bool:
    """Whether a host name or address means this machine (for names RFC 6761, section 6.3)."""
    name = host.rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)


# --- where a value comes from -------------------------------------------------------------------

_DEFAULT, _ENVIRONMENT, _FILE, _TASK = range(4)
"""Origins of a value; a later one has precedence."""


def is_blank(value: Any) -> bool:
    """Whether a value counts as not set: AWX gives an empty text for a question without an answer."""
    return value is None or (isinstance(value, str) and not value.strip())


def _variables_of_file(params: Mapping[str, Any]) -> dict[str, str]:
    path = params.get("env_file")
    path = str(os.environ.get("TMI_ENV_FILE", "") if is_blank(path) else path).strip()
    return env_file.read(os.path.expanduser(os.path.expandvars(path))) if path else {}


def _choose(option: Option, params: Mapping[str, Any], file: Mapping[str, str]) -> tuple[Any, int]:
    """Return the value to use and its origin.

    The argument spec fills in the environment and the default, so an equal parameter counts as one of these.
    """
    value = params.get(option.name)
    environment = os.environ.get(option.env, "").strip()
    filled_in = environment or option.default
    if not is_blank(value) and not _is_same(option, value, filled_in):
        return value, _TASK
    from_file = file.get(option.env, "").strip()
    if from_file and option.name != "env_file":
        return from_file, _FILE
    return (environment, _ENVIRONMENT) if environment else (option.default, _DEFAULT)


def value_of(name: str, params: Mapping[str, Any]) -> Any:
    """Return the value that ``Settings`` would use for one option, "" if it is not set. Raises InputError."""
    [option] = [option for option in OPTIONS if option.name == name]
    return _converted(option, _choose(option, params, _variables_of_file(params))[0])


def _is_same(option: Option, value: Any, other: Any) -> bool:
    try:
        return bool(_converted(option, value) == _converted(option, other))
    except InputError:
        return False


def _converted(option: Option, value: Any) -> Any:
    """Convert a value to the option's type; needed only for values that did not pass through an argument spec."""
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
        # It would break the header, and the error of the HTTP library would show the secret.
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


WAYS = (
    ("browser", "callback_url"),
    ("login_hint",),
    ("token", "refresh_token"),
    ("client_id", "client_secret"),
)
"""The ways to log in, each with its options; only ``tmi_token`` has the options of the first."""


def _settle_login(values: dict[str, Any], origins: Mapping[str, int], params: Mapping[str, Any]) -> None:
    """Select one way to log in: the task has precedence over ``env_file``, and this over the environment."""

    def strength(way: tuple[str, ...]) -> int:
        return max(
            origins[name] if name in values else _DEFAULT if is_blank(params.get(name)) else _TASK for name in way
        )

    used = [way for way in WAYS if strength(way) > _DEFAULT]
    strongest = max(map(strength, used), default=_DEFAULT)
    rivals = [way for way in used if strength(way) == strongest]
    if len(rivals) > 1:
        raise InputError("%s cannot be combined with %s: give one of them" % tuple(map(" or ".join, rivals[:2])))
    for way in used:
        if way not in rivals:
            values.update((name, "") for name in way if name in values)


def clean_url(url: str) -> str:
    """Return the server's address, with path prefix, without trailing slash; ``InputError`` says what is wrong."""
    if not url:
        raise InputError("is not set: give the address of the TMI server, here, in TMI_URL or in env_file", "url")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise InputError("is not a valid address (host or port)", "url") from None
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
    """Return the path, or "" for an empty file: this is an empty field of an AWX credential."""
    if not path:
        return ""
    try:
        if os.path.isdir(path) and name == "ca_path":
            return path
        content, _status = reading.read(path, 1)
    except OSError as error:
        raise InputError("cannot read %s: %s" % (path, error.strerror or type(error).__name__), name) from None
    return path if content else ""
