"""Is the chain as it was written? Walks over all of it and says what was done to which entry.

An entry that was edited does not fit its own hash; one that was taken out leaves a gap; one that
was put in or exchanged does not fit the one before it. Entries cut off at the end, and a chain that
was computed anew from some place on, do not fit the anchors: those stored here, and those kept
elsewhere, which nobody here can change.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, func, select

from app import db
from app.auditing import anchors, chain
from app.auditing.anchors import Anchor
from app.auditing.chain import EVENTS
from app.prepared import settled
from app.tables import AuditEvent, Sponsor

AT_ONCE = 1000
MOST = 20
"""So many findings of one chain are said; the others are counted."""
_ENTRIES = settled(
    sql_select(*chain.COLUMNS, EVENTS.c.position, EVENTS.c.previous_hash, EVENTS.c.hash)
    .where(EVENTS.c.position.is_not(None))
    .order_by(EVENTS.c.position, EVENTS.c.id)
    .execution_options(stream_results=True, yield_per=AT_ONCE)
)


@dataclass(frozen=True)
class Finding:
    """Something that is not as it was written."""

    code: str
    sentence: str
    position: int | None = None
    event_id: UUID | None = None


@dataclass
class Verified:
    """How it stands with the chain of one sponsor."""

    sponsor_id: UUID
    sponsor: str = ""
    chained: int = 0
    unchained: int = 0
    head: str = ""
    anchors: int = 0
    """How many anchors it was compared with."""
    findings: list[Finding] = field(default_factory=list)
    more: int = 0
    """Findings that are not listed."""

    def add(self, found: Finding) -> None:
        """Keep a finding, or count it when there are too many."""
        if len(self.findings) < MOST:
            self.findings.append(found)
        else:
            self.more += 1


class Entry(NamedTuple):
    """An entry as it is stored now, and what came before it."""

    row: Mapping[str, Any]
    position: int
    before: int
    """The place of the one before it."""
    last_hash: str
    """The stored hash of the one before it."""

    def found(self, code: str, sentence: str) -> Finding:
        """A finding about this entry."""
        return Finding(code, sentence, self.position, self.row["id"])

    @property
    def called(self) -> str:
        """`Entry 7 (request.create, 018f…)`."""
        return f"Entry {self.position} ({self.row['action']}, {self.row['id']})"


def wrong_place(entry: Entry) -> Finding | None:
    """Places follow one another from 1."""
    missing = entry.position - entry.before - 1
    if missing == 0:
        return None
    if missing < 0:
        return entry.found("twice", f"{entry.called} stands at a place that is taken already.")
    first, last = entry.before + 1, entry.position - 1
    which = f"Entry {first} is" if missing == 1 else f"Entries {first} to {last} are"
    return entry.found("missing", f"{which} missing: taken out before {entry.row['id']}.")


def wrong_content(entry: Entry) -> Finding | None:
    """What it says and its place give its hash."""
    own = chain.digest(entry.row, entry.position, entry.row["previous_hash"])
    if own == entry.row["hash"]:
        return None
    return entry.found("changed", f"{entry.called} was changed after it was written, or moved.")


def wrong_link(entry: Entry) -> Finding | None:
    """It carries the hash of the one before it."""
    if entry.row["previous_hash"] == entry.last_hash:
        return None
    sentence = f"{entry.called} does not follow the one before it: one of them is another one."
    return entry.found("unlinked", sentence)


Check = Callable[[Entry], Finding | None]
CHECKS: tuple[Check, ...] = (wrong_place, wrong_content, wrong_link)
"""What is looked at for each entry; the first that is wrong is said."""


def verify(
    engine: Engine,
    kept: Iterable[Anchor] = (),
    *,
    only: UUID | None = None,
    each: Callable[[int], None] = lambda _: None,
) -> list[Verified]:
    """Walk over the chains of all sponsors or of one, entry by entry in little memory.

    Parameters
    ----------
    kept
        Anchors that were kept elsewhere.
    each
        Hears how many entries were looked at since it was last called.
    """
    elsewhere: dict[UUID, list[Anchor]] = defaultdict(list)
    for one in kept:
        elsewhere[one.sponsor_id].append(one)
    with db.transaction(engine, read_only=True) as session:
        names = dict(session.exec(select(col(Sponsor.id), col(Sponsor.name))).all())
    wanted = [only] if only else sorted({*names, *elsewhere})
    return [_verify(engine, one, names.get(one), elsewhere[one], each) for one in wanted]


def total(engine: Engine) -> int:
    """How many entries there are to look at, about."""
    with db.transaction(engine, read_only=True) as session:
        longest = select(func.max(AuditEvent.position)).group_by(col(AuditEvent.sponsor_id))
        return sum(number or 0 for number in session.exec(longest).all())


def _verify(
    engine: Engine,
    sponsor_id: UUID,
    name: str | None,
    elsewhere: Sequence[Anchor],
    each: Callable[[int], None],
) -> Verified:
    seen = Verified(sponsor_id, name or "")
    with db.transaction(engine, read_only=True) as session:
        here = anchors.stored(session, sponsor_id)
        _walk(session, seen, _Marks(here, elsewhere), each)
        _compare_anchors(seen, here, elsewhere)
        _look_beside(session, seen)
    return seen


class _Marks:
    """The anchors by the length of the chain, and those that no entry reached yet."""

    def __init__(self, here: Iterable[Anchor], elsewhere: Iterable[Anchor]) -> None:
        self._left: dict[int, list[tuple[str, Anchor]]] = defaultdict(list)
        for where, some in (("stored here", here), ("kept elsewhere", elsewhere)):
            for one in some:
                self._left[one.count].append((where, one))

    def at(self, position: int) -> list[tuple[str, Anchor]]:
        """Anchors that say how the chain ended here."""
        return self._left.pop(position, [])

    def left(self) -> Iterator[tuple[str, Anchor]]:
        """Anchors of a longer chain than there is."""
        for count in sorted(self._left):
            yield from self._left[count]


def _walk(session: Session, seen: Verified, marks: _Marks, each: Callable[[int], None]) -> None:
    before = 0
    try:
        for some in _entries(session, seen.sponsor_id):
            for row in some:
                before = _look_at(seen, row, before, marks)
            each(len(some))
    except (ValueError, TypeError) as error:
        sentence = f"What comes after entry {before} cannot be read ({error}): it was changed."
        seen.add(Finding("unreadable", sentence, before + 1))
        return
    for where, one in marks.left():
        seen.anchors += 1
        seen.add(_cut(seen, where, one))


def _entries(session: Session, sponsor_id: UUID) -> Iterator[Sequence[Mapping[str, Any]]]:
    found = session.execute(_ENTRIES.where(EVENTS.c.sponsor_id == sponsor_id))
    for some in found.mappings().partitions():
        yield [dict(row) for row in some]


def _look_at(seen: Verified, row: Mapping[str, Any], before: int, marks: _Marks) -> int:
    """Check one entry; its place."""
    entry = Entry(row, row["position"], before, seen.head)
    wrong = next((found for check in CHECKS if (found := check(entry)) is not None), None)
    if wrong is not None:
        seen.add(wrong)
    for where, one in marks.at(entry.position):
        seen.anchors += 1
        if one.head != row["hash"]:
            seen.add(entry.found("other_head", _other_head(entry, where, one)))
    seen.chained, seen.head = seen.chained + 1, row["hash"]
    return entry.position


def _other_head(entry: Entry, where: str, one: Anchor) -> str:
    return (
        f"{entry.called} is not the one that the anchor of {one.anchored_at:%Y-%m-%d %H:%M} UTC"
        f" {where} speaks of: the chain up to there was written anew, or the anchor was changed."
    )


def _cut(seen: Verified, where: str, one: Anchor) -> Finding:
    sentence = (
        f"Entries are missing at the end: the anchor of {one.anchored_at:%Y-%m-%d %H:%M} UTC"
        f" {where} counts {one.count}, and there are {seen.chained}."
    )
    return Finding("cut", sentence, one.count)


def _compare_anchors(seen: Verified, here: Iterable[Anchor], elsewhere: Iterable[Anchor]) -> None:
    """Every anchor that was given away was stored here as well."""
    known = {one.count for one in here}
    for one in elsewhere:
        if one.count not in known:
            day = f"{one.anchored_at:%Y-%m-%d %H:%M} UTC"
            sentence = f"The anchor of {day} with {one.count} entries is not stored here any more."
            seen.add(Finding("anchor_missing", sentence, one.count))


def _look_beside(session: Session, seen: Verified) -> None:
    """Entries without a place: not linked yet, or taken out of the chain."""
    beside = (
        col(AuditEvent.sponsor_id) == seen.sponsor_id,
        col(AuditEvent.position).is_(None),
    )
    seen.unchained = session.exec(select(func.count()).where(*beside)).one()
    had = select(AuditEvent.id).where(*beside, col(AuditEvent.hash) != "")
    for event_id in session.exec(had.order_by(col(AuditEvent.id)).limit(MOST)).all():
        sentence = f"Entry {event_id} was in the chain and was taken out of it."
        seen.add(Finding("taken_out", sentence, None, event_id))
