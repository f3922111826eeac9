# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The threats of many models as CSV (RFC 4180) for spreadsheets, which run no text of a user as a formula."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Sequence

from ansible_collections.tmi.tmi.plugins.plugin_utils._report.index import Source
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.model import Threat, threat_headings
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.text import clean, words

_FIRST = ("Threat model", "No.", "Threat", "Severity", "Status", "Finished", "Types", "Where", "Description")
_LAST = ("Mitigation", "Metadata")
#: Signs that begin a formula, also in their wide forms.
_BEGINS = "[=+\\-@\uff1d\uff0b\uff0d\uff20]"
#: The beginning of a formula, of the cell or after a separator that some spreadsheets use instead of the comma.
_FORMULA = re.compile("((?:^|;)[\\s\"']*)(?=%s)" % _BEGINS)


def to_csv(sources: Sequence[Source], columns: Sequence[str], delimiter: str) -> str:
    """Return a line for each threat, by model and number; ``columns``: metadata of the model to show."""
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(map(_safe, [*_FIRST, *threat_headings(), *_LAST, *map(clean, columns)]))
    for source in sources:
        metadata = dict(source.report.item.metadata)
        own = [metadata.get(clean(key), "") for key in columns]
        for threat in source.report.threats:
            writer.writerow(map(_safe, [*_cells(source.report.item.name, threat), *own]))
    return stream.getvalue()


def _cells(model: str, threat: Threat) -> Iterator[str]:
    item, fields = threat.item, dict(threat.item.fields)
    yield from (model, str(threat.number), item.name, words(threat.severity), threat.said_status)
    yield from ("yes" if threat.done else "no", threat.types, threat.place, item.description)
    yield from (fields.get(heading, "") for heading in threat_headings())
    yield from (threat.mitigation, "; ".join("%s: %s" % pair for pair in item.metadata))


def _safe(text: str) -> str:
    """Return a text on one line in which no spreadsheet finds a formula: an apostrophe is put before it."""
    visible = "".join(character for character in text if unicodedata.category(character) != "Cf")
    return _FORMULA.sub(r"\1'", " ".join(visible.split()))
