# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Packs the data of a run over many models, so that it takes little memory until it is needed.

All models are planned before the first is written, so the plans of a thousand models are in memory at the same time.
As objects they take up to half a MiB a model, as packed bytes a few KiB. The bytes never leave the process.
"""

from __future__ import annotations

import copyreg
import io
import pickle
import zlib
from typing import Any

from .._resources._catalog import RESOURCES
from .._resources._resource import Resource

_BY_NAME = {resource.name: resource for resource in RESOURCES}
#: The lowest level of zlib: higher ones take several times as long and save little.
_LEVEL = 1


def pack(value: Any) -> bytes:
    """Return wanted trees, entities and plans as bytes. Shared objects are shared again after :func:`unpack`."""
    stream = io.BytesIO()
    pickler = pickle.Pickler(stream, pickle.HIGHEST_PROTOCOL)
    pickler.dispatch_table = {**copyreg.dispatch_table, Resource: _reduced}
    pickler.dump(value)
    return zlib.compress(stream.getbuffer(), _LEVEL)


def unpack(packed: bytes) -> Any:
    """Return the packed objects; their resources are the same Python objects as before."""
    return pickle.loads(zlib.decompress(packed))


def _reduced(resource: Resource) -> Any:
    return _named, (resource.name,)


def _named(name: str) -> Resource:
    return _BY_NAME[name]
