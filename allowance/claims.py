"""Claims: one volunteer, one month, one funding line, every cent with its reason."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import date

from allowance.money import round_half_up
from allowance.pay import Event, Share, billed_minutes, is_paid, share_of
from allowance.plans import RatePlan, plan_for
from allowance.work import (
    TRAVELLED,
    Used,
    Work,
    check_used,
    check_works,
    refuse_overlaps,
    span_minutes,
)


@dataclass(frozen=True)
class Reason:
    """Why a line is what it is: a code and the figures its sentence needs."""

    code: str
    params: Mapping[str, int | str] = field(default_factory=dict)


@dataclass(frozen=True)
class Line:
    """One work's share of a claim.

    Attributes
    ----------
    minutes : int
        Recorded.
    paid_minutes : int
        Covered by the amount; above `minutes` where the plan has a minimum.
    amount_cents : int
        With what is paid for travel.
    travel_cents : int
        Of these for kilometres: no allowance, so no tax limit counts it.
    """

    record_id: str
    minutes: int
    paid_minutes: int
    amount_cents: int
    plan_key: str
    reason: Reason
    travel_cents: int = 0

    def opposite(self) -> "Line":
        """The line that takes it back, or the one that it takes back."""
        return replace(
            self,
            minutes=-self.minutes,
            paid_minutes=-self.paid_minutes,
            amount_cents=-self.amount_cents,
            travel_cents=-self.travel_cents,
        )


@dataclass(frozen=True)
class Claim:
    """Abrechnung: lines in order of start, their sums, and what a person should look at."""

    lines: tuple[Line, ...]
    minutes: int
    paid_minutes: int
    amount_cents: int
    travel_cents: int = 0
    notes: tuple[Reason, ...] = ()


@dataclass
class _Tally:
    """What the lines before have used up."""

    capped_minutes: int
    clients: dict[str, int]
    granted: Mapping[str, int]
    beyond: Set[str]
    events: dict[tuple[str, ...], Event] = field(default_factory=dict)
    owed: int = 0
    """Pay by the hour this month, in sixtieths of a cent."""


def build_claim(
    works: Sequence[Work], plans: Sequence[RatePlan], *, used: Used, month: date
) -> Claim:
    """A volunteer's claim for one month.

    Hours: `round_half_up(sum(paid minutes * rate) / 60)` over the month; each line is the step of
    that rounded sum in order of start, then id, so the lines add up to the total exactly. Flat
    amounts and begun units are paid per assignment, once per group event unless the plan says
    `per_client`. Beyond a cap a line stays, with what is left or 0 cents and the reason.

    Parameters
    ----------
    works : sequence of Work
        All works of one volunteer in the month, in any order.
    plans : sequence of RatePlan
        The catalogue or a sponsor's own plans.
    used : Used
        What the grant year has seen before this month.
    month : date
        The first day of the month.

    Raises
    ------
    Contradiction
        For a work that contradicts itself or lies outside the month, and overlapping spans that
        would both be paid.
    ValueError
        For a missing plan, or plans of different funding lines.
    """
    check_works(works, month)
    check_used(used)
    ordered = sorted(works, key=lambda work: (work.start, work.record_id))
    pairs = [(_plan_of(plans, work), work) for work in ordered]
    _refuse_mixed_lines([plan for plan, _ in pairs])
    refuse_overlaps(work for plan, work in pairs if is_paid(plan, work))
    tally = _Tally(used.minutes, dict(used.assignments), used.granted, used.beyond)
    lines = tuple(_line(tally, plan, work) for plan, work in pairs)
    return Claim(
        lines,
        minutes=sum(line.minutes for line in lines),
        paid_minutes=sum(line.paid_minutes for line in lines),
        amount_cents=sum(line.amount_cents for line in lines),
        travel_cents=sum(line.travel_cents for line in lines),
        notes=claim_notes(pairs, lines),
    )


def _plan_of(plans: Sequence[RatePlan], work: Work) -> RatePlan:
    """The plan a work names, or the one that holds for its role and day."""
    if work.pay_rule is None:
        return plan_for(plans, work.role, work.day)
    for plan in plans:
        if plan.key == work.pay_rule and plan.role == work.role and plan.holds_on(work.day):
            return plan
    raise ValueError(
        f"Record {work.record_id}: rate plan {work.pay_rule!r} does not pay "
        f"the role {work.role!r} on {work.day}."
    )


def _refuse_mixed_lines(plans: Sequence[RatePlan]) -> None:
    """Refuse a claim on two purses."""
    funding_lines = sorted({plan.funding_line for plan in plans})
    if len(funding_lines) > 1:
        raise ValueError(f"A claim has one funding line, not {' and '.join(funding_lines)}.")


def _line(tally: _Tally, plan: RatePlan, work: Work) -> Line:
    """The next line, in order of start; uses up caps."""
    if work.fundable != "yes":
        reason = Reason("not_fundable" if work.fundable == "no" else "fundable_unknown")
        return Line(work.record_id, work.minutes, 0, 0, plan.key, reason)
    return _with_travel(plan, work, _worked_line(tally, plan, work))


def _with_travel(plan: RatePlan, work: Work, line: Line) -> Line:
    """The line with the way to it: it is paid with what is paid, and once for a group event."""
    cents = work.kilometres * plan.km_cents
    if not cents or not line.amount_cents or work.outcome not in TRAVELLED:
        return line
    params = {**line.reason.params, "kilometres": work.kilometres, "km_cents": plan.km_cents}
    return replace(
        line,
        amount_cents=line.amount_cents + cents,
        travel_cents=cents,
        reason=Reason(line.reason.code, params),
    )


def _worked_line(tally: _Tally, plan: RatePlan, work: Work) -> Line:
    """A line without its travel."""
    share = share_of(plan, work)
    if share.percent and _client_cap_reached(tally, plan, work):
        cap = (plan.per_client_cap or 0) + tally.granted.get(work.client_case or "", 0)
        return Line(
            work.record_id, work.minutes, 0, 0, plan.key, Reason("client_cap", {"cap": cap})
        )
    earned = _earn(tally, plan, work, share)
    line = (
        _hour_line(tally, plan, work, earned)
        if plan.unit == "hour"
        else _amount_line(plan, work, earned)
    )
    paid = line.paid_minutes or line.amount_cents
    if paid and work.client_case and plan.per_client_cap and not _paid_once(plan, work):
        tally.clients[work.client_case] = tally.clients.get(work.client_case, 0) + 1
    return line


def _paid_once(plan: RatePlan, work: Work) -> bool:
    """Whether the work shares one pay with the other works of its event."""
    return work.group and plan.group == "once"


def _client_cap_reached(tally: _Tally, plan: RatePlan, work: Work) -> bool:
    """Whether the client has had all paid assignments; an event paid once is no client's."""
    if plan.per_client_cap is None or work.client_case is None or _paid_once(plan, work):
        return False
    allowed = plan.per_client_cap + tally.granted.get(work.client_case, 0)
    return work.record_id in tally.beyond or tally.clients.get(work.client_case, 0) >= allowed


def _earn(tally: _Tally, plan: RatePlan, work: Work, share: Share) -> int:
    """Minutes or cents a work adds to what its event has earned, never below 0."""
    shared = (plan.key, work.institution, work.day.isoformat())
    key = shared if _paid_once(plan, work) else (work.record_id,)
    return tally.events.setdefault(key, Event()).add(plan, share)


def _hour_line(tally: _Tally, plan: RatePlan, work: Work, earned: int) -> Line:
    """A line paid by the hour: cut at the year cap, rounded with the month's sum."""
    paid = earned
    if plan.year_cap_minutes is not None:
        paid = min(earned, max(0, plan.year_cap_minutes - tally.capped_minutes))
        tally.capped_minutes += paid
    before = round_half_up(tally.owed, 60)
    tally.owed += paid * plan.amount_cents
    cents = round_half_up(tally.owed, 60) - before
    reason = _reason(plan, work, earned)
    if plan.year_cap_minutes is not None and paid < earned:
        reason = Reason(
            "year_cap",
            {
                "rate_cents": plan.amount_cents,
                "cap_minutes": plan.year_cap_minutes,
                "unpaid_minutes": earned - paid,
            },
        )
    return Line(work.record_id, work.minutes, paid, cents, plan.key, reason)


def _amount_line(plan: RatePlan, work: Work, earned: int) -> Line:
    """A line with a flat amount or begun units."""
    share = share_of(plan, work)
    paid = billed_minutes(plan, share.minutes) if share.percent else 0
    return Line(work.record_id, work.minutes, paid, earned, plan.key, _reason(plan, work, earned))


def _reason(plan: RatePlan, work: Work, earned: int) -> Reason:
    """Why a line without a cap is paid as it is."""
    share = share_of(plan, work)
    params: dict[str, int | str] = {
        "unit": plan.unit,
        "rate_cents": plan.amount_cents,
        "unit_minutes": plan.unit_minutes,
    }
    if share.percent not in (0, 100):
        params["percent"] = share.percent
    if _paid_once(plan, work) and share.percent and (plan.unit != "hour" or not earned):
        return Reason("group_event", params)
    worked = {"hour": "hours", "assignment": "flat", "started": "started_units"}[plan.unit]
    return Reason(
        worked if share.joins and work.outcome != "client_no_show" else work.outcome, params
    )


def claim_notes(
    pairs: Sequence[tuple[RatePlan, Work]], lines: Sequence[Line]
) -> tuple[Reason, ...]:
    """What a person should look at before the claim is approved.

    Parameters
    ----------
    pairs : sequence of (RatePlan, Work)
        Each work of the claim with the plan that pays it.
    lines : sequence of Line
        Of the claim, fresh or stored.
    """
    notes = [
        Reason("unverified_plan", {"plan_key": key, "title_de": german, "title_en": english})
        for key, german, english in sorted(
            {(p.key, p.title_de, p.title_en) for p, _ in pairs if p.status == "unverified"}
        )
    ]
    for plan, work in pairs:
        notes.extend(_work_notes(plan, work))
    for code in ("year_cap", "client_cap"):
        if count := sum(line.reason.code == code for line in lines):
            notes.append(Reason(code, {"count": count}))
    return tuple(notes)


def _work_notes(plan: RatePlan, work: Work) -> list[Reason]:
    """What one work leaves to ask."""
    record: dict[str, int | str] = {"record_id": work.record_id}
    paid = is_paid(plan, work)
    asked = (
        ("longer_than_span", paid and work.minutes > span_minutes(work)),
        (
            "client_unknown",
            paid
            and plan.per_client_cap is not None
            and work.client_case is None
            and not _paid_once(plan, work),
        ),
        ("group_per_client", paid and work.group and plan.group == "per_client"),
        ("fundable_unknown", work.fundable == "unknown"),
        ("travel_included", paid and work.kilometres > 0 and not plan.km_cents),
    )
    return [Reason(code, record) for code, holds in asked if holds]
