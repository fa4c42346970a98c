"""The allowance a second time, slowly: what the rules say, looked up anew for every single work.

Nothing is carried along from one work to the next. What an event has earned, which minutes the
grant year has left and how often a client was served is counted from the first work on each time.
It takes the shapes of `allowance` (Work, RatePlan, Used) and none of its arithmetic.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor

from allowance import RatePlan, Used, Work

HALF = Fraction(1, 2)
CAME = ("performed", "cut_short", "aborted")
SET_OUT = (*CAME, "client_no_show")


@dataclass(frozen=True)
class Share:
    """What one work gives: minutes under a plan by the hour, cents under every other.

    Attributes
    ----------
    due, paid : int
        Before and after the caps.
    cut : str
        Which cap took something: `year_cap`, `client_cap` or nothing.
    """

    work: Work
    plan: RatePlan
    due: int
    paid: int
    cut: str = ""

    @property
    def exact_cents(self) -> Fraction:
        """Cents before any rounding, without travel."""
        if self.plan.unit == "hour":
            return Fraction(self.paid * self.plan.amount_cents, 60)
        return Fraction(self.paid)


def slow_cents(works: Sequence[Work], plans: Sequence[RatePlan], used: Used) -> dict[str, int]:
    """Give the cents of each record, travel included; hours are the steps of one rounded sum."""
    return {share.work.record_id: cents for share, cents in _lines(shares(works, plans, used))}


def slow_total(works: Sequence[Work], plans: Sequence[RatePlan], used: Used) -> int:
    """Give the cents of the month: hours summed, rounded once; the others and travel added."""
    found = shares(works, plans, used)
    hours = sum((one.exact_cents for one in found if one.plan.unit == "hour"), Fraction(0))
    others = sum(one.paid for one in found if one.plan.unit != "hour")
    travel = sum(travel_cents(one) for one, cents in _lines(found) if cents > 0)
    return half_up(hours) + others + travel


def shares(works: Sequence[Work], plans: Sequence[RatePlan], used: Used) -> list[Share]:
    """Give what each work has a right to and what the caps leave of it, in order of time."""
    by_key = {plan.key: plan for plan in plans}
    ordered = sorted(works, key=lambda work: (work.start, work.record_id))
    before: list[Share] = []
    for place, work in enumerate(ordered):
        plan = by_key[str(work.pay_rule)]
        due = _due(work, plan, ordered[:place])
        before.append(_capped(Share(work, plan, due, due), before, used))
    return before


def travel_cents(share: Share) -> int:
    """Give what the way costs, where she was on her way."""
    if share.work.outcome not in SET_OUT:
        return 0
    return share.work.kilometres * share.plan.km_cents


def once(work: Work, plan: RatePlan) -> bool:
    """Whether the work belongs to an event that is paid once."""
    return work.group and plan.group == "once"


def joins(work: Work, plan: RatePlan) -> bool:
    """Whether the minutes of the work count as worked."""
    return work.outcome in CAME or (work.outcome == "client_no_show" and plan.no_show == "full")


def half_up(value: Fraction) -> int:
    """Give the nearest whole number, the larger one from a half on."""
    return floor(value + HALF)


def framed(plan: RatePlan, minutes: int) -> int:
    """Give the minutes between the least and the most that one assignment counts."""
    if minutes < plan.minimum_minutes:
        return plan.minimum_minutes
    if plan.maximum_minutes is not None and minutes > plan.maximum_minutes:
        return plan.maximum_minutes
    return minutes


def units(plan: RatePlan, minutes: int) -> int:
    """Give the begun units that count, one after the other; the first one always does."""
    counted = 0
    for begin in range(0, minutes, plan.unit_minutes):
        passed = min(plan.unit_minutes, minutes - begin)
        counted += _counts(plan, passed)
    return max(1, counted)


def alone(work: Work, plan: RatePlan) -> int:
    """Give what the work earns when it stands by itself, before the caps."""
    if joins(work, plan):
        return _earned(plan, work.minutes)
    if work.outcome == "client_no_show" and plan.no_show == "minimum":
        return _earned(plan, plan.minimum_minutes or plan.unit_minutes)
    if work.outcome == "cancelled_late" and plan.late_cancel_minutes > 0:
        return _earned(plan, plan.late_cancel_minutes)
    if work.outcome == "cancelled_late":
        whole = _earned(plan, work.minutes)
        return half_up(Fraction(whole * plan.late_cancel_percent, 100))
    return 0


def same_event(work: Work, others: Sequence[Work]) -> list[Work]:
    """Give the works that are one event with a work: same plan, institution and day."""
    return [
        other
        for other in others
        if other.group
        and other.day == work.day
        and other.institution == work.institution
        and other.pay_rule == work.pay_rule
        and other.fundable == "yes"
    ]


def _lines(found: Sequence[Share]) -> Iterator[tuple[Share, int]]:
    """Give each share with the cents of its line."""
    hours = Fraction(0)
    for share in found:
        cents = share.paid
        if share.plan.unit == "hour":
            cents = half_up(hours + share.exact_cents) - half_up(hours)
            hours += share.exact_cents
        yield share, (cents + travel_cents(share) if cents > 0 else 0)


def _counts(plan: RatePlan, passed: int) -> bool:
    """Whether a unit counts of which so many minutes have passed."""
    if plan.rounding == "down":
        return passed == plan.unit_minutes
    if plan.rounding == "nearest":
        return Fraction(passed, plan.unit_minutes) >= HALF
    return passed > plan.grace_minutes


def _earned(plan: RatePlan, minutes: int) -> int:
    """Give what one assignment of so many minutes is worth: minutes by the hour, else cents."""
    if plan.unit == "assignment":
        return plan.amount_cents
    if plan.unit == "hour":
        return framed(plan, minutes)
    return units(plan, framed(plan, minutes)) * plan.amount_cents


def _due(work: Work, plan: RatePlan, earlier: Sequence[Work]) -> int:
    """Give what a work has a right to before the caps: for an event, what it adds to it."""
    if work.fundable != "yes":
        return 0
    if not once(work, plan):
        return alone(work, plan)
    event = same_event(work, earlier)
    return _event_earned([*event, work], plan) - _event_earned(event, plan)


def _event_earned(event: Sequence[Work], plan: RatePlan) -> int:
    """Give what an event has earned: the most that its added minutes or a share ever gave."""
    minutes, most = 0, 0
    for work in event:
        if joins(work, plan):
            minutes += work.minutes
            most = max(most, _earned(plan, minutes))
        else:
            most = max(most, alone(work, plan))
    return most


def _capped(share: Share, before: Sequence[Share], used: Used) -> Share:
    """Give a share after the caps, which look at what was paid before it."""
    work, plan = share.work, share.plan
    if _client_is_full(share, before, used):
        return Share(work, plan, share.due, 0, "client_cap" if share.due else "")
    if plan.year_cap_minutes is None:
        return share
    counted = used.minutes
    for earlier in before:
        if earlier.plan.year_cap_minutes is not None:
            counted += earlier.paid
    paid = 0
    for _ in range(share.due):
        if counted < plan.year_cap_minutes:
            counted += 1
            paid += 1
    return Share(work, plan, share.due, paid, "year_cap" if paid < share.due else "")


def _client_is_full(share: Share, before: Sequence[Share], used: Used) -> bool:
    """Whether the client of a work has had all assignments that may be paid.

    As with the minutes of the year, only works under plans with such a cap use it up: what a guide
    without one did for the same client takes nothing from the interpreter.
    """
    client, cap = share.work.client_case, share.plan.per_client_cap
    if client is None or cap is None or once(share.work, share.plan):
        return False
    had = used.assignments.get(client, 0)
    for earlier in before:
        capped = earlier.plan.per_client_cap is not None and not once(earlier.work, earlier.plan)
        if capped and earlier.work.client_case == client:
            had += earlier.paid > 0
    return had >= cap + used.granted.get(client, 0)
