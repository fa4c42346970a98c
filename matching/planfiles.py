"""Plan files: `lotsenwerk-plan/1` to and from `Plan`; see `plan.schema.json`."""

from typing import Any, cast, get_args

from matching.plan import Assignment, Method, OpenSeat, Param, Plan, Reason, Status
from matching.problem import Mode
from matching.reader import Record

PLAN_FORMAT = "lotsenwerk-plan/1"


def write_plan(plan: Plan) -> dict[str, Any]:
    """Turn a plan into what a file holds; `read_plan` gives the same plan back."""
    return {
        "format": PLAN_FORMAT,
        **vars(plan),
        "assignments": [vars(made) for made in plan.assignments],
        "open": [
            {
                "seat": seat.seat,
                "reasons": [{"code": r.code, "params": dict(r.params)} for r in seat.reasons],
            }
            for seat in plan.open
        ],
    }


def read_plan(data: object) -> Plan:
    """Turn a parsed file into a plan; whether it holds is for `check` to say.

    Raises
    ------
    ValueError
        On the first fault in form.
    """
    top = Record(data, "the plan")
    if top.take("format") != PLAN_FORMAT:
        raise ValueError(f"the format must be {PLAN_FORMAT!r}")
    plan = Plan(
        assignments=top.rows("assignments", _assignment),
        open=top.rows("open", _open),
        method=cast(Method, top.text("method")),
        status=cast(Status, top.text("status")),
        objective=top.whole("objective"),
        fill=top.whole("fill"),
        cost=top.whole("cost"),
        factor=top.whole("factor"),
        bound=top.whole_or_none("bound"),
        gap=top.number_or_none("gap"),
        gap_fill=top.number_or_none("gap_fill"),
        gap_cost=top.number_or_none("gap_cost"),
        seconds=top.number_or_none("seconds") or 0.0,
        seed=top.whole("seed"),
    )
    top.finish()
    if plan.method not in get_args(Method):
        raise ValueError(f"the plan has the unknown method {plan.method!r}")
    if plan.status not in get_args(Status):
        raise ValueError(f"the plan has the unknown status {plan.status!r}")
    return plan


def _assignment(item: object, where: str) -> Assignment:
    record = Record(item, where)
    made = Assignment(
        seat=record.text("seat"),
        volunteer=record.text("volunteer"),
        option=record.whole("option"),
        mode=cast(Mode, record.text("mode")),
        cost=record.whole("cost"),
    )
    record.finish()
    return made


def _open(item: object, where: str) -> OpenSeat:
    record = Record(item, where)
    seat = OpenSeat(record.text("seat"), record.rows("reasons", _reason))
    record.finish()
    return seat


def _reason(item: object, where: str) -> Reason:
    record = Record(item, where)
    reason = Reason(record.text("code"), record.pairs("params", _param))
    record.finish()
    return reason


def _param(item: object, where: str) -> Param:
    if not isinstance(item, str | int):
        raise ValueError(f"{where} must be a text, a whole number or a flag")
    return item
