"""What work will cost that no claim has settled: done, booked, or asked for."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from allowance.money import round_half_up
from allowance.pay import Event, share_earnings, share_of
from allowance.plans import RatePlan
from allowance.work import Work

SOME_TIME = datetime(2000, 1, 1, tzinfo=UTC)
"""Expected work has a length; when of the day it is makes no difference to its price."""


@dataclass(frozen=True, kw_only=True)
class Expected:
    """Work without an approved claim.

    Attributes
    ----------
    plan : RatePlan
        Of its day.
    minutes : int
        Done, or booked.
    person : str
        Who does it; empty where nobody is booked yet, so no cap of hers is known.
    event : str
        Which group event of the day it is part of; empty for a single appointment.
    """

    plan: RatePlan
    day: date
    minutes: int
    outcome: str = "performed"
    person: str = ""
    event: str = ""


@dataclass(frozen=True)
class Cost:
    """What one work is expected to cost, and the minutes that this pays for."""

    cents: int = 0
    paid_minutes: int = 0


@dataclass
class _Tally:
    """What the works before have used up."""

    minutes: dict[str, int]
    owed: dict[tuple[str, int, int], int] = field(default_factory=lambda: defaultdict(int))
    """Pay by the hour of a person and month, in sixtieths of a cent."""
    events: dict[tuple[str, ...], Event] = field(default_factory=lambda: defaultdict(Event))


def costs(works: Sequence[Expected], used_minutes: Mapping[str, int]) -> list[Cost]:
    """What each work costs, in the order given; cut at the year cap of whoever does it.

    As claims reckon: hours are rounded over a person's month, a group event is paid once unless
    the plan pays per client. The cap per client is left to whoever books.

    Parameters
    ----------
    works : sequence of Expected
        Of one grant year and funding line.
    used_minutes : mapping of str to int
        By person: minutes under plans with a year cap that claims of the year hold already.
    """
    tally = _Tally(dict(used_minutes))
    found = [Cost()] * len(works)
    for number in sorted(range(len(works)), key=lambda number: (works[number].day, number)):
        found[number] = _cost(tally, works[number], works[number].person or f"#{number}")
    return found


def _cost(tally: _Tally, work: Expected, person: str) -> Cost:
    earned = _earned(tally, work, person)
    if work.plan.unit != "hour":
        return Cost(earned, 0)
    paid = earned
    if work.plan.year_cap_minutes is not None and work.person:
        used = tally.minutes.get(person, 0)
        paid = min(earned, max(0, work.plan.year_cap_minutes - used))
        tally.minutes[person] = used + paid
    month = (person, work.day.year, work.day.month)
    before = round_half_up(tally.owed[month], 60)
    tally.owed[month] += paid * work.plan.amount_cents
    return Cost(round_half_up(tally.owed[month], 60) - before, paid)


def _earned(tally: _Tally, work: Expected, person: str) -> int:
    """Minutes or cents a work adds to what its event has earned, never below 0."""
    share = share_of(work.plan, _as_work(work))
    if not work.event or work.plan.group != "once":
        return share_earnings(work.plan, share)
    event = tally.events[work.plan.key, person, work.event, work.day.isoformat()]
    return event.add(work.plan, share)


def _as_work(work: Expected) -> Work:
    return Work(
        record_id="",
        role=work.plan.role,
        start=SOME_TIME,
        end=SOME_TIME + timedelta(minutes=max(1, work.minutes)),
        minutes=work.minutes,
        day=work.day,
        outcome=work.outcome,
    )
