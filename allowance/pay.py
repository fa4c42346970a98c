"""What one work earns under its plan, before any cap."""

from dataclasses import dataclass

from allowance.money import round_half_up
from allowance.plans import RatePlan
from allowance.work import WORKED, Work


@dataclass(frozen=True)
class Share:
    """What of a work the plan counts.

    Attributes
    ----------
    minutes : int
        Enter the plan's formula.
    percent : int
        Of the result.
    joins : bool
        Whether the minutes add up with the other works of a group event.
    """

    minutes: int
    percent: int
    joins: bool = False


NOTHING = Share(0, 0)


def share_of(plan: RatePlan, work: Work) -> Share:
    """What the plan counts of a work, by its outcome.

    Parameters
    ----------
    plan : RatePlan
        The plan of the work's day.
    work : Work
        With a known outcome.
    """
    if work.outcome in WORKED:
        return Share(work.minutes, 100, joins=True)
    if work.outcome == "client_no_show":
        return _no_show_share(plan, work)
    if work.outcome == "cancelled_late":
        return _late_cancel_share(plan, work)
    return NOTHING


def is_paid(plan: RatePlan, work: Work) -> bool:
    """Whether a work is paid at all, caps aside.

    Parameters
    ----------
    plan : RatePlan
        The plan of the work's day.
    work : Work
        With a known outcome.
    """
    return work.fundable == "yes" and share_of(plan, work).percent > 0


def earnings(plan: RatePlan, minutes: int) -> int:
    """What a plan gives for one assignment of this length.

    Minutes for the unit `hour` (money follows from the month's sum), otherwise cents.

    Parameters
    ----------
    plan : RatePlan
        The plan of the assignment's day.
    minutes : int
        Length; the plan's minimum and maximum are applied here.
    """
    billed = billed_minutes(plan, minutes)
    if plan.unit == "hour":
        return billed
    if plan.unit == "assignment":
        return plan.amount_cents
    return units_of(plan, billed) * plan.amount_cents


def units_of(plan: RatePlan, minutes: int) -> int:
    """Units a time counts for, at least one.

    Parameters
    ----------
    plan : RatePlan
        With the unit `started`.
    minutes : int
        Between the plan's minimum and maximum.
    """
    if plan.rounding == "down":
        return max(1, minutes // plan.unit_minutes)
    if plan.rounding == "nearest":
        return max(1, round_half_up(minutes, plan.unit_minutes))
    return max(1, -(-(minutes - plan.grace_minutes) // plan.unit_minutes))


def billed_minutes(plan: RatePlan, minutes: int) -> int:
    """Minutes between the plan's minimum and maximum."""
    longest = plan.maximum_minutes
    at_least = max(minutes, plan.minimum_minutes)
    return at_least if longest is None else min(at_least, longest)


def share_earnings(plan: RatePlan, share: Share, earlier_minutes: int = 0) -> int:
    """What a share gives, together with the earlier minutes of its group event.

    Formula: `round_half_up(earnings(earlier + minutes) * percent / 100)`; the earlier minutes
    count only for a share that joins.

    Parameters
    ----------
    plan : RatePlan
        The plan of the work's day.
    share : Share
        As `share_of` gives it.
    earlier_minutes : int
        Minutes of the same event counted before.
    """
    if share.percent == 0:
        return 0
    minutes = share.minutes + (earlier_minutes if share.joins else 0)
    return round_half_up(earnings(plan, minutes) * share.percent, 100)


@dataclass
class Event:
    """A group event so far, or a single work: minutes that add up, and what they have earned."""

    minutes: int = 0
    earned: int = 0

    def add(self, plan: RatePlan, share: Share) -> int:
        """Minutes or cents a share adds to what was earned before, never below 0."""
        added = max(0, share_earnings(plan, share, self.minutes) - self.earned)
        self.earned += added
        self.minutes += share.minutes if share.joins else 0
        return added


def _no_show_share(plan: RatePlan, work: Work) -> Share:
    """What counts when the client stayed away."""
    if plan.no_show == "full":
        return Share(work.minutes, 100, joins=True)
    if plan.no_show == "minimum":
        return Share(plan.minimum_minutes or plan.unit_minutes, 100)
    return NOTHING


def _late_cancel_share(plan: RatePlan, work: Work) -> Share:
    """What counts when the appointment was called off too late."""
    if plan.late_cancel_minutes:
        return Share(plan.late_cancel_minutes, 100)
    return Share(work.minutes, plan.late_cancel_percent)
