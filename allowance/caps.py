"""What is left under caps and limits, as whole minutes and assignments: capacities for planning."""

from allowance.plans import RatePlan


def year_minutes_left(plan: RatePlan, paid_minutes: int) -> int | None:
    """Minutes a plan still pays in a grant year; None when it has no year cap.

    Parameters
    ----------
    plan : RatePlan
        The plan of the assignment's day.
    paid_minutes : int
        Minutes paid in this grant year so far.

    Raises
    ------
    ValueError
        If the minutes are negative.
    """
    if paid_minutes < 0:
        raise ValueError(f"Paid minutes cannot be negative: {paid_minutes}.")
    if plan.year_cap_minutes is None:
        return None
    return max(0, plan.year_cap_minutes - paid_minutes)


def client_assignments_left(plan: RatePlan, paid: int, *, granted: int = 0) -> int | None:
    """Assignments a plan still pays for one client in a grant year; None when it has no such cap.

    Parameters
    ----------
    plan : RatePlan
        The plan of the assignment's day.
    paid : int
        Assignments of this client paid in this grant year so far.
    granted : int
        Further assignments granted on application.

    Raises
    ------
    ValueError
        If a count is negative.
    """
    if min(paid, granted) < 0:
        raise ValueError(f"Assignments cannot be negative: {paid} paid, {granted} granted.")
    if plan.per_client_cap is None:
        return None
    return max(0, plan.per_client_cap + granted - paid)


def minutes_within(plan: RatePlan, cents: int) -> int | None:
    """Whole minutes an amount pays for; None for a flat amount, whatever its length.

    Parameters
    ----------
    plan : RatePlan
        The plan of the assignment's day.
    cents : int
        What is left, as `headroom` gives it; below 0 counts as 0.
    """
    if plan.unit == "assignment":
        return None
    if plan.unit == "started":
        return max(0, cents) // plan.amount_cents * plan.unit_minutes
    return max(0, cents) * 60 // plan.amount_cents


def assignments_within(plan: RatePlan, cents: int) -> int | None:
    """Flat assignments an amount pays for; None when the plan pays by time.

    Parameters
    ----------
    plan : RatePlan
        The plan of the assignment's day.
    cents : int
        What is left, as `headroom` gives it; below 0 counts as 0.
    """
    return max(0, cents) // plan.amount_cents if plan.unit == "assignment" else None
