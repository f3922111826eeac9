# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The shape of a node, by the words in its type."""

from __future__ import annotations

import re
from collections.abc import Mapping

#: Shape -> words for it in the type of a component; a component without any of them is a process.
_SHAPES: Mapping[str, tuple[str, ...]] = {
    "actor": (
        *("actor", "user", "users", "person", "human", "customer", "admin", "attacker", "client", "browser"),
        *("external", "party", "desktop", "laptop", "phone"),
    ),
    "store": (
        *("store", "storage", "database", "datastore", "db", "sql", "nosql", "rds", "dynamodb", "redshift", "s3"),
        *("bucket", "cache", "elasticache", "redis", "memcached", "queue", "sqs", "blob", "disk", "volume", "file"),
        *("filesystem", "postgres", "postgresql", "mysql", "mariadb", "oracle", "mongo", "mongodb", "cosmosdb"),
        *("registry", "vault", "warehouse", "lake", "log", "logs", "ebs", "efs", "aurora", "neptune", "documentdb"),
    ),
}
NODE_TYPES = ("actor", "process", "store", "text-box")


def shape_of(component_type: str, shapes: Mapping[str, str]) -> str:
    """Return actor, process, store or text-box for the type of a component; ``shapes`` come first."""
    word = component_type.strip().lower()
    if word in shapes:
        return shapes[word]
    if word in NODE_TYPES:
        return word
    parts = set(re.findall(r"[a-z0-9]+", word))
    return next((shape for shape, words in _SHAPES.items() if parts & set(words)), "process")
