# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filters that check results of runs: ``tmi_four_runs``, ``tmi_refused``; parts of them: ``tmi_known``, ``tmi_holds``.

The first two return the statements that do not hold. They are Python and no conditions of ``assert``, because the
templates of those took as long as the runs themselves.
"""

from __future__ import annotations

import re

#: What the server chooses, so that no prediction can hold it.
CHOSEN = ("id", "created_at", "modified_at", "created_by")


def known(thing):
    """Return an object without what the server chooses; a created one has no id yet when it is predicted."""
    return {name: value for name, value in thing.items() if name not in CHOSEN}


def holds(thing, wanted):
    """Whether everything wanted is there; None means that a member is not there at all.

    So does an empty text, which no result has: some releases of core make one of a template that gives None.
    """
    if not (isinstance(wanted, dict) and isinstance(thing, dict)):
        return thing == wanted
    return all(
        name not in thing if value in (None, "") else name in thing and holds(thing[name], value)
        for name, value in wanted.items()
    )


def show(afters, thing):
    """Whether one side of a diff shows an object; of a cell that moves it shows the place as well."""
    return any(set(known(after)) == set(known(thing)) and holds(after, known(thing)) for after in afters)


def idle(diff):
    """Return the pairs of a diff that show no difference, to people or to programs."""
    return [p for p in diff if p["before"] == p["after"] or p["before_object"] == p["after_object"]]


#: Codes of mistakes that are found before the first request, or of names.
WRONG = ("invalid_input", "not_found", "ambiguous", "unsupported")


def four_runs(runs, returns, wants, changes, counted):
    """Return what does not hold of a task that looped over check, apply, check, apply.

    ``runs`` is the registered result, ``returns`` the name of the object in it, ``wants`` members that the object has
    afterwards (None: does not have), ``changes`` whether the first run changes anything, ``counted`` the counters of
    the embedded server; {} for a live server, which has none, so that only results are checked.
    """
    each = runs["results"]
    objects = [run[returns] for run in each]
    diffs = [run["diff"] for run in each]
    written = counted.get("writes", each[1]["stats"]["writes"])
    # The diff shows the object. For tmi_metadata, which returns only metadata, it shows the object with the metadata.
    afters = [pair["after_object"] for pair in diffs[1]]
    if returns == "metadata":
        shown = objects[1] in [after.get("metadata", {}) for after in afters]
    else:
        shown = show(afters, objects[1])
    # Some releases of ansible-core show the warnings of a loop at the loop, not at its items.
    everywhere = [*each, runs]
    statements = {
        "check mode predicts changes, and the second run changes nothing": (
            [run["changed"] for run in each] == [changes, changes, False, False]
        ),
        "check mode predicts the diff": diffs[0] == diffs[1],
        "the first run has a diff if it changes something": bool(diffs[1]) == changes,
        "the second run has no diff": diffs[2] == diffs[3] == [],
        "the diff shows the object": diffs[1] == [] or shown,
        "each pair of the diff differs": idle(diffs[1]) == [],
        "check mode predicts the object": known(objects[0]) == known(objects[1]),
        "the second run returns the state of the server": (
            known(objects[1]) == known(objects[2]) and objects[2] == objects[3]
        ),
        "the id stays": objects[1].get("id", "") == objects[2].get("id", ""),
        "the object has what is wanted": holds(objects[1], wants),
        "only the first run writes": [run["stats"]["writes"] for run in each] == [0, written, 0, 0],
        "it writes if it changes something": (written > 0) == changes,
        "there are no warnings": not any("warnings" in run or "deprecations" in run for run in everywhere),
        "nothing is assumed": not any("assumed" in run for run in each),
    }
    return [statement for statement, holds in statements.items() if not holds]


def refused(runs, says, codes, counted):
    """Return what does not hold of a task that must be refused before the first write, with one message.

    ``runs`` is the registered result of a loop, ``says`` regular expressions that each message contains, ``codes``
    what ``error.code`` may be (None: ``WRONG``); ``counted`` as for ``four_runs``.
    """
    each = runs["results"]
    messages = [run["msg"] for run in each]
    statements = {f"each message contains {item}": all(re.search(item, text) for text in messages) for item in says}
    statements.update(
        {
            "each message is one line without a traceback": not any(
                re.search(r"\n|Traceback|defect of the collection", text) for text in messages
            ),
            "nothing is changed": not any(run.get("changed", False) for run in each),
            "nothing is done": not any("done" in run for run in each),
            "nothing is written": not any(run.get("stats", {}).get("writes", 0) for run in each)
            and counted.get("writes", 0) == 0,
            "each has a code": all(run["error"]["code"] in (codes or WRONG) for run in each),
        }
    )
    return [statement for statement, holds in statements.items() if not holds]


class FilterModule:
    """For the targets of this collection."""

    def filters(self):
        """Return the filters by name."""
        return {"tmi_four_runs": four_runs, "tmi_refused": refused, "tmi_known": known, "tmi_holds": holds}
