# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The base score of a CVSS 3 vector, which API v1 needs with the vector (CVSS 3.1 specification, section 7.1)."""

from __future__ import annotations

import math
import re
from typing import Mapping

_VECTOR = re.compile(r"CVSS:3\.[01](/[A-Z]{1,3}:[A-Z])+")
_BASE = ("AV", "AC", "PR", "UI", "S", "C", "I", "A")
_WEIGHTS: Mapping[str, Mapping[str, float]] = {
    "AV": {"N": 0.85, "A": 0.62, "L": 0.55, "P": 0.2},
    "AC": {"L": 0.77, "H": 0.44},
    "UI": {"N": 0.85, "R": 0.62},
    "C": {"H": 0.56, "L": 0.22, "N": 0.0},
    "I": {"H": 0.56, "L": 0.22, "N": 0.0},
    "A": {"H": 0.56, "L": 0.22, "N": 0.0},
}
_PRIVILEGES: Mapping[str, Mapping[str, float]] = {
    "U": {"N": 0.85, "L": 0.62, "H": 0.27},
    "C": {"N": 0.85, "L": 0.68, "H": 0.5},
}


def base_score(vector: str) -> float:
    """Return the base score, 0 to 10 with one decimal. Raises ValueError if it is not a vector of CVSS 3.0 or 3.1."""
    if not _VECTOR.fullmatch(vector):
        raise ValueError("%r is not a CVSS 3.0 or 3.1 vector" % vector)
    metrics = dict(part.split(":", 1) for part in vector.split("/")[1:])
    try:
        weights = {name: _WEIGHTS[name][metrics[name]] for name in _WEIGHTS}
        privileges = _PRIVILEGES[metrics["S"]][metrics["PR"]]
    except KeyError as error:
        raise ValueError(
            "%r lacks a valid %s" % (vector, ", ".join(n for n in _BASE if n not in metrics) or error)
        ) from None
    changed = metrics["S"] == "C"
    loss = 1 - (1 - weights["C"]) * (1 - weights["I"]) * (1 - weights["A"])
    impact = 7.52 * (loss - 0.029) - 3.25 * (loss - 0.02) ** 15 if changed else 6.42 * loss
    if impact <= 0:
        return 0.0
    exploitability = 8.22 * weights["AV"] * weights["AC"] * privileges * weights["UI"]
    return _roundup(min((1.08 if changed else 1.0) * (impact + exploitability), 10))


def _roundup(value: float) -> float:
    """Round up to one decimal as the specification defines, without binary fractions (appendix A)."""
    scaled = round(value * 100000)
    return scaled / 100000.0 if scaled % 10000 == 0 else (math.floor(scaled / 10000) + 1) / 10.0
