# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Types of threats as TMI spells them: its editor finds and filters threats by exactly these texts."""

from __future__ import annotations

import re
from collections.abc import Mapping

#: Framework -> its types.
TYPES: Mapping[str, tuple[str, ...]] = {
    "STRIDE": (
        *("Spoofing", "Tampering", "Repudiation", "Information Disclosure", "Denial of Service"),
        "Elevation of Privilege",
    ),
    "LINDDUN": (
        *("Linkability", "Identifiability", "Non-Repudiation", "Detectability", "Disclosure of Information"),
        *("Unawareness", "Non-Compliance"),
    ),
    "CIA": ("Confidentiality", "Integrity", "Availability"),
    "DIE": ("Distributed", "Immutable", "Ephemeral"),
    "PLOT4ai": (
        *("Technique & Processes", "Accessibility", "Identifiability & Linkability", "Security", "Safety"),
        *("Unawareness", "Ethics & Human Rights", "Non-Compliance"),
    ),
}
_OTHER_LETTERS = re.compile(r"\band\b|[\W_]+")


def folded(word: str) -> str:
    """Return a word in the form in which spellings are compared: ``Denial_of service`` -> ``denialofservice``."""
    return _OTHER_LETTERS.sub("", word.casefold().replace("_", " "))


_KNOWN = {folded(word): word for words in TYPES.values() for word in words}
_KNOWN["elevationofprivileges"] = "Elevation of Privilege"


def threat_type(word: str) -> str:
    """Return a type in the spelling of TMI; any other word without the blanks around it."""
    return _KNOWN.get(folded(word), word.strip())
