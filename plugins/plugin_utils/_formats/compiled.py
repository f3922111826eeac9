# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The definition that a filter gets, compiled without reading any file."""

from __future__ import annotations

import os
from typing import Any

from ansible_collections.tmi.tmi.plugins.module_utils._definition.compile import compile_definition
from ansible_collections.tmi.tmi.plugins.module_utils._definition.library import Library
from ansible_collections.tmi.tmi.plugins.module_utils._definition.load import SUFFIXES, document
from ansible_collections.tmi.tmi.plugins.module_utils._engine.tree import Desired
from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError

from .parse import read_source


def compiled(definition: Any) -> Desired:
    """Return the tree of a definition, given as text or parsed.

    Raises InputError, with the path of the mistake, if it is not a definition, does not compile, or is based on a file.
    """
    data = read_source(definition, "definition")
    base = data.get("base")
    if isinstance(base, str) and (os.sep in base or base.endswith(SUFFIXES)):
        raise InputError("is a file, and filters read none: lay the definition on it before", "definition.base")
    return compile_definition(Library().resolve(document(data, "definition")))
