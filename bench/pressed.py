"""What people press in a storm: whatever changes work, on a small hot set. See `bench.storm`."""

import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, RowMapping, TextClause, bindparam, text
from sqlmodel.sql.sqltypes import UTCDateTime

from app import clock, db
from bench.ground import Ground

HOT = 12
"""So many of the newest rows of a kind are pressed about."""
STARTS = ("10:00", "10:30", "11:30")
MOMENTS = ("now", "late", "early")


def timed(query: str) -> TextClause:
    """A query whose parameters are moments."""
    names = [name for name in MOMENTS if f":{name}" in query]
    return text(query).bindparams(*(bindparam(name, type_=UTCDateTime()) for name in names))


@dataclass(frozen=True)
class Press:
    """One thing somebody presses."""

    name: str
    method: str
    path: str
    token: str
    body: dict[str, Any] | None = None


_LOOKS = {
    "requests": "SELECT r.id, r.sponsor_id, r.state, r.series_id, r.parents_day_id FROM request r"
    " WHERE r.state IN ('open', 'booked', 'needs_info') AND EXISTS (SELECT 1 FROM request_option o"
    " WHERE o.request_id = r.id AND o.starts_at > :now)",
    "seats": "SELECT s.id, s.sponsor_id, s.state, s.request_id FROM seat s JOIN request r"
    " ON r.id = s.request_id WHERE s.state IN ('open', 'booked') AND r.state IN ('open', 'booked')",
    "offers": "SELECT o.id, o.sponsor_id, o.volunteer_id, o.state, o.seat_id FROM offer o"
    " WHERE o.state <> 'withdrawn' OR o.late_yes_at IS NULL",
    "pending": "SELECT o.id, o.sponsor_id, o.volunteer_id, o.seat_id FROM offer o"
    " WHERE o.state = 'pending'",
    "bookings": "SELECT a.id, a.sponsor_id, a.volunteer_id, a.seat_id FROM assignment a"
    " WHERE a.state = 'booked' AND a.starts_at > :now",
    "gone": "SELECT a.id, a.sponsor_id, a.volunteer_id, a.starts_at, a.ends_at FROM assignment a"
    " WHERE a.starts_at < :now",
    "searches": "SELECT s.id, s.sponsor_id FROM search s WHERE s.state IN ('running', 'exhausted')",
    "standbys": "SELECT s.id, s.sponsor_id, s.volunteer_id FROM standby s"
    " WHERE s.state IN ('asked', 'ready')",
    "tasks": "SELECT t.id, t.sponsor_id FROM task t WHERE t.state = 'open'",
    "absences": "SELECT a.id, a.volunteer_id FROM absence a",
    "series": "SELECT s.id, s.sponsor_id FROM series s",
    "days": "SELECT d.id, d.sponsor_id FROM parents_day d",
    "records": "SELECT s.id, s.sponsor_id, s.volunteer_id FROM service_record s",
}
Sight = dict[str, list[RowMapping]]


def look(engine: Engine) -> Sight:
    """What there is to press about: the newest rows of each kind."""
    sight: Sight = defaultdict(list)
    with db.transaction(engine, read_only=True) as session:
        for kind, query in _LOOKS.items():
            newest = timed(f"SELECT * FROM ({query}) x ORDER BY x.id DESC LIMIT {HOT}")  # noqa: S608
            found = session.connection().execute(
                newest, {"now": clock.now()} if ":now" in query else {}
            )
            sight[kind] = list(found.mappings().all())
    return sight


@dataclass
class Hand:
    """Somebody who presses this and that."""

    ground: Ground
    dice: random.Random
    sight: Sight

    def press(self) -> Press | None:
        """One thing at random; None when there is nothing to press about."""
        names, weights = zip(*_WEIGHTS.items(), strict=True)
        name = self.dice.choices(names, weights)[0]
        made = _ACTIONS[name](self)
        return Press(name, *made) if made else None

    def one(self, kind: str) -> RowMapping | None:
        """One of a kind."""
        return self.dice.choice(self.sight[kind]) if self.sight.get(kind) else None

    def office(self, row: RowMapping) -> str:
        """The token of the office a row belongs to."""
        return self.ground.offices[UUID(str(row["sponsor_id"]))]

    def her(self, row: RowMapping) -> str:
        """The token of the volunteer a row is about."""
        return self.ground.volunteers[UUID(str(row["volunteer_id"]))]

    def her_or_office(self, row: RowMapping) -> str:
        """She herself, or the office after a call."""
        return self.her(row) if self.dice.random() < 0.7 else self.office(row)

    def asks(self, row: RowMapping) -> str:
        """The institution, or the office."""
        return self.ground.asker if self.dice.random() < 0.5 else self.office(row)

    def somebody(self) -> str:
        """The id of a volunteer."""
        return str(self.dice.choice(list(self.ground.volunteers)))

    def times(self, most: int) -> list[dict[str, str]]:
        """Up to so many times, on three days only."""
        days = [str(self.ground.first_day + timedelta(days=n)) for n in range(3)]
        all_times = [{"day": day, "start": start} for day in days for start in STARTS]
        return self.dice.sample(all_times, self.dice.randint(1, most))


Made = tuple[Any, ...] | None
_ACTIONS: dict[str, Callable[[Hand], Made]] = {}
_WEIGHTS: dict[str, float] = {}


def _action(weight: float) -> Callable[[Callable[[Hand], Made]], Callable[[Hand], Made]]:
    def note(function: Callable[[Hand], Made]) -> Callable[[Hand], Made]:
        name = function.__name__.strip("_")
        _ACTIONS[name], _WEIGHTS[name] = function, weight
        return function

    return note


def _about(
    kind: str, path: str, token: Callable[[Hand, RowMapping], str], /, **body: Any
) -> Callable[[Hand], Made]:
    """An action that is a POST about one row of a kind."""

    def made(hand: Hand) -> Made:
        row = hand.one(kind)
        if row is None:
            return None
        return "POST", path.format(row["id"]), token(hand, row), body or None

    return made


for _name, _weight, _made in (
    ("accept", 14, _about("pending", "/offers/{}/accept", Hand.her_or_office)),
    ("accept_old", 3, _about("offers", "/offers/{}/accept", Hand.her_or_office)),
    ("decline", 4, _about("pending", "/offers/{}/decline", Hand.her_or_office)),
    ("withdraw", 2, _about("pending", "/offers/{}/withdraw", Hand.office)),
    ("give_back", 4, _about("bookings", "/assignments/{}/cancel", Hand.her_or_office,
                            reason="Termin", cause="other")),
    ("reconfirm", 3, _about("bookings", "/assignments/{}/reconfirm", Hand.her_or_office)),
    ("stop", 1, _about("searches", "/searches/{}/stop", Hand.office)),
    ("stand_by", 3, _about("standbys", "/standbys/{}/accept", Hand.her)),
    ("stand_down", 1, _about("standbys", "/standbys/{}/decline", Hand.her)),
    ("call_off", 1.2, _about("requests", "/requests/{}/cancel", Hand.asks, reason="fällt aus")),
    ("no_show_client", 2, _about("gone", "/assignments/{}/no-show", Hand.office, who="client")),
    ("no_show_her", 2, _about("gone", "/assignments/{}/no-show", Hand.office, who="volunteer")),
    ("undo_no_show", 4, _about("gone", "/assignments/{}/undo-no-show", Hand.office)),
    ("resolve", 2, _about("tasks", "/tasks/{}/resolve", Hand.office, reason="gesehen",
                          decision="allow", note="ohne Namen")),
    ("day_off", 0.4, _about("days", "/parents-days/{}/cancel", Hand.asks, reason="fällt aus")),
    ("series_off", 0.4, _about("series", "/series/{}/cancel", Hand.asks, scope="all",
                               reason="fällt aus")),
    ("dispute", 0.3, _about("records", "/service-records/{}/dispute", lambda h, _r: h.ground.asker,
                            minutes=30, reason="war kürzer")),
    ("confirm", 0.5, _about("records", "/service-records/{}/confirm", lambda h, _r: h.ground.asker,
                            minutes=60)),
):  # fmt: skip
    _ACTIONS[_name], _WEIGHTS[_name] = _made, _weight


@_action(3)
def _offer(hand: Hand, path: str = "/offers") -> Made:
    seat = hand.one("seats")
    body = {"seat_id": str(seat["id"]), "volunteer_id": hand.somebody()} if seat else None
    return ("POST", path, hand.office(seat), body) if seat else None


@_action(3)
def _book(hand: Hand) -> Made:
    return _offer(hand, "/assignments")


@_action(4)
def _search(hand: Hand) -> Made:
    seat = hand.one("seats")
    if seat is None:
        return None
    body = {"strategy": hand.dice.choice(["sequence", "waves", "all"])}
    first = [hand.somebody()] if hand.dice.random() < 0.3 else []
    return "POST", f"/seats/{seat['id']}/searches", hand.office(seat), {**body, "first": first}


@_action(2)
def _stand(hand: Hand) -> Made:
    booked = hand.one("bookings")
    if booked is None:
        return None
    body = {"volunteer_id": hand.somebody(), "agreed": hand.dice.random() < 0.5}
    return "POST", f"/seats/{booked['seat_id']}/standbys", hand.office(booked), body


@_action(4)
def _ask(hand: Hand) -> Made:
    sponsor_id = hand.dice.choice(hand.ground.sponsors)
    body = {
        "sponsor_id": str(sponsor_id),
        "institution_id": str(hand.ground.school),
        "times": hand.times(2),
        "duration_minutes": 60,
        "seats": [{"language": "kmr"}] * hand.dice.randint(1, 2),
        "topic": "Elterngespräch",
        "another": True,
    }
    return "POST", "/requests", hand.ground.offices[sponsor_id], body


@_action(2)
def _move(hand: Hand) -> Made:
    row = hand.one("requests")
    if row is None:
        return None
    booked = [b for b in hand.sight["bookings"] if b["sponsor_id"] == row["sponsor_id"]]
    seats = {s["id"] for s in hand.sight["seats"] if s["request_id"] == row["id"]}
    agreed = [str(b["volunteer_id"]) for b in booked if b["seat_id"] in seats]
    who = hand.asks(row)
    has_called = who != hand.ground.asker and hand.dice.random() < 0.7
    body = {"times": hand.times(2), "agreed": agreed if has_called else []}
    return "POST", f"/requests/{row['id']}/move", who, body


@_action(3)
def _edit(hand: Hand) -> Made:
    row = hand.one("requests")
    if row is None:
        return None
    body: dict[str, Any] = hand.dice.choice([
        {"room": f"Zimmer {hand.dice.randint(1, 99)}"},
        {"times": hand.times(3)},
        {"critical": hand.dice.random() < 0.8},
        {"note": "Bitte Frau Müller anrufen, 0170 1234567"},
        {"duration_minutes": hand.dice.choice([45, 60])},
    ])  # fmt: skip
    return "PATCH", f"/requests/{row['id']}", hand.office(row), body


@_action(1)
def _absent(hand: Hand) -> Made:
    her, day = hand.somebody(), hand.ground.first_day + timedelta(days=hand.dice.randint(0, 2))
    body = {
        "first_day": str(day),
        "last_day": str(day),
        "start_minute": 690,
        "end_minute": 720,
        "keep_work": hand.dice.random() < 0.5,
    }
    return "POST", f"/volunteers/{her}/absences", hand.ground.volunteers[UUID(her)], body


@_action(1)
def _back(hand: Hand) -> Made:
    row = hand.one("absences")
    return (
        ("DELETE", f"/volunteers/{row['volunteer_id']}/absences/{row['id']}", hand.her(row))
        if row
        else None
    )


@_action(1)
def _free(hand: Hand) -> Made:
    her = hand.somebody()
    body = {"phrase": "Mo-So 0-24", "keep_work": True}
    return "PUT", f"/volunteers/{her}/availability", hand.ground.volunteers[UUID(her)], body


@_action(1)
def _limits(hand: Hand) -> Made:
    her = hand.somebody()
    body = {"most_day_assignments": hand.dice.choice([None, 2, 3])}
    return "PATCH", f"/volunteers/{her}", hand.ground.volunteers[UUID(her)], body


@_action(1)
def _paper(hand: Hand) -> Made:
    today = clock.today()
    old = hand.dice.choice([10, 60])
    body = {"kind": "conduct", "issued_on": str(today - timedelta(days=old)), "seen_on": str(today)}
    office = hand.dice.choice(list(hand.ground.offices.values()))
    return "POST", f"/volunteers/{hand.somebody()}/clearances", office, body


@_action(3)
def _report(hand: Hand) -> Made:
    row = hand.one("gone")
    if row is None:
        return None
    body = {
        "assignment_id": str(row["id"]),
        "started_at": _iso(row["starts_at"]),
        "ended_at": _iso(row["ends_at"]),
        "outcome": hand.dice.choice(["performed", "client_no_show"]),
    }
    return "POST", "/service-records", hand.her_or_office(row), body


def _iso(moment: Any) -> str:
    said = moment.isoformat() if isinstance(moment, datetime) else f"{moment}Z"
    return str(said).replace(" ", "T")


@_action(0.5)
def _series(hand: Hand) -> Made:
    sponsor_id = hand.dice.choice(hand.ground.sponsors)
    body = {
        "sponsor_id": str(sponsor_id),
        "institution_id": str(hand.ground.school),
        "weekdays": ["MO", "TU", "WE", "TH", "FR", "SA", "SU"],
        "count": 4,
        "first_day": str(hand.ground.first_day),
        "start": hand.dice.choice(STARTS),
        "duration_minutes": 60,
        "seats": [{"language": "kmr"}],
        "topic": "Begleitung",
    }
    return "POST", "/series", hand.ground.offices[sponsor_id], body


@_action(1)
def _reseries(hand: Hand) -> Made:
    row = hand.one("series")
    body = {"scope": "all", "room": f"Raum {hand.dice.randint(1, 9)}"}
    return ("PATCH", f"/series/{row['id']}", hand.asks(row), body) if row else None


@_action(0.5)
def _day(hand: Hand) -> Made:
    sponsor_id = hand.dice.choice(hand.ground.sponsors)
    body = {
        "sponsor_id": str(sponsor_id),
        "institution_id": str(hand.ground.school),
        "day": str(hand.ground.first_day + timedelta(days=hand.dice.randint(1, 5))),
        "start": "14:00",
        "end": "18:00",
        "slot_minutes": 15,
        "needs": [{"language": "kmr", "slots": 14}],
    }
    return "POST", "/parents-days", hand.ground.offices[sponsor_id], body


@_action(1)
def _needs(hand: Hand) -> Made:
    row = hand.one("days")
    body = {"needs": [{"language": "kmr", "slots": hand.dice.randint(3, 20)}]}
    return ("PUT", f"/parents-days/{row['id']}/needs", hand.asks(row), body) if row else None
