# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this doc fragment is **PRIVATE** to the collection. It can have breaking changes at any time.

# A unit test compares both texts with OPTIONS in module_utils/_options.py.

from __future__ import annotations

import re
from collections.abc import Callable

#: The options, without their environment variables and variables.
_OPTIONS = r"""
  url:
    description:
      - Address of the TMI server, for example V(https://tmi.example.com). A path prefix is kept.
      - It must not contain a user name, a password or a query.
      - Required, here or as E(TMI_URL) in the environment or in O(env_file).
    type: str
  api:
    description:
      - API generation of the server. V(auto) detects it from the first answer, if possible without an additional
        request.
    type: str
    choices: [auto, v0, v1]
    default: auto
  token:
    description:
      - Access token (a JWT). It is used until it expires. With O(refresh_token) it is renewed then.
      - >-
        Excludes O(login_hint) and O(client_id). A login given in the task overrides one in O(env_file), and that
        overrides one in the environment.
    type: str
  refresh_token:
    description:
      - Refresh token. The server replaces it at each use, so O(token_cache) is required as well.
    type: str
  token_cache:
    description:
      - >-
        File that keeps tokens between tasks and runs. It is created with mode V(0600), and missing folders with mode
        V(0700). It is refused if other users can read it or can replace it because they can write to its folder.
      - >-
        The file is locked while it is used. A task waits for the lock as long as O(retry_timeout) and O(timeout)
        together. The error after that names the process and the machine that hold the lock.
      - Several tasks, forks and jobs can share it. One of them renews a token, and the others use the new token.
      - With O(login_hint) or O(client_id), a whole play logs in only once.
      - >-
        If no other login is given, the module uses the login from this file that M(tmi.tmi.tmi_token) made in a browser
        for the same O(url) and O(login_provider), and renews it as long as the server allows.
    type: path
  login_provider:
    description:
      - >-
        Id of the identity provider. O(login_hint) works only with a provider that needs no browser, which is V(test),
        or V(tmi) on API 1.x. The default is the one of these two that the server offers.
      - >-
        For any other provider, log in with M(tmi.tmi.tmi_token) in a browser. The other modules then find the login in
        O(token_cache) if they have the same O(login_provider), or none if the login had none.
    type: str
  login_hint:
    description:
      - User name for a login without password at O(login_provider), which only development servers offer.
      - It has three to twenty letters, digits and hyphens.
    type: str
  client_id:
    description:
      - >-
        Client id of a service account, on API 1.x. Service accounts can read everything they have access to and create
        threat models. They cannot change, remove or add anything in a threat model.
      - Excludes O(login_hint), O(token) and O(refresh_token).
    type: str
  client_secret:
    description:
      - >-
        Secret of O(client_id). The fifth wrong secret locks the client id for an hour, so correct it before you run
        many tasks.
    type: str
  env_file:
    description:
      - >-
        File with environment variables of these options, with lines such as C(TMI_URL=https://tmi.example.com). It is
        read on the machine where the module runs. Options of the task override the file, and the file overrides the
        environment.
      - >-
        The file can have comments, C(export), single and double quotes. A value with blanks or special characters of a
        shell must be in single quotes. Nothing is expanded. Variables that do not begin with C(TMI_) are ignored, and
        so are variables of the role P(tmi.tmi.migrate#role), such as C(TMI_SOURCE_URL). A warning names all other
        unknown variables.
      - It may hold secrets. It is a warning if other users can read the file, and an error if they can write to it.
    type: path
  validate_certs:
    description:
      - Whether to check the certificate of the server.
    type: bool
    default: true
  ca_path:
    description:
      - File with the certificates (PEM) of the authorities to trust, or a folder of them in the form of OpenSSL.
      - The default is E(REQUESTS_CA_BUNDLE), otherwise the authorities of the system. An empty file counts as not
        given.
    type: path
  client_cert:
    description:
      - File with the certificate of the client (PEM), and its key unless O(client_key) is given.
    type: path
  client_key:
    description:
      - File with the unencrypted key (PEM) of O(client_cert).
    type: path
  proxy:
    description:
      - Proxy for all requests, for example V(http://proxy.example.com:3128).
      - By default the variables E(HTTPS_PROXY), E(HTTP_PROXY) and E(NO_PROXY) are used.
    type: str
  timeout:
    description:
      - Maximum time of one request in seconds, from connecting to the last byte of the answer.
    type: float
    default: 30
  connect_timeout:
    description:
      - Maximum time to connect, in seconds.
    type: float
    default: 10
  retry_timeout:
    description:
      - >-
        Time in seconds during which a request is repeated after temporary failures. It is also the longest wait that a
        server may ask for.
      - >-
        The time counts from the last successful request of the task. So if several models are written at once and
        requests for one of them are refused repeatedly, it does not fail while the others make progress. A single
        request is repeated for at most ten times as long.
      - Writes are repeated only if that is safe. V(0) repeats nothing.
    type: float
    default: 120
  settle_timeout:
    description:
      - >-
        Time in seconds, from sending, during which a server may still carry out a write whose answer did not come in
        time. The task reads the server again only after this time.
    type: float
    default: 10
"""


def _for_modules(options: str) -> str:
    """Return the options with a sentence on the environment variable at the end of each description."""
    sentence = "If not set, the environment variable E(TMI_%s) is used. An empty variable counts as not set."
    return _each(options, lambda name, text, rest: text + "\n      - " + sentence % name.upper() + rest)


def _for_plugins(options: str) -> str:
    """Return the options with their environment variable and variable, from which Ansible sets options of plugins."""
    source = "\n    env:\n      - name: TMI_%s\n    vars:\n      - name: tmi_%s"
    return _each(options, lambda name, text, rest: text + rest + source % (name.upper(), name))


def _each(options: str, changed: Callable[[str, str, str], str]) -> str:
    """Return the options, each changed by its name, its text up to the description, and the rest, from the type on."""
    found = []
    for option in re.split(r"\n(?=  \w)", options.strip("\n")):
        text, separator, rest = option.partition("\n    type:")
        found.append(changed(text.split(":", 1)[0].strip(), text, separator + rest))
    return "\noptions:\n" + "\n".join(found) + "\n"


class ModuleDocFragment:
    """The connection options: DOCUMENTATION for modules, PLUGIN for lookup and inventory plugins."""

    # With a type, because yamllint of ansible-test reads texts, and fails for an expression, in plain assignments.
    DOCUMENTATION: str = (
        _for_modules(_OPTIONS)
        + r"""requirements:
  - requests (Python library)
notes:
  - To set the connection options once for a play, use C(module_defaults) with the group C(tmi.tmi.tmi).
"""
    )

    # Options of plugins can also come from variables. The plugin must template such a value itself.
    PLUGIN: str = (
        _for_plugins(_OPTIONS)
        + r"""requirements:
  - requests (Python library)
"""
    )
