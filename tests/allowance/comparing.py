"""The claim beside the second implementation, and which rules a person-month really met."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from allowance import Claim, build_claim
from tests.allowance import slow
from tests.allowance.person_months import PersonMonth
from tests.allowance.slow import Share

RULES = (
    "outcome performed", "outcome cut_short", "outcome aborted", "outcome client_no_show",
    "outcome cancelled_late", "outcome cancelled_early", "outcome volunteer_no_show",
    "unit hour", "unit assignment", "unit started",
    "rounding up", "rounding nearest", "rounding down", "grace spares a unit",
    "minimum lifts", "maximum cuts",
    "year cap cuts a part", "year cap cuts all",
    "client cap refuses", "granted beyond the cap", "client served under a plan without a cap",
    "event adds minutes", "event adds nothing", "event paid per client",
    "share counts against an event",
    "no-show full", "no-show minimum", "no-show one unit", "no-show nothing",
    "late by minutes", "late by percent", "late percent rounded", "late nothing",
    "fundable no", "fundable unknown",
    "travel paid", "travel not paid without an amount", "travel not paid when cancelled late",
    "hours rounded", "hours end on half a cent", "hours at two rates",
    "plan of the catalogue", "rate changes in the month", "works out of order", "no work",
)  # fmt: skip
"""Every rule that drawn person-months must meet."""


@dataclass(frozen=True)
class Compared:
    """A claim beside the second implementation.

    Attributes
    ----------
    apart_cents : int
        Differences of all lines and of the claim, added up without sign.
    adds_up : bool
        Whether each work has one line and the lines add up to the claim, travel too.
    """

    lines: int
    apart_cents: int
    adds_up: bool


@dataclass
class Tally:
    """Many person-months compared."""

    months: int = 0
    lines: int = 0
    cents: int = 0
    apart_cents: int = 0
    apart: list[int] = field(default_factory=list)
    """Places of the person-months that differ."""
    not_adding_up: list[int] = field(default_factory=list)
    rules: Counter[str] = field(default_factory=Counter)


def claim_of(month: PersonMonth) -> Claim:
    """Give the claim that the package builds."""
    return build_claim(month.works, month.plans, used=month.used, month=month.month)


def compare(month: PersonMonth, claim: Claim) -> Compared:
    """Lay a claim beside what the second implementation gives for a person-month."""
    given = (month.works, month.plans, month.used)
    second, total = slow.slow_cents(*given), slow.slow_total(*given)
    first = {line.record_id: line.amount_cents for line in claim.lines}
    apart = [abs(first.get(key, 0) - second.get(key, 0)) for key in first.keys() | second.keys()]
    sums = (
        sum(line.amount_cents for line in claim.lines),
        sum(line.travel_cents for line in claim.lines),
    )
    adds_up = (claim.amount_cents, claim.travel_cents) == sums
    one_each = sorted(line.record_id for line in claim.lines) == sorted(second)
    return Compared(
        len(claim.lines), sum(apart) + abs(claim.amount_cents - total), adds_up and one_each
    )


def tally(months: Iterable[PersonMonth]) -> Tally:
    """Compare many person-months and count what they met."""
    found = Tally()
    for place, month in enumerate(months):
        claim = claim_of(month)
        compared = compare(month, claim)
        found.months += 1
        found.lines += compared.lines
        found.cents += claim.amount_cents
        found.apart_cents += compared.apart_cents
        if compared.apart_cents:
            found.apart.append(place)
        if not compared.adds_up:
            found.not_adding_up.append(place)
        found.rules.update(met(month))
    return found


def met(month: PersonMonth) -> Iterator[str]:
    """Give the rules that decided something in a person-month, as often as they did."""
    found = slow.shares(month.works, month.plans, month.used)
    cents = slow.slow_cents(month.works, month.plans, month.used)
    for place, share in enumerate(found):
        yield from _words(share)
        tests = (
            *_time(share),
            *_caps(share, found[:place], month),
            *_event(share, found[:place]),
            *_outcome(share),
            *_travel(share, cents[share.work.record_id]),
        )
        yield from (name for name, holds in tests if holds)
    yield from (name for name, holds in _whole(month, found) if holds)


def _words(share: Share) -> Iterator[str]:
    """The words of the record and of its plan."""
    yield f"outcome {share.work.outcome}"
    if share.due:
        yield f"unit {share.plan.unit}"
    if share.work.fundable != "yes":
        yield f"fundable {share.work.fundable}"


def _time(share: Share) -> Iterator[tuple[str, bool]]:
    """What made other minutes or units of those worked."""
    work, plan = share.work, share.plan
    timed = plan.unit != "assignment" and share.due > 0 and slow.joins(work, plan)
    minutes = slow.framed(plan, work.minutes)
    started = timed and plan.unit == "started"
    yield "minimum lifts", timed and minutes > work.minutes
    yield "maximum cuts", timed and minutes < work.minutes
    yield f"rounding {plan.rounding}", started and minutes % plan.unit_minutes > 0
    without = replace(plan, grace_minutes=0)
    spared = started and slow.units(plan, minutes) < slow.units(without, minutes)
    yield "grace spares a unit", spared


def _caps(share: Share, before: Sequence[Share], month: PersonMonth) -> Iterator[tuple[str, bool]]:
    """What the caps cut and what they let through."""
    client, plan = share.work.client_case, share.plan
    yield "year cap cuts a part", share.cut == "year_cap" and share.paid > 0
    yield "year cap cuts all", share.cut == "year_cap" and share.paid == 0
    yield "client cap refuses", share.cut == "client_cap"
    if client is None or plan.per_client_cap is None or slow.once(share.work, plan):
        return
    paid = [one for one in before if one.work.client_case == client and one.paid > 0]
    paid = [one for one in paid if not slow.once(one.work, one.plan)]
    capped = [one for one in paid if one.plan.per_client_cap is not None]
    had = month.used.assignments.get(client, 0) + len(capped)
    yield "granted beyond the cap", share.paid > 0 and had >= plan.per_client_cap
    yield "client served under a plan without a cap", share.paid > 0 and len(paid) > len(capped)


def _event(share: Share, before: Sequence[Share]) -> Iterator[tuple[str, bool]]:
    """What a work adds to the event it belongs to."""
    work, plan = share.work, share.plan
    if not (work.group and work.fundable == "yes"):
        return
    later = bool(slow.same_event(work, [one.work for one in before]))
    together, worked = slow.once(work, plan), slow.joins(work, plan)
    yield "event paid per client", later and not together and share.due > 0
    yield "event adds minutes", later and together and worked and share.due > 0
    yield "event adds nothing", later and together and worked and share.due == 0
    against = later and together and not worked and share.due < slow.alone(work, plan)
    yield "share counts against an event", against


def _outcome(share: Share) -> Iterator[tuple[str, bool]]:
    """What a client who stayed away or a late cancellation pays."""
    work, plan = share.work, share.plan
    if work.fundable != "yes":
        return
    if work.outcome == "client_no_show":
        one_unit = plan.no_show == "minimum" and not plan.minimum_minutes
        yield "no-show one unit", one_unit
        yield f"no-show {plan.no_show}", not one_unit
    if work.outcome == "cancelled_late":
        minutes, percent = plan.late_cancel_minutes, plan.late_cancel_percent
        whole = slow.alone(replace(work, outcome="performed"), plan)
        yield "late by minutes", minutes > 0
        yield "late by percent", percent > 0
        yield "late percent rounded", whole * percent % 100 > 0
        yield "late nothing", minutes == percent == 0


def _travel(share: Share, cents: int) -> Iterator[tuple[str, bool]]:
    """Whether the way was paid."""
    driven = share.work.kilometres * share.plan.km_cents > 0
    way = driven and share.work.outcome in slow.SET_OUT
    late = driven and share.work.outcome == "cancelled_late"
    yield "travel paid", way and cents > 0
    yield "travel not paid without an amount", way and cents == 0
    yield "travel not paid when cancelled late", late and cents > 0


def _whole(month: PersonMonth, found: Sequence[Share]) -> Iterator[tuple[str, bool]]:
    """What only the month as a whole shows."""
    hours = [one for one in found if one.plan.unit == "hour" and one.paid]
    exact = sum(one.exact_cents for one in hours)
    yield "hours rounded", exact % 1 != 0
    yield "hours end on half a cent", exact % 1 == slow.HALF
    yield "hours at two rates", len({one.plan.amount_cents for one in hours}) > 1
    catalogued = any(one.plan.source != "drawn" for one in found)
    yield "plan of the catalogue", catalogued
    lines = {one.plan.line for one in found}
    yield "rate changes in the month", len({one.plan.key for one in found}) > len(lines)
    yield "works out of order", [one.work for one in found] != list(month.works)
    yield "no work", not month.works
