# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this doc fragment is **PRIVATE** to the collection. It can have breaking changes at any time.

# A unit test compares the documentation of every module, with its fragments, with the argument spec.

from __future__ import annotations


class ModuleDocFragment:
    """Options of a query: the kind of the objects, conditions, order and fields."""

    DOCUMENTATION = r"""
options:
  resource:
    description:
      - What to read. Singular and plural mean the same. The result is always a list.
      - V(threat), V(diagram), V(document), V(source), V(asset), V(note) and V(metadata) belong to O(threat_model).
      - >-
        V(token) returns claims and times of the access token in use, but not the token itself. Claims are not verified.
        C(active) is the answer of the server to the question whether the token is valid. It is read only if O(fields),
        O(filters) or O(sort) name it.
      - >-
        V(well_known) returns the public documents of the server about logins, such as C(openid-configuration), each as
        C(document).
      - V(audit_entry) returns the changes of O(threat_model) and of the objects in it, with their authors. It needs API
        v1.
      - V(provider_group) returns the groups that servers of API v1 have seen in logins.
      - V(server), V(provider) and V(well_known) need no login.
      - V(webhook) and V(webhook_delivery) are for administrators of servers of API v1.
    type: str
    required: true
    choices:
      - threat_model
      - threat_models
      - source
      - sources
      - document
      - documents
      - asset
      - assets
      - note
      - notes
      - diagram
      - diagrams
      - threat
      - threats
      - metadata
      - provider
      - providers
      - user
      - token
      - collaboration_session
      - collaboration_sessions
      - server
      - well_known
      - provider_group
      - provider_groups
      - audit_entry
      - audit_entries
      - webhook
      - webhooks
      - webhook_delivery
      - webhook_deliveries
  threat_model:
    description:
      - Name or id of the threat model whose objects to read.
      - It is an error if the model does not exist or if several models have this name.
    type: str
  name:
    description:
      - Only objects with exactly this name, or metadata with this key. An unknown name gives an empty list.
      - >-
        Threat models that are selected by name are read completely, with authorization and metadata, unless O(fields)
        is set.
    type: str
  id:
    description:
      - Only the object with this id. An unknown id gives an empty list.
      - Threat models that are selected by id are read completely.
    type: str
  threat:
    description:
      - With O(resource=metadata), name or id of the threat whose metadata to read.
    type: str
  diagram:
    description:
      - With O(resource=metadata), name or id of the diagram whose metadata to read.
    type: str
  document:
    description:
      - With O(resource=metadata), name or id of the document whose metadata to read.
    type: str
  asset:
    description:
      - With O(resource=metadata), name or id of the asset whose metadata to read.
    type: str
  note:
    description:
      - With O(resource=metadata), name or id of the note whose metadata to read.
    type: str
  source:
    description:
      - With O(resource=metadata), name, address or id of the source whose metadata to read.
    type: str
  filters:
    description:
      - Only objects that meet all these conditions. A dictionary from fields to conditions.
      - >-
        A field is a name from the modules, such as C(severity), or a path, such as C(metadata.team),
        C(authorization.user) or, for threat models, C(threats.severity). C(metadata) with a dictionary is a short form
        for several such paths.
      - A single value must be equal. Words of a fixed list are compared without case, blanks and hyphens.
      - A list gives alternatives. For a field with several values, one match is enough.
      - V(null) matches a field that is not set.
      - >-
        A dictionary can have C(regex), a regular expression of Python that matches anywhere in the text unless it is
        anchored; C(not), a condition that must not match; C(min) and C(max), limits for numbers, times and severities.
        All its conditions must match.
      - >-
        A time, such as C(modified_at), is given as a date, such as V(2026-05-04), or as a time of RFC 3339, such as
        V(2026-05-04T10:11:12Z). Without a time zone it is UTC. Anything else is an error. For a count or a score, a
        value that is not a number is an error.
      - An unknown field is an error.
    type: dict
  fields:
    description:
      - Only these fields, as names or paths as in O(filters). Fields that are not set are V(null).
      - By default all fields that are set and that the server's answer holds.
    type: list
    elements: str
  sort:
    description:
      - Fields to sort by. A C(-) before the name reverses the order. Severities sort from V(unknown) to V(critical).
      - Objects without the field come last. Objects with equal fields are sorted by id.
      - By default objects are sorted by name, objects without a name by id.
    type: list
    elements: str
  limit:
    description:
      - Maximum number of objects to return, after filtering and sorting. By default all.
    type: int
  offset:
    description:
      - Number of objects to skip at the beginning, after filtering and sorting.
    type: int
    default: 0
  include:
    description:
      - Sections to add to each threat model, under their own names. This takes a few requests per model.
    type: list
    elements: str
    choices: [sources, documents, assets, notes, diagrams, threats]
"""
