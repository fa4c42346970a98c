"""A parents' day that changes: its texts, or its needs; then booked shifts stay as they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlmodel import Session

from app import audit
from app.access import Actor
from app.bookings import cancelling
from app.errors import Conflict
from app.parents_days import layout, reading
from app.parents_days import service as parents_days
from app.parents_days.layout import Spoken, Window
from app.parents_days.reading import Row
from app.parents_days.schemas import NeedsWrite, ParentsDayUpdate
from app.parents_days.service import Shared
from app.requests import editing
from app.requests.ending import ENDED, Ended
from app.requests.schemas import TextChange
from app.requests.times import refuse_past
from app.tables import Institution, ParentsDay, Request, RequestState, SeatState
from scheduling import wall_time

REASON = "Der Elternsprechtag wurde geändert."
KEPT_MEMBERS = ("slots", "min_level", "at_once", "pause_minutes")


class BookedMore(Conflict):
    """More slots of a language are booked than are needed now."""

    slug, title = "parents-day-booked", "More is booked than that"
    de = (
        "{language}: es sind schon Personen für {booked} Gespräche gebucht. Bitte erst eine davon"
        " absagen, dann ändern."
    )
    en = (
        "{language}: people are booked for {booked} slots already. Please cancel one of them"
        " first, then change this."
    )


@dataclass(frozen=True)
class Change:
    """One language: what is needed now, the shifts that stay and those that are replaced."""

    written: str
    spoken: Spoken | None
    kept: Sequence[Row]
    replaced: Sequence[Row]

    @property
    def left(self) -> Spoken | None:
        """What is to be laid out again beside the shifts that stay."""
        booked = reading.slots_of(self.kept)
        wanted = self.spoken.need.slots if self.spoken else 0
        if wanted < booked:
            raise BookedMore(language=self.written, booked=booked)
        if self.spoken is None or wanted == booked:
            return None
        return replace(self.spoken, booked=booked, taken=tuple(row.span for row in self.kept))


def replace_needs(session: Session, actor: Actor, day: ParentsDay, body: NeedsWrite) -> None:
    """Lay out again what is not booked of the languages that change; the others stay."""
    refuse_past(wall_time.to_utc(day.day, day.start_minute))
    shifts = _live(session, day)
    pause = reading.pause_of(day) if body.pause_minutes is None else body.pause_minutes
    spoken = [_as_before(one, day, shifts) for one in layout.understood(body.needs)]
    layout.refuse_twice(spoken)
    needs = [parents_days.as_stored(one, pause) for one in spoken]
    changes = _changes(day, {one.need.language: one for one in spoken}, needs, shifts)
    window = Window(day.day, day.start_minute, day.end_minute, day.slot_minutes)
    left = [one.left for one in changes]
    wanted = [one for one in left if one is not None]
    planned = layout.lay_out(window, wanted, pause_minutes=pause)
    shared = _shared(session, day, shifts[0].request)
    replaced = [row.request for one in changes for row in one.replaced]
    cancelling.cancel_requests(session, actor, replaced, REASON)
    day.needs = needs
    session.add(day)
    parents_days.write_shifts(session, day, shared, planned)
    audit.record(session, actor.account_id, "parents_day.change", day, people=len(planned))
    session.flush()


def change_texts(session: Session, actor: Actor, day: ParentsDay, body: ParentsDayUpdate) -> None:
    """Room, topic, note and contact of all shifts, whoever is booked."""
    texts = TextChange(**body.model_dump(exclude_unset=True))
    institution = session.get_one(Institution, day.institution_id)
    changed: set[str] = set()
    shifts = _live(session, day)
    for row in shifts:
        changed |= set(editing.change_texts(session, row.request, institution, texts))
    booked = [row.request.id for row in shifts if row.seat.state == SeatState.BOOKED]
    editing.announce(session, booked, changed)
    if changed:
        audit.record(session, actor.account_id, "parents_day.edit", day, fields=sorted(changed))
    session.flush()


def _live(session: Session, day: ParentsDay) -> list[Row]:
    """The shifts that are not called off, their requests locked; refused when there is none."""
    if all(request.state in ENDED for request in parents_days.lock_requests(session, day)):
        raise Ended(state=RequestState.CANCELLED)
    return [row for row in reading.rows(session, [day])[day.id] if row.is_live]


def _changes(
    day: ParentsDay,
    spoken: Mapping[str, Spoken],
    needs: Sequence[dict[str, Any]],
    shifts: Sequence[Row],
) -> list[Change]:
    """The languages that are new, other than before, gone, or short of a shift called off."""
    before = {need["written"]: need for need in day.needs}
    now = {need["written"]: need for need in needs}
    found = []
    for written in dict.fromkeys([*now, *before]):
        own = reading.of_need(before[written], shifts) if written in before else []
        if written in now and _is_same(before.get(written), now[written], own):
            continue
        kept = [row for row in own if row.seat.state in (SeatState.BOOKED, SeatState.DONE)]
        replaced = [row for row in own if row not in kept]
        found.append(Change(written, spoken.get(written), kept, replaced))
    return found


def _is_same(before: dict[str, Any] | None, now: dict[str, Any], own: Sequence[Row]) -> bool:
    """Whether nothing about a need changes, and all its slots are laid out."""
    same = before is not None and all(before.get(name) == now[name] for name in KEPT_MEMBERS)
    return same and reading.slots_of(own) == now["slots"]


def _as_before(spoken: Spoken, day: ParentsDay, shifts: Sequence[Row]) -> Spoken:
    """A language under the name it had before, and with the answer to what was asked about it."""
    for need in day.needs:
        tag = reading.tag_of(need, reading.of_need(need, shifts))
        if spoken.need.language == need["written"]:
            if spoken.seat.language or tag is None:
                return spoken
            return replace(spoken, seat=replace(spoken.seat, language=tag), questions=())
        if tag and spoken.seat.language == tag:
            return Spoken(
                spoken.need.model_copy(update={"language": need["written"]}),
                replace(spoken.seat, written=need["written"]),
            )
    return spoken


def _shared(session: Session, day: ParentsDay, request: Request) -> Shared:
    more: dict[str, object] = {
        name: getattr(request, name) for name in ("contact_name", "contact_phone", "room")
    }
    institution = session.get_one(Institution, day.institution_id)
    return Shared(institution, day.sponsor_id, request.topic, request.note, more)
