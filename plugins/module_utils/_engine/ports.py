# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""What the engine needs of a server: its only interface to ``_api``.

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
    """The part of a text that a server keeps, and a spelling that it would keep completely ("": none)."""

    kept: str
    lossless_spelling: str = ""


class Rules(Protocol):
    """What a generation can store, and how it changes the values that it is sent."""

    #: Metadata keys that the server can store but not remove.
    unremovable_keys: frozenset[str]

    def supports(self, resource: Resource) -> bool:
        """Whether the server has objects of this kind."""

    def columns(self, resource: Resource) -> frozenset[str]:
        """Names of the fields (references by their ``stored_as``) that have a column of their own."""

    def defaults(self, resource: Resource, caller: str) -> Mapping[str, Any]:
        """Default values of a new object that ``caller`` creates."""

    def stored(self, resource: Resource, values: Mapping[str, Any]) -> dict[str, Any]:
        """Canonical values as the server will store them: rounded, respelled, without members that it drops."""

    def as_stored(self, resource: Resource, name: str, text: str) -> str:
        """A text of the field ``name`` as the server stores it. Names are compared in this form."""

    def losses(self, resource: Resource, values: Mapping[str, Any]) -> Iterable[tuple[str, Loss]]:
        """Yield (field, loss) for every text of which the server will drop more than the spelling of HTML entities."""

    def metadata_losses(self, metadata: Mapping[str, str]) -> Iterable[tuple[str, Loss]]:
        """Yield (key, loss) for every such text in metadata."""

    def doubts(self, resource: Resource, values: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """Yield (field, reason) for every value that a server of this generation may refuse, as it is configured."""

    def stored_metadata(self, metadata: Mapping[str, str]) -> dict[str, str]:
        """Metadata as the server will store it."""

    def align(self, declared: Sequence[Mapping[str, Any]], actual: Optional[Entity]) -> list[dict[str, Any]]:
        """Return declared authorization rows, with people and groups named as in the model, if there is one."""

    def chosen_id(self, resource: Resource, parent_id: str, key: str) -> Optional[str]:
        """The id that the collection gives a new object of this key or name; None if the server chooses (ENGINE-6)."""

    def server_makes_id(self, resource: Resource, values: Mapping[str, Any]) -> bool:
        """Whether the server chooses the id of a new object, so that two simultaneous runs can create it twice."""

    def check(self, resource: Resource, values: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """Yield (field, problem) for every value that the server would refuse."""

    def check_metadata(self, metadata: Mapping[str, str]) -> Iterable[tuple[str, str]]:
        """Yield (key, problem) for every entry that the server would refuse."""

    def check_cells(self, cells: Sequence[Cell]) -> Iterable[tuple[str, str]]:
        """Yield (cell, problem) for every cell that the server would refuse."""


def person(rules: Rules, name: str, actual: Optional[Entity]) -> str:
    """Return a person as a model names them: by e-mail, also if the user wrote the id of the provider."""
    return str(rules.align([{"user": name, "role": "owner"}], actual)[0].get("user") or name)


def cells_as_stored(wanted: DesiredCells, rules: Rules) -> DesiredCells:
    """Return declared cells with texts in the form that the server stores."""
    return with_stored_texts(wanted, lambda text: rules.as_stored(DIAGRAM, "cell", text))


class Source(Protocol):
    """The reading part of a server. Every method may raise the errors of ``_errors``."""

    @property
    def rules(self) -> Rules:
        """The rules of the server's generation."""

    @property
    def listed_fields(self) -> FrozenSet[str]:
        """The fields of a model that the list of models contains."""

    def models(self) -> Sequence[Entity]:
        """All models that the caller can read, without children; read once and cached."""

    def models_where(self, wanted: Mapping[str, Any]) -> Sequence[Entity]:
        """The same, or only those that may have the field values ``wanted``."""

    def model(self, model_id: str, sections: Iterable[str]) -> Entity:
        """One model with the given children; always read from the server, with as few calls as possible."""

    def counts(self, listed: Entity) -> Mapping[str, int]:
        """Numbers of the children of a listed model, by kind; empty if the server does not report them."""


class Server(Source, Protocol):
    """A TMI server as the engine and the modules use it. Every method may raise the errors of ``_errors``."""

    #: Whether the generation has webhooks.
    has_webhooks: bool

    @property
    def journal(self) -> Journal:
        """The journal of writes. Every write is in it, whether its call succeeds or fails."""

    def caller(self) -> str:
        """The e-mail address of the caller."""

    def is_unknown_person(self, row: Mapping[str, Any], model: Optional[Entity]) -> bool:
        """Whether the server reports that the ``user`` of a row has never logged in; False if it reports nothing."""

    def with_metadata(self, listed: Sequence[Entity]) -> Sequence[Entity]:
        """Models of :meth:`models` with their metadata, which lists lack; without models that no longer exist."""

    def forget(self) -> None:
        """Drop the cached results of :meth:`models` and :meth:`known_sessions`, since they may be outdated."""

    def deleted(self, model: Entity, ids: Mapping[Resource, Collection[str]]) -> Mapping[str, Sequence[Entity]]:
        """Deleted objects of a model, by plural, that have one of these ids and that the caller can restore."""

    def restore(self, deleted: Entity) -> None:
        """Restore a deleted object. Raises ConflictError if it is no longer deleted."""

    def create(self, parent_id: Optional[str], changes: Sequence[Change]) -> list[Entity]:
        """Create objects of one kind, in bulk if the server supports it.

        ``stored_metadata`` of the returned objects is the metadata that the creation has already written.
        """

    def update(self, actual: Entity, values: Mapping[str, Any], fields: Sequence[str]) -> Entity:
        """Write the ``fields`` of one object; ``values`` has all of its fields with their new values."""

    def update_many(self, changes: Sequence[Change]) -> list[Entity]:
        """Write several objects of one kind of one model.

        ``stored_metadata`` of the returned objects is the metadata that this has already written.
        """

    def delete(self, actual: Entity) -> None:
        """Delete one object and all objects below it. It is no error if the object no longer exists."""

    def write_metadata(self, entity: Entity, put: Mapping[str, str], removed: Sequence[str]) -> None:
        """Set and remove metadata of one object; other keys stay unchanged."""

    def write_cells(self, diagram: Entity, plan: CellPlan, values: Mapping[str, Any]) -> Entity:
        """Write a diagram's fields and all of its cells in one request."""

    def edit_in_session(self, diagram: Entity, replan: Callable[[Sequence[Cell]], CellPlan]) -> SessionOutcome:
        """Open or join the diagram's session, plan from its state, send the changes, verify, leave (ENGINE-21)."""

    def sessions(self) -> list[dict[str, Any]]:
        """Every collaboration session that the caller can see, as ``tmi_info`` shows it."""

    def open_sessions(self) -> Mapping[str, Sequence[str]]:
        """Participants by id of a diagram and of its model, for every collaboration session the caller can see."""

    def known_sessions(self) -> Mapping[str, Sequence[str]]:
        """The result of :meth:`open_sessions`, read once for all models that are planned, and cached."""

    def find_named(self, resource: Resource, parent_id: Optional[str], names: Sequence[str]) -> Sequence[Entity]:
        """At least all objects of a kind, in one model or on the server, that have one of these names as it is stored.

        The oldest come first, in an order that is the same for all runs. Always read from the server, if possible not
        from its caches. The objects may lack fields.
        """

    def reread(self, entity: Entity) -> Optional[Entity]:
        """One object in its current state, without its children; None if it no longer exists."""

    def exclusively(self, places: Sequence[str], since: float) -> ContextManager[bool]:
        """Lock these places against other runs on this machine; yields whether one has used them since a Unix time.

        Raises TmiError, naming the other run, if that run does not end in time.
        """

    def wait(self, seconds: float) -> None:
        """Wait for about that time; a random part keeps simultaneous runs from continuing at the same moment."""

    def settle(self, timed_out: bool, sent_at: float) -> None:
        """Wait until the server has certainly done or dropped a write whose result is unknown (ENGINE-5)."""
