#!/usr/bin/python
# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError
from ansible_collections.tmi.tmi.plugins.module_utils._modules.module import Module
from ansible_collections.tmi.tmi.plugins.module_utils._options import connection_spec

DOCUMENTATION = r"""
module: tmi_old
short_description: Has options that will go
description:
  - Of use in integration tests only, since no module of the collection has such options now.
author:
  - TMI collection contributors (@tmi)
"""


def work(params, context):
    if params["fails"]:
        raise InputError("is set", "fails")
    return {"changed": False, "msg": params["name"], "warnings": ["own"]}


THERE = {"name": "label", "version": "9.0.0", "collection_name": "tmi.tmi"}
MODULE = Module(
    {
        **connection_spec(),
        "name": {"type": "str", "aliases": ["label", "title"], "deprecated_aliases": [THERE]},
        "old": {"type": "str", "removed_in_version": "9.0.0", "removed_from_collection": "tmi.tmi"},
        "dated": {"type": "str", "removed_at_date": "2031-01-01", "removed_from_collection": "tmi.tmi"},
        "fails": {"type": "bool", "default": False},
    },
    work,
)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
