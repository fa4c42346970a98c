"""A parents' day whose needs change: booked shifts stay, all others are laid out again."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlmodel import Session

from app import audit
from app.access import Actor
from app.errors import Conflict
from app.offers import service as offers
from app.parents_days import layout, reading
from app.parents_days import service as parents_days
from app.parents_days.layout import Spoken, Window
from app.parents_days.reading import Row
from app.parents_days.schemas import NeedsWrite
from app.parents_days.service import Shared
from app.requests.ending import ENDED, Ended
from app.requests.times import refuse_past
from app.tables import Institution, ParentsDay, Request, RequestState, SeatState
from scheduling import wall_time

REASON = "Der Elternsprechtag wurde geändert."
KEPT_MEMBERS = ("slots", "min_level", "at_once")


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
        booked = sum(len(row.seat.slots) for row in self.kept)
        wanted = self.spoken.need.slots if self.spoken else 0
        if wanted < booked:
            raise BookedMore(language=self.written, booked=booked)
        if self.spoken is None or wanted == booked:
            return None
        need = self.spoken.need.model_copy(update={"slots": wanted - booked})
        return replace(self.spoken, need=need)


def replace_needs(session: Session, actor: Actor, day: ParentsDay, body: NeedsWrite) -> None:
    """Lay out again what is not booked of the languages that change; the others stay."""
    refuse_past(wall_time.to_utc(day.day, day.start_minute))
    if all(request.state in ENDED for request in parents_days.lock_requests(session, day)):
        raise Ended(state=RequestState.CANCELLED)
    shifts = [row for row in reading.rows(session, [day])[day.id] if row.is_live]
    spoken = [_answered(one, shifts) for one in layout.understood(body.needs)]
    changes = _changes(day, spoken, shifts)
    window = Window(day.day, day.start_minute, day.end_minute, day.slot_minutes)
    left = [one.left for one in changes]
    wanted = [one for one in left if one is not None]
    planned = layout.lay_out(window, wanted, pause_minutes=body.pause_minutes)
    shared = _shared(session, day, shifts[0].request)
    for row in [row for one in changes for row in one.replaced]:
        offers.cancel_request(session, actor, row.request, REASON)
    day.needs = [parents_days.as_stored(one) for one in spoken]
    session.add(day)
    parents_days.write_shifts(session, day, shared, planned)
    audit.record(session, actor.account_id, "parents_day.change", day, people=len(planned))
    session.flush()


def _changes(day: ParentsDay, spoken: Sequence[Spoken], shifts: Sequence[Row]) -> list[Change]:
    """The languages that are new, other than before, or gone."""
    before = {need["written"]: need for need in day.needs}
    now = {one.need.language: one for one in spoken}
    found = []
    for written in dict.fromkeys([*now, *before]):
        one = now.get(written)
        if one is not None and written in before and _is_same(before[written], one):
            continue
        need = before.get(written, {"written": written, "language": None})
        own = reading.of_need(need, shifts)
        kept = [row for row in own if row.seat.state in (SeatState.BOOKED, SeatState.DONE)]
        replaced = [row for row in own if row not in kept]
        found.append(Change(written, one, kept, replaced))
    return found


def _is_same(before: dict[str, Any], one: Spoken) -> bool:
    now = parents_days.as_stored(one)
    return all(before.get(name) == now[name] for name in KEPT_MEMBERS)


def _answered(spoken: Spoken, shifts: Sequence[Row]) -> Spoken:
    """A language that was asked about and answered is not asked about again."""
    written = spoken.need.language
    own = reading.of_need({"written": written, "language": None}, shifts)
    tags = (row.seat.language for row in own)
    tag = next((tag for tag in tags if tag), None)
    if spoken.seat.language or tag is None:
        return spoken
    return replace(spoken, seat=replace(spoken.seat, language=tag), questions=())


def _shared(session: Session, day: ParentsDay, request: Request) -> Shared:
    more: dict[str, object] = {
        name: getattr(request, name) for name in ("contact_name", "contact_phone", "room")
    }
    institution = session.get_one(Institution, day.institution_id)
    return Shared(institution, day.sponsor_id, request.topic, request.note, more)
