# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Conditions of tasks: expressions as in ``until``, about data of a server.

The data are never templates: on ansible-core 2.18 they are marked as unsafe, and later releases trust only the texts of
playbooks. The expression must come from a playbook too; core refuses others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ansible.errors import AnsibleError, AnsibleUndefinedVariable
from ansible.playbook.conditional import Conditional
from ansible.template import Templar
from ansible.utils.unsafe_proxy import wrap_var

from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError

#: How Jinja reports an unknown variable. A missing attribute or element of data has other words.
_NO_VARIABLE = re.compile(r"'\w+' is undefined")


class Condition:
    """One expression, or several that must all hold. ``variables``: those of the task."""

    def __init__(self, expressions: Any, loader: Any, variables: Mapping[str, Any]) -> None:
        given = expressions if isinstance(expressions, (list, tuple)) else [expressions]
        if not given or any(not isinstance(one, (str, bool)) or one == "" for one in given):
            raise InputError("must be an expression such as count > 0, or a list of expressions", "condition")
        self._expressions = list(given)
        self._loader = loader
        self._variables = variables

    def holds(self, seen: Mapping[str, Any]) -> bool:
        """Whether it holds for the data ``seen``. ``found`` is the first of ``resources``, empty if there is none.

        As long as nothing is found, a value that is missing in the data means that it does not hold. Raises InputError
        for an unknown variable, which will never be known, and for an expression that cannot be evaluated.
        """
        resources = seen.get("resources") or []
        found = resources[0] if resources else {}
        data = {name: wrap_var(value) for name, value in {**seen, "found": found}.items()}
        templar = Templar(loader=self._loader, variables={**self._variables, **data})
        try:
            return all(self._one(templar, expression) for expression in self._expressions)
        except AnsibleError as error:
            missing = [one for one in _causes(error) if isinstance(one, AnsibleUndefinedVariable)]
            if not resources and missing and not any(_NO_VARIABLE.search(str(one)) for one in missing):
                return False
            raise InputError("cannot be evaluated: %s" % " ".join(str(error).split()), "condition") from None

    def _one(self, templar: Any, expression: Any) -> bool:
        if isinstance(expression, bool):
            return expression
        if hasattr(templar, "evaluate_conditional"):
            return bool(templar.evaluate_conditional(expression))
        conditional: Any = Conditional(loader=self._loader)  # ansible-core 2.18
        conditional.when = [expression]
        return bool(conditional.evaluate_conditional(templar, templar.available_variables))


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
