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
      - Must not hold a user name, a password or a query.
      - Needed, here or as E(TMI_URL) in the environment or in O(env_file).
    type: str
  api:
    description:
      - API generation of the server. V(auto) tells it from the first answer and spends no request on it where it can.
    type: str
    choices: [auto, v0, v1]
    default: auto
  token:
    description:
      - Access token (a JWT). Used until it expires; with O(refresh_token) it is renewed then.
      - >-
        Excludes O(login_hint) and O(client_id). Of these ways to log in, one given in the task wins over one from
        O(env_file), and that over one from the environment.
    type: str
  refresh_token:
    description:
      - Refresh token. The server replaces it at each use, so O(token_cache) is needed as well.
    type: str
  token_cache:
    description:
      - >-
        File that keeps tokens between tasks and runs. It is created with mode V(0600), and so are missing folders, with
        mode V(0700). It is refused if others can read it, or replace it because they can write to its folder.
      - >-
        A lock keeps users of the file apart. It is waited for as long as O(retry_timeout) and O(timeout) together, and
        the error then says which process on which machine holds it.
      - Several tasks, forks and jobs can share it. One of them renews a token, the others use what it got.
      - With O(login_hint) or O(client_id) it makes a whole play log in once.
      - >-
        Without any other way to log in, the login that M(tmi.tmi.tmi_token) made in a browser for the same O(url) and
        O(login_provider) is taken from it, and renewed as long as the server lets it be.
    type: path
  login_provider:
    description:
      - >-
        Identity provider, by its id. For O(login_hint) only one that needs no browser can be used: V(test), or V(tmi)
        on API 1.x. Without it whichever of the two the server offers is taken.
      - >-
        A login through any other provider is made with M(tmi.tmi.tmi_token), in a browser. The other modules then find
        it in O(token_cache), with the same O(login_provider) or, if it was made without, without.
    type: str
  login_hint:
    description:
      - User name for a login without password at O(login_provider), which only development servers offer.
      - Three to twenty letters, digits and hyphens.
    type: str
  client_id:
    description:
      - >-
        Client id of a service account, on API 1.x. Service accounts may read everything they have access to and create
        threat models, but not change, remove or add anything in one.
      - Excludes O(login_hint), O(token) and O(refresh_token).
    type: str
  client_secret:
    description:
      - >-
        Secret of O(client_id). The fifth wrong one locks the client id for an hour, so put it right before you run
        many tasks.
    type: str
  env_file:
    description:
      - >-
        File with lines C(TMI_URL=https://tmi.example.com), with the environment variables of these options. It is read
        where the module runs. What the task sets wins over it, and it wins over the environment.
      - >-
        Takes comments, C(export), single and double quotes. A value with blanks or signs that a shell would act on
        must be in single quotes. Nothing is expanded. Variables that do not begin with C(TMI_) are left alone, and so
        are those of the role P(tmi.tmi.migrate#role), such as C(TMI_SOURCE_URL). Of others that nothing reads a warning
        says the names.
      - It may hold secrets. Others who can read it cause a warning, others who can write to it an error.
    type: path
  validate_certs:
    description:
      - Whether to check the certificate of the server.
    type: bool
    default: true
  ca_path:
    description:
      - File with the certificates (PEM) of the authorities to trust, or a folder of them in the form of OpenSSL.
      - Without it E(REQUESTS_CA_BUNDLE) decides, then the authorities of the system. An empty file counts as not given.
    type: path
  client_cert:
    description:
      - File with the client's certificate (PEM), and its key unless O(client_key) is given.
    type: path
  client_key:
    description:
      - File with the unencrypted key (PEM) of O(client_cert).
    type: path
  proxy:
    description:
      - Proxy for all requests, for example V(http://proxy.example.com:3128).
      - Without it the variables E(HTTPS_PROXY), E(HTTP_PROXY) and E(NO_PROXY) decide.
    type: str
  timeout:
    description:
      - Seconds that one request may take in all, from connecting to the last byte of the answer.
    type: float
    default: 30
  connect_timeout:
    description:
      - Seconds that connecting may take.
    type: float
    default: 10
  retry_timeout:
    description:
      - >-
        Seconds during which a request is repeated after failures that pass, and the longest wait that a server may
        ask for.
      - >-
        They count from the last request of the task that succeeded: of several models that are written at once, one
        that is refused again and again does not fail while the others come on. One request is repeated for ten times
        as long at most.
      - Writes are repeated only where that does no harm. V(0) repeats nothing.
    type: float
    default: 120
  settle_timeout:
    description:
      - >-
        Seconds after sending that a server may still carry out a write whose answer did not come in time. Only after
        them is it looked at again.
    type: float
    default: 10
"""


def _for_modules(options: str) -> str:
    """Return the options with a sentence on the environment variable at the end of each description."""
    sentence = "If not set, the environment variable E(TMI_%s) is used. An empty one counts as not set."
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

    DOCUMENTATION = (
        _for_modules(_OPTIONS)
        + r"""requirements:
  - requests (Python library)
notes:
  - Options and variables of the connection can be set once for a play with C(module_defaults) and the group
    C(tmi.tmi.tmi).
"""
    )

    # Options of plugins come from variables as well; a value from a variable must be templated by the plugin.
    PLUGIN = (
        _for_plugins(_OPTIONS)
        + r"""requirements:
  - requests (Python library)
"""
    )
