# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this doc fragment is **PRIVATE** to the collection. It can have breaking changes at any time.

# A unit test compares the documentation of every module, with its fragments, with the argument spec.

from __future__ import annotations


class ModuleDocFragment:
    """Options of all modules that manage one object; CHILD for objects in a model."""

    DOCUMENTATION = r"""
options:
  state:
    description:
      - V(present) creates a missing object and changes what differs. Options that are not given are not changed.
      - V(absent) removes the object with everything that belongs to it. Nothing happens if it does not exist.
    type: str
    choices: [present, absent]
    default: present
  id:
    description:
      - Id of an existing object. The object is found by its id, whatever its name is, and O(name) then renames it.
      - An unknown id is an error, unless O(state=absent). An id cannot be chosen for a new object.
    type: str
  metadata:
    description:
      - Metadata as keys and values. Other keys are not changed, see O(purge_metadata).
      - An empty value removes its key. Values are texts. Numbers and booleans are written as texts.
      - A key has at most 128 letters, digits, V(_) and V(-). A value has 1 to 1024 characters, without V(<) and V(>).
      - Keys that begin with V(ansible_) are reserved for the collection. A key that holds an option of this module is
        an error that names the option.
    type: dict
  purge_metadata:
    description:
      - Whether to remove all keys that O(metadata) does not name. Keys of the collection and keys that hold options are
        kept.
    type: bool
    default: false
  on_unsupported:
    description:
      - What to do with an option that this server has no field for.
      - V(fail) fails before anything is written and names the option.
      - V(warn) ignores the option with a warning.
      - V(metadata) keeps the option as metadata of the object. The module reads it from there again. It fails for an
        option that cannot be kept in this way.
    type: str
    choices: [fail, warn, metadata]
    default: fail
notes:
  - Names are not unique on a TMI server. If several objects have the given name, the task fails and lists their ids.
  - In check mode the result holds the object as it would be. Values that the server chooses, such as the id of a new
    object, are missing.
  - The module does not read objects again after it has written them. The result is the server's answer.
  - A value that the server would refuse, such as a text that is too long, is an error before anything is written. The
    message names the option and the rule.
  - Some servers let only the owner of a model remove objects in it. The message then names the required role.
"""

    # For objects in a threat model.
    CHILD = r"""
options:
  threat_model:
    description:
      - Name or id of the threat model.
      - It must exist. Only in check mode, a missing model is treated as about to be created and listed in RV(assumed),
        with a warning if another model has a similar name.
    type: str
    required: true
"""
