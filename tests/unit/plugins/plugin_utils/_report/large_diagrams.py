# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Generated diagrams of any size: services in zones, as teams write them; always the same for the same numbers."""

from __future__ import annotations

from typing import Any

_SERVICES = ("Order", "Payment", "Catalogue", "Customer", "Invoice", "Shipping", "Search", "Notification", "Report")
_ROLES = {
    "actor": ("customer", "administrator", "partner", "support agent"),
    "process": ("service", "gateway", "worker", "API", "event consumer", "authentication service"),
    "store": ("database", "cache", "queue", "audit log", "object storage"),
}
_LABELS = (
    "SQL",
    "HTTPS requests",
    "Events over Kafka",
    "Token checks",
    "Read and write",
    "Signed webhook calls with retries",
    "gRPC over mutual TLS",
    "Metrics",
    "",
    "Outbound mail over TLS",
)
_ZONES = ("Internet", "Edge", "Application network", "Data tier", "Operations", "Partner network", "Build", "Office")


class Numbers:
    """A sequence of numbers that is the same in each version of Python."""

    def __init__(self, seed: int) -> None:
        self._state = seed * 2654435761 % 2**32 or 1

    def below(self, most: int) -> int:
        """Return a number from 0 to ``most`` - 1."""
        self._state = (1103515245 * self._state + 12345) % 2**31
        return (self._state >> 8) % most

    def one_of(self, values: Any) -> Any:
        """Return one of some values."""
        return values[self.below(len(values))]


def large_diagram(nodes: int, flows: int, zones: int, style: str, seed: int) -> dict[str, Any]:
    """Return a definition with one diagram, called main.

    ``style``: "near" connects neighbours, "hub" a few busy services, "any" two of all, "pairs" the same two twice.
    """
    numbers = Numbers(seed)
    bounds: dict[str, dict[str, Any]] = {}
    for zone in range(zones):
        bounds["z%d" % zone] = {"label": "%s %d" % (_ZONES[zone % len(_ZONES)], zone)}
        if zone % 3 == 2:
            bounds["z%d" % zone]["in"] = "z%d" % (zone - 1)
    cells: dict[str, dict[str, Any]] = {}
    for number in range(nodes):
        kind = ("process", "store", "process", "actor", "process", "store", "process")[numbers.below(7)]
        label = "%s %s" % (numbers.one_of(_SERVICES), numbers.one_of(_ROLES[kind]))
        cells["n%d" % number] = {"type": kind, "label": label}
        if zones and numbers.below(8):
            cells["n%d" % number]["in"] = "z%d" % (number * zones // nodes)
    lines: dict[str, dict[str, Any]] = {}
    for number in range(flows):
        one, other = _ends(numbers, nodes, style)
        lines["f%d" % number] = {"from": "n%d" % one, "to": "n%d" % other, "label": numbers.one_of(_LABELS)}
        if not numbers.below(9):
            lines["f%d" % number]["bidirectional"] = True
        if style == "pairs" and number % 3 == 0 and number + flows < 2 * flows:
            lines["f%d_back" % number] = {"from": "n%d" % other, "to": "n%d" % one, "label": numbers.one_of(_LABELS)}
    threats = {
        "t%d" % number: {
            "name": "Threat %d" % number,
            "at": "main/%s" % (("n%d" % numbers.below(nodes)) if number % 3 else "f%d" % numbers.below(flows)),
            "severity": numbers.one_of(("low", "medium", "high", "critical")),
        }
        for number in range(nodes // 2)
    }
    diagram = {"name": "Main", "boundaries": bounds, "nodes": cells, "flows": lines}
    return {
        "tmi_definition": 1,
        "name": "%s %d" % (style, nodes),
        "diagrams": {"main": diagram},
        "threats": threats,
    }


def _ends(numbers: Numbers, nodes: int, style: str) -> tuple[int, int]:
    one = numbers.below(nodes)
    if style == "hub" and numbers.below(2):
        one = numbers.below(3) * nodes // 3
    reach = nodes if style == "any" else 8
    other = (one + 1 + numbers.below(reach - 1)) % nodes if reach < nodes else numbers.below(nodes)
    if other == one:
        other = (one + 1) % nodes
    return one, other


#: Ten diagrams of 40 to 120 nodes.
LARGE = {
    "near_40": large_diagram(40, 50, 4, "near", 1),
    "hub_40": large_diagram(40, 60, 5, "hub", 2),
    "any_45": large_diagram(45, 60, 0, "any", 3),
    "near_60": large_diagram(60, 80, 6, "near", 4),
    "pairs_60": large_diagram(60, 60, 6, "pairs", 5),
    "near_80": large_diagram(80, 120, 8, "near", 6),
    "hub_80": large_diagram(80, 110, 8, "hub", 7),
    "any_100": large_diagram(100, 120, 9, "any", 8),
    "near_100": large_diagram(100, 150, 10, "near", 9),
    "near_120": large_diagram(120, 170, 12, "near", 10),
}
