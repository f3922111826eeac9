# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Reads files of other programs within limits of size, depth and number, without evaluating them."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Mapping
from typing import Any

import yaml

from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError
from ansible_collections.tmi.tmi.plugins.module_utils._values import MOST_LEVELS, as_builtins, kind_of

#: Limits: characters of text, number of values (a YAML alias counts each time it is used).
MOST_CHARACTERS, MOST_VALUES = 8 * 1024 * 1024, 500_000
#: Bytes of a file that is not UTF-8, in a text that Ansible has read.
_BYTES = re.compile("[\udc80-\udcff]")


def read_source(source: Any, where: str) -> dict[str, Any]:
    """Return the data of another program as maps, lists and values; ``source`` is text (JSON or YAML) or parsed.

    Raises InputError if it is not a map, not JSON or YAML, or too large.
    """
    parsed = _parse(as_source_text(source, where), where) if isinstance(source, (str, bytes)) else source
    if not isinstance(parsed, Mapping):
        raise InputError("must be the text of a file or a map, not %s" % kind_of(parsed), where)
    found: dict[str, Any] = as_builtins(parsed, where, MOST_VALUES, mends=True)
    return found


def as_source_text(source: Any, where: str) -> str:
    """Return the text of a file; bytes are UTF-8, or UTF-16 with a mark. Raises InputError for anything else.

    Lookups turn bytes that are not UTF-8 into surrogates: such a text is read as the bytes that it was.
    """
    if isinstance(source, str) and _BYTES.search(source):
        try:
            source = source.encode("utf-8", "surrogateescape")
        except UnicodeEncodeError:
            raise InputError("is not UTF-8 text: save it as UTF-8", where) from None
    if isinstance(source, bytes):
        if len(source) > 4 * MOST_CHARACTERS:
            raise InputError("has %d bytes; at most %d characters are read" % (len(source), MOST_CHARACTERS), where)
        is_wide = source[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
        try:
            source = source.decode("utf-16" if is_wide else "utf-8-sig")
        except UnicodeDecodeError as error:
            form = "UTF-16" if is_wide else "UTF-8"
            raise InputError("is not %s text: save it as UTF-8 (%s)" % (form, error.reason), where) from None
    if not isinstance(source, str):
        raise InputError("must be the text of a file, not %s" % kind_of(source), where)
    if "\x00" in source[:4]:
        raise InputError("is not text: it may have another encoding than UTF-8", where)
    found: str = as_builtins(source, where, mends=True)
    return found


def _parse(text: str, where: str) -> Any:
    if len(text) > MOST_CHARACTERS:
        raise InputError("has %d characters; at most %d are read" % (len(text), MOST_CHARACTERS), where)
    try:
        if text.lstrip("\ufeff \t\r\n").startswith("{"):
            return json.loads(text.lstrip("\ufeff"), parse_constant=_no_number)
        return _parse_yaml(text, where)
    except RecursionError:
        raise InputError("is nested deeper than %d levels" % MOST_LEVELS, where) from None
    except yaml.YAMLError as error:
        raise InputError("is not YAML: %s" % " ".join(str(error).split()), where) from None
    except (ValueError, LookupError) as error:  # a word that does not fit its tag, such as !!bool maybe
        raise InputError("is not JSON: %s" % error, where) from None


def _parse_yaml(text: str, where: str) -> Any:
    base = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

    class Loader(base):  # type: ignore[misc,valid-type]
        pass

    Loader.add_constructor("tag:yaml.org,2002:timestamp", lambda loader, node: loader.construct_scalar(node))
    level = 0
    for event in yaml.parse(text, Loader=Loader):  # the depth is checked first, because building is recursive
        level += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if level > MOST_LEVELS:
            raise InputError("is nested deeper than %d levels" % MOST_LEVELS, where)
    return yaml.load(text, Loader=Loader)  # a subclass of the safe loader


def _no_number(word: str) -> Any:
    raise ValueError("%s is not a number" % word)
