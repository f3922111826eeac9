# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What replaces the guards of runs that are interrupted; only the standard library may be imported here."""

from __future__ import annotations


def repeats_in_doubt(original):
    """Repeat a write whose answer was lost, without a look at what it has done."""

    def verdict_on_failure(*arguments, **options):
        verdict = original(*arguments, **options)
        return "repeat" if verdict == "ambiguous" else verdict

    return verdict_on_failure


def finds_nothing(_original):
    """Take every wanted object for one that is not there yet."""

    def match(wanted, *_arguments, **_options):
        return [None] * len(wanted)

    return match


def never_renews(_original):
    """Take a refused token for the end of the run."""

    def renew(self, job, raw):
        raise self._refusal(job, raw, "")

    return renew


_UTILS = "ansible_collections.tmi.tmi.plugins.module_utils."
OFF = {
    _UTILS + "_http.retry:verdict_on_failure": repeats_in_doubt,
    _UTILS + "_engine.identity.objects:match": finds_nothing,
    _UTILS + "_http.transport:Transport._renew": never_renews,
}
