# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""What the engine asks of a server: the only door between the engine and ``_api``.

``Rules`` is pure knowledge about a generation of the API; ``Server`` reads and writes. Both speak canonical values.
"""

from __future__ import annotations

from typing import (
    Any,
    Callable,
    Collection,
    ContextManager,
    FrozenSet,
    Iterable,
    Mapping,
    NamedTuple,
    Optional,
    Protocol,
    Sequence,
)

from .._cells.cell import Cell
from .._cells.changes import CellPlan, SessionOutcome
from .._diagram.declared.desired import DesiredCells
from .._diagram.declared.stored_texts import with_stored_texts
from .._journal import Journal
from .._resources._resource import Resource
from .._resources.diagram import DIAGRAM
from .tree import Change, Entity


class Loss(NamedTuple):
    """What a server keeps of a text, and in which spelling it keeps all of it, "" if in none."""

    kept: str
    survives: str = ""


class Rules(Protocol):
    """What a generation can hold and what it makes of what it is sent."""

    #: Metadata keys that the server can store but not remove.
    unremovable_keys: frozenset[str]

    def supports(self, resource: Resource) -> bool:
        """Whether the server knows objects of this kind."""

    def columns(self, resource: Resource) -> frozenset[str]:
        """Names of the fields (references by their ``stored_as``) that have a column of their own."""

    def defaults(self, resource: Resource, caller: str) -> Mapping[str, Any]:
        """Values that a new object, created by ``caller``, gets where the user declared none."""

    def stored(self, resource: Resource, values: Mapping[str, Any]) -> dict[str, Any]:
        """What the server will keep of canonical values: rounding, spellings, members it drops."""

    def as_stored(self, resource: Resource, name: str, text: str) -> str:
        """A text of the field ``name`` as the server stores it: what names are compared by."""

    def losses(self, resource: Resource, values: Mapping[str, Any]) -> Iterable[tuple[str, Loss]]:
        """Yield (field, loss) for every text of which the server will drop more than the spelling of entities."""

    def metadata_losses(self, metadata: Mapping[str, str]) -> Iterable[tuple[str, Loss]]:
        """Yield (key, loss) for the same in metadata."""

    def stored_metadata(self, metadata: Mapping[str, str]) -> dict[str, str]:
        """What the server will keep of metadata."""

    def align(self, declared: Sequence[Mapping[str, Any]], actual: Optional[Entity]) -> list[dict[str, Any]]:
        """Return declared authorization rows as the model, if there is one, names these people and groups."""

    def chosen_id(self, resource: Resource, parent_id: str, key: str) -> Optional[str]:
        """Id that we give a new object of this key or name; None where the server chooses (ENGINE-6)."""

    def server_makes_id(self, resource: Resource, values: Mapping[str, Any]) -> bool:
        """Whether the server makes the id of a new object, so that two runs at once can create it twice."""

    def check(self, resource: Resource, values: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """Yield (field, what is wrong) for every value that the server would refuse."""

    def check_metadata(self, metadata: Mapping[str, str]) -> Iterable[tuple[str, str]]:
        """Yield (key, what is wrong) for every entry that the server would refuse."""

    def check_cells(self, cells: Sequence[Cell]) -> Iterable[tuple[str, str]]:
        """Yield (cell, what is wrong) for every cell that the server would refuse."""


def person(rules: Rules, name: str, actual: Optional[Entity]) -> str:
    """Return a person as a model names them: by e-mail where the user wrote the id of the provider."""
    return str(rules.align([{"user": name, "role": "owner"}], actual)[0].get("user") or name)


def cells_as_stored(wanted: DesiredCells, rules: Rules) -> DesiredCells:
    """Return declared cells with their texts as a server with these rules stores them."""
    return with_stored_texts(wanted, lambda text: rules.as_stored(DIAGRAM, "cell", text))


class Source(Protocol):
    """What reading needs of a server. Every method may raise the errors of ``_errors``."""

    @property
    def rules(self) -> Rules:
        """The rules of the server's generation."""

    @property
    def listed_fields(self) -> FrozenSet[str]:
        """Fields of a model that the list of models carries."""

    def models(self) -> Sequence[Entity]:
        """All models that the caller can read, without children; read once and kept."""

    def models_where(self, wanted: Mapping[str, Any]) -> Sequence[Entity]:
        """The same, or only those of them that can fit: ``wanted`` says what fields must be."""

    def model(self, model_id: str, sections: Iterable[str]) -> Entity:
        """One model with the given children, read anew with the fewest calls."""

    def counts(self, listed: Entity) -> Mapping[str, int]:
        """How many children a listed model has, by kind, as far as the server says; else nothing."""


class Server(Source, Protocol):
    """A TMI server as the engine and the modules see it. Every method may raise the errors of ``_errors``."""

    @property
    def journal(self) -> Journal:
        """What has been written; every write of the server stands in it, whatever becomes of the call."""

    def caller(self) -> str:
        """E-mail of the user who is logged in."""

    def is_unknown_person(self, row: Mapping[str, Any], model: Optional[Entity]) -> bool:
        """Whether the server tells that the ``user`` of a row has never logged in; False where it does not tell."""

    def with_metadata(self, listed: Sequence[Entity]) -> Sequence[Entity]:
        """Models of :meth:`models` with the metadata that lists do not carry; without those that are gone."""

    def forget(self) -> None:
        """Drop what :meth:`models` and :meth:`known_sessions` keep: something happened that may have changed it."""

    def deleted(self, model: Entity, ids: Mapping[Resource, Collection[str]]) -> Mapping[str, Sequence[Entity]]:
        """Objects of a model that were deleted, have one of these ids, and can be restored by the caller: by plural."""

    def restore(self, deleted: Entity) -> None:
        """Bring a deleted object back as it was. Raises ConflictError where it is not deleted any more."""

    def create(self, parent_id: Optional[str], changes: Sequence[Change]) -> list[Entity]:
        """Create objects of one kind, in bulk where the server can.

        The answers' ``stored_metadata`` tell which metadata the creation has written already.
        """

    def update(self, actual: Entity, changes: Mapping[str, Any], fields: Sequence[str]) -> Entity:
        """Write the ``fields`` of one object; ``changes`` holds all values as they shall be."""

    def update_many(self, changes: Sequence[Change]) -> list[Entity]:
        """Write several objects of one kind of one model.

        The answers' ``stored_metadata`` tell which metadata this has written already.
        """

    def delete(self, actual: Entity) -> None:
        """Delete one object and all below it; one that is gone already is no error."""

    def write_metadata(self, entity: Entity, put: Mapping[str, str], removed: Sequence[str]) -> None:
        """Set and remove metadata of one object; other keys stay."""

    def write_cells(self, diagram: Entity, plan: CellPlan, values: Mapping[str, Any]) -> Entity:
        """Write a diagram's fields and all of its cells in one request."""

    def edit_in_session(self, diagram: Entity, replan: Callable[[Sequence[Cell]], CellPlan]) -> SessionOutcome:
        """Open or join the diagram's session, plan from its state, send, verify, leave (ENGINE-21)."""

    def sessions(self) -> list[dict[str, Any]]:
        """Every collaboration session that the caller can see, in the words of ``tmi_info``."""

    def open_sessions(self) -> Mapping[str, Sequence[str]]:
        """Id of a diagram, and of its model, -> participants; for every collaboration session the caller can see."""

    def known_sessions(self) -> Mapping[str, Sequence[str]]:
        """What :meth:`open_sessions` gives, read once for all models that are planned, and kept."""

    def find_named(self, resource: Resource, parent_id: Optional[str], names: Sequence[str]) -> Sequence[Entity]:
        """At least all objects of a kind, of one model or of the server, that bear one of these names as it is stored.

        The oldest first, in an order that all runs compute alike. Read anew, past the caches of the server as far as
        that is possible. Not all of their fields are there.
        """

    def reread(self, entity: Entity) -> Optional[Entity]:
        """One object as it is now, without its children; None if it is gone."""

    def exclusively(self, places: Sequence[str], since: float) -> ContextManager[bool]:
        """Keep other runs of this machine out of these places; yields whether one was there since a Unix time.

        Raises TmiError, naming the other run, if it does not end in time.
        """

    def wait(self, seconds: float) -> None:
        """Wait about so long; runs that wait equally long come back at different instants."""

    def settle(self, timed_out: bool, sent_at: float) -> None:
        """Wait until a write of unknown fate has surely been done or dropped (ENGINE-5)."""
