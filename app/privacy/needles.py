"""By what somebody is known again in texts that others wrote, and those texts without it."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Connection, Table
from sqlmodel import AutoString, SQLModel

from app.privacy.classes import Kind
from app.privacy.columns import COLUMNS
from app.tables import Account, IdempotencyKey, Volunteer

SEARCHED = (Kind.FREE_TEXT, Kind.MESSAGE, Kind.IMPORT)
"""Classes of data in which somebody's name may stand although the row is not hers."""
NO_WORDS = frozenset({"event", "channel", "locale"})
SHORTEST = 3
FEW_DIGITS = 6


@dataclass(frozen=True)
class Needles:
    """Words that mean this person and nobody else, as far as one can know."""

    words: tuple[str, ...]
    """Her name, surname, mail addresses, telephone, account: whole words."""
    person: str = ""
    """Her id: what carries it is about her, whatever it says."""

    def in_text(self, text: str) -> bool:
        """Whether a text names her."""
        return bool(self._pattern.search(text)) if self.words else False

    @property
    def _pattern(self) -> re.Pattern[str]:
        some = "|".join(re.escape(word) for word in self.words)
        return re.compile(rf"(?<!\w)(?:{some})(?!\w)", re.IGNORECASE)

    def without(self, content: Any) -> Any:
        """Lists and members with every text that names her emptied, and all that is herself."""
        if isinstance(content, dict):
            if self.person and content.get("id") == self.person:
                return dict.fromkeys(content) | {"id": self.person}
            return {key: self.without(value) for key, value in content.items()}
        if isinstance(content, list):
            return [self.without(value) for value in content]
        return "" if isinstance(content, str) and self.in_text(content) else content


def of(volunteer: Volunteer, account: Account | None) -> Needles:
    """What she is known by; a telephone number also without its blanks."""
    digits = re.sub(r"\D", "", volunteer.phone)
    words = {
        volunteer.surname.strip(),
        f"{volunteer.given_name} {volunteer.surname}".strip(),
        f"{volunteer.surname}, {volunteer.given_name}".strip(", "),
        volunteer.email,
        volunteer.iban,
        volunteer.phone if len(digits) >= FEW_DIGITS else "",
        digits if len(digits) >= FEW_DIGITS else "",
        account.email if account else "",
        account.name if account else "",
    }
    long = (word for word in words if len(word) >= SHORTEST)
    return Needles(tuple(sorted(long, key=lambda word: (-len(word), word))), str(volunteer.id))


@dataclass(frozen=True)
class Place:
    """A column of a sponsor's table in which words stand."""

    table: Table
    column: str

    @property
    def is_json(self) -> bool:
        """Whether lists and members stand there."""
        return isinstance(self.table.c[self.column].type, sa.JSON)


def places() -> Iterator[Place]:
    """Where to look: every column in which somebody may have written about her."""
    for name, columns in COLUMNS.items():
        table = SQLModel.metadata.tables[name]
        for column, kind in columns.items():
            words = isinstance(table.c[column].type, AutoString | sa.String | sa.JSON)
            if kind in SEARCHED and words and column not in NO_WORDS and "sponsor_id" in table.c:
                yield Place(table, column)


def empty_texts(
    connection: Connection, needles: Needles, sponsor_ids: Iterable[UUID], names: Iterable[str]
) -> dict[str, list[UUID]]:
    """Empty what names her at these sponsors, in these tables; which rows it was, by table."""
    found: dict[str, list[UUID]] = {}
    wanted, at = set(names), list(sponsor_ids)
    for place in places():
        if place.table.name in wanted:
            ids = _empty(connection, place, needles, at)
            if ids:
                found.setdefault(place.table.name, []).extend(ids)
    return found


def _empty(
    connection: Connection, place: Place, needles: Needles, sponsor_ids: list[UUID]
) -> list[UUID]:
    table, column = place.table, place.table.c[place.column]
    as_text = sa.cast(column, sa.Text) if place.is_json else column
    some = sa.or_(sa.false(), *(_holds(as_text, w, is_json=place.is_json) for w in needles.words))
    query = sa.select(table.c.id, column).where(table.c.sponsor_id.in_(sponsor_ids), some)
    ids = []
    for row_id, content in connection.execute(query.order_by(table.c.id)).all():
        changed = needles.without(content)
        if changed != content:
            write = sa.update(table).where(table.c.id == row_id)
            connection.execute(write.values({place.column: changed}))
            ids.append(row_id)
    return ids


def _holds(text: ColumnElement[str], word: str, *, is_json: bool) -> ColumnElement[bool]:
    """A first, coarse look of the database; upper and lower case make no difference.

    A database may know that of the letters a to z only, and JSON writes others as numbers.
    """
    others = set() if word.isascii() else {word.lower(), word.upper(), word.title()}
    spellings = sorted({word} | others)
    spelled = (json.dumps(one)[1:-1] if is_json else one for one in spellings)
    return sa.or_(*(text.icontains(one, autoescape=True) for one in spelled))


def empty_answers(connection: Connection, needles: Needles) -> list[UUID]:
    """The same in kept answers to requests that may come again: they live for 48 hours."""
    keys: Table = IdempotencyKey.__table__  # type: ignore[attr-defined]
    ids = []
    words = [needles.person, *needles.words]
    for row_id, body in connection.execute(sa.select(keys.c.id, keys.c.body)).all():
        said = body.decode(errors="replace")
        if not any(word.casefold() in said.casefold() for word in words):
            continue
        try:
            content = json.loads(said)
            without = needles.without(content)
            changed = json.dumps(without, ensure_ascii=False).encode()
        except ValueError:
            content, without, changed = said, "", b""
        if without != content:
            connection.execute(sa.update(keys).where(keys.c.id == row_id).values(body=changed))
            ids.append(row_id)
    return ids
