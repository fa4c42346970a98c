"""The cells of the matrix: every call that could show or change what is somebody else's."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from httpx import AsyncClient, Response

from tests.app.matrix.people import (
    BETWEEN,
    CALLERS,
    ELSEWHERE,
    NOBODY,
    SEEN_ELSEWHERE,
    WITH,
    Caller,
    Whose,
    example_of,
    fits,
    is_between,
    is_cursor,
    label,
    narrows,
    otherwise,
    sees,
)
from tests.app.matrix.places import WHOLE_PATH, Place, places, with_id
from tests.app.matrix.world import NAMES, NOWHERE, POOLS, UUIDS, World
from tests.app.operations import Operation, address, operations, rule, send

WENT = frozenset({200, 201, 202, 204, 409})
"""A call that was right: done, or refused for the state of things."""


@dataclass(frozen=True)
class Cell:
    """One call: who, what, and whose id at which place; without a place nothing is exchanged."""

    caller: Caller
    operation: Operation
    place: Place | None = None
    whose: Whose = Whose.OWN

    def __str__(self) -> str:
        at = f" with the id {self.whose} at {self.place}" if self.place else ""
        return f"{self.caller.name or 'nobody'}: {self.operation.name}{at}"

    @property
    def may_call(self) -> bool:
        """Whether her part may call the operation."""
        return bool(self.caller.may_call(self.operation))

    @property
    def sees(self) -> bool:
        """Whether she sees the object that is named."""
        return self.place is None or sees(self.caller, self.operation, self.place, self.whose)

    @property
    def everywhere(self) -> bool:
        """Whether nothing of this is foreign to her."""
        return self.caller.is_everywhere(self.operation)

    @property
    def is_refused(self) -> bool:
        """Whether nothing may come of it."""
        return not self.may_call or not self.sees


@dataclass
class Findings:
    """What the cells showed."""

    cells: int = 0
    leaks: list[str] = field(default_factory=list)


def cells(callers: Iterable[Caller] = tuple(CALLERS.values())) -> Iterator[Cell]:
    """Every cell of the contract for these callers."""
    for somebody in callers:
        for operation in operations():
            caller = somebody.acting(operation)
            if not operation.path_names:
                yield Cell(caller, operation)
            for place in places(operation):
                if not (is_cursor(place) or _says_nothing(caller, operation, place)):
                    yield from (Cell(caller, operation, place, whose) for whose in Whose)


def _says_nothing(caller: Caller, operation: Operation, place: Place) -> bool:
    """At Fulda there is no other person on whose object the place could be looked at."""
    at = label(operation, place)
    if caller.name == BETWEEN and at in SEEN_ELSEWHERE:
        return True
    return caller.at_fulda and at in ELSEWHERE


@dataclass
class Trial:
    """Carries cells out against one application."""

    client: AsyncClient
    world: World
    stored: bool = True
    """Whether what is done lasts; if not, neither does the new secret of a session."""
    nowhere: dict[tuple[str, str, Place], tuple[int, str]] = field(default_factory=dict)

    async def look_at(self, several: Iterable[Cell]) -> Findings:
        """What is wrong with the answers to some cells."""
        found = Findings()
        for cell in several:
            if self.exists(cell):
                found.cells += 1
                found.leaks += await self.look(cell)
        return found

    def exists(self, cell: Cell) -> bool:
        """Whether there is such an object, and it is another's where the cell says so."""
        nothing_foreign = cell.everywhere and cell.whose is Whose.FOREIGN
        return not nothing_foreign and self._id_of(cell) is not None

    async def look(self, cell: Cell) -> list[str]:
        """What is wrong with the answer to a cell; empty when all is well."""
        wanted = self._id_of(cell)
        if wanted is None or not self.exists(cell):
            return []
        answer = await self.ask(cell, wanted)
        wrong = await self._wrong(cell, answer, wanted)
        given_away = self.given_away(cell, answer.text, wanted)
        if given_away:
            wrong.append(f"gives away {given_away}")
        said = f"{answer.status_code} {answer.text[:200]}"
        return [f"{cell}: {one} ({said})" for one in wrong]

    async def _wrong(self, cell: Cell, answer: Response, wanted: dict[str, str]) -> list[str]:
        status = answer.status_code
        if not cell.may_call:
            expected = {401} if cell.caller is NOBODY else {403} if cell.sees else {403, 404}
            return [] if status in expected else [f"must be {expected}"]
        if not cell.sees:
            return await self._hidden(cell, answer, wanted)
        fine = WENT | otherwise(cell.operation, cell.place)
        if cell.everywhere:
            # She has to say at which sponsor.
            fine |= {422}
        if cell.place and not fits(cell.operation, cell.place, cell.whose):
            fine |= {404, 422}
        return [] if status in fine else ["must work: she may, and it is hers to see"]

    async def _hidden(self, cell: Cell, answer: Response, wanted: dict[str, str]) -> list[str]:
        """What is not hers is answered as an id that was never given out: to the letter."""
        assert cell.place is not None
        key = (cell.caller.name, cell.operation.name, cell.place)
        if key not in self.nowhere:
            at = dict.fromkeys(wanted, NOWHERE)
            self.nowhere[key] = _seen(await self.ask(cell, at), at)
        wrong, status = [], answer.status_code
        if narrows(cell.operation, cell.place):
            if status not in WENT:
                wrong.append("must choose nothing")
        elif status not in (otherwise(cell.operation, cell.place) or {404}):
            wrong.append("must be 404")
        if _seen(answer, wanted) != self.nowhere[key]:
            wrong.append(f"must be answered as an id that is nowhere: {self.nowhere[key]}")
        return wrong

    def _id_of(self, cell: Cell) -> dict[str, str] | None:
        """The ids that are exchanged, by the name of the example; None: nobody has such a thing."""
        if cell.place is None:
            return {}
        names = [example_of(cell.operation, cell.place)]
        if cell.place == WHOLE_PATH:
            names = cell.operation.path_names
        if cell.whose is Whose.BESIDE and cell.caller.at_fulda:
            return None
        ids = self.world.of(cell.caller, cell.whose).ids
        return {name: ids[name] for name in names} if set(names) <= set(ids) else None

    async def ask(self, cell: Cell, wanted: dict[str, str]) -> Response:
        """Call the operation with these ids at the place of the cell."""
        operation, place = cell.operation, cell.place
        own = self.world.of(cell.caller, Whose.OWN)
        at = label(operation, place) if place else ""
        made = WITH.get(at, rule(operation).body)
        body: Any = made(own) if made else None
        ids, query = own.ids | (self.world.beside.ids if at in ELSEWHERE else {}), {}
        if place is not None:
            value = next(iter(wanted.values()))
            if place == WHOLE_PATH:
                ids = ids | wanted
            elif place.within == "path":
                ids = ids | {place.at[0]: value}
            elif place.within == "query":
                query = {place.at[0]: value}
            else:
                body = with_id(body, place.at, value)
        path = address(operation, ids)
        if query:
            path += ("&" if "?" in path else "?") + "&".join(f"{k}={v}" for k, v in query.items())
        return await send(
            self.client, operation, path, self._headers(cell.caller), body, stored=self.stored
        )

    def _headers(self, caller: Caller) -> dict[str, str]:
        return {} if caller is NOBODY else self.world.cast.key(caller.name)

    def given_away(self, cell: Cell, text: str, wanted: dict[str, str]) -> list[str]:
        """Ids and names in an answer that this caller must not hear of."""
        if cell.everywhere or "operator" in cell.caller.parts:
            return []
        ids, names = self._secrets(cell.caller)
        found = (set(UUIDS.findall(text)) & ids) - set(wanted.values())
        if is_between(cell.operation):
            found -= self._between
            names = tuple(name for name in names if name not in POOLS)
        return sorted(found) + [name for name in names if name in text]

    @property
    def _between(self) -> set[str]:
        """Ids that two pools share when one asks the other."""
        world = self.world
        pools = {str(world.cast.wetterau), str(world.cast.fulda)}
        return pools | {world.wetterau["lending_id"], world.fulda["lending_id"]}

    def _secrets(self, caller: Caller) -> tuple[set[str], tuple[str, ...]]:
        """Ids and names of what is not hers."""
        cast = self.world.cast
        if caller.at_fulda:
            return set(self.world.rows[cast.wetterau]), NAMES["wetterau"]
        ids, names = set(self.world.rows[cast.fulda]), NAMES["fulda"]
        if caller.parts in ({"volunteer"}, {"institution"}):
            ids |= set(self.world.beside.ids.values())
            names += NAMES["beside"]
        return ids, names


def _seen(answer: Response, wanted: dict[str, str]) -> tuple[int, str]:
    """Status and text of an answer, without the ids that were asked for."""
    text = answer.text
    for value in wanted.values():
        text = text.replace(value, NOWHERE)
    return answer.status_code, text


def unruled(world: World) -> list[str]:
    """Sentences about ids at places for which no example says what belongs there."""
    return [
        f"{label(operation, place)}: say in tests/app/matrix/people.py (`MEANT`) which example"
        " object belongs there, and make one in tests/app/examples.py."
        for operation in operations()
        for place in places(operation)
        if not is_cursor(place)
        and place != WHOLE_PATH
        and example_of(operation, place) not in world.wetterau.ids
    ]
