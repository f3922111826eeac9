# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this doc fragment is **PRIVATE** to the collection. It can have breaking changes at any time.

# A unit test holds the documentation of every module, fragments merged, against its argument spec.

from __future__ import annotations


class ModuleDocFragment:
    """What the modules that manage one object have in common; CHILD and UNSUPPORTED for some of them."""

    DOCUMENTATION = r"""
options:
  state:
    description:
      - V(present) creates what is not there and changes what differs. Options that are left out are left alone.
      - V(absent) removes it, with all that belongs to it. Nothing happens where it is not there.
    type: str
    choices: [present, absent]
    default: present
  id:
    description:
      - Id of an object that exists. It is found by it, whatever its name is, and O(name) then renames it.
      - An id that is not there is an error, unless O(state=absent). The server chooses the ids of new objects.
    type: str
  metadata:
    description:
      - Metadata as keys and values. Keys that are not named here are left alone, see O(purge_metadata).
      - An empty value removes its key. Values are texts. Numbers and booleans are written as such.
      - Keys hold letters, digits, V(_) and V(-), 128 at most. Values hold 1 to 1024 characters, but neither V(<) nor
        V(>).
      - Keys that begin with V(ansible_) belong to the collection. A key that holds an option of this module is an
        error that names the option.
    type: dict
  purge_metadata:
    description:
      - Whether to remove all metadata that O(metadata) does not name. Keys of the collection and those that hold
        options stay.
    type: bool
    default: false
  on_unsupported:
    description:
      - What to do with an option that this server has no field for.
      - V(fail) stops before anything is written and names the option.
      - V(warn) leaves the option out and says so in a warning.
      - V(metadata) keeps it as metadata of the object, from where this module reads it again. Where an option cannot
        be kept so, it fails.
    type: str
    choices: [fail, warn, metadata]
    default: fail
notes:
  - Names are not unique on a TMI server. One that fits several objects is an error that lists their ids.
  - In check mode the result holds the object as it would be. What the server chooses, like the id of a new object, is
    missing there.
  - What was written is not read back. The result is what the server answered.
  - What the server would refuse, like a text that is too long, fails before anything is written. The failure names
    the option and the rule.
  - Some servers let only the owner of a model remove what is in it. The failure then names the role that is needed.
"""

    # For what lies in a model.
    CHILD = r"""
options:
  threat_model:
    description:
      - Name or id of the threat model.
      - It must exist. Only in check mode one that is missing counts as about to be created, and RV(assumed) names it,
        with a warning if the name of another one is nearly the same.
    type: str
    required: true
"""
