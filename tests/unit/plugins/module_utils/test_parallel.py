# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several items at once: results in order, and an end after a failure."""

from __future__ import annotations

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._parallel import in_parallel


def test_results_are_in_order() -> None:
    assert in_parallel(lambda item: 2 * item, list(range(50)), 4) == list(range(0, 100, 2))


@pytest.mark.parametrize("workers", [1, 4])
def test_nothing_begins_after_a_failure(workers: int) -> None:
    begun: list[int] = []

    def call(item: int) -> None:
        begun.append(item)
        if item == 0:
            raise ValueError(item)

    for _round in range(20):
        begun.clear()
        with pytest.raises(ValueError, match="0"):
            in_parallel(call, list(range(200)), workers)
        if workers == 1:
            assert begun == [0]
        assert len(begun) < 200
