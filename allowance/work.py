"""What a volunteer did, as far as pay is concerned, and what of it cannot be true."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

WORKED = ("performed", "cut_short", "aborted")
TRAVELLED = (*WORKED, "client_no_show")
"""Outcomes for which she was on her way."""
NEVER_PAID = ("cancelled_early", "volunteer_no_show")
OUTCOMES = (*WORKED, "client_no_show", "cancelled_late", *NEVER_PAID)
FUNDABLE = ("yes", "no", "unknown")


@dataclass(frozen=True)
class Work:
    """One service record or activity of one volunteer.

    Attributes
    ----------
    start, end : datetime
        Half-open `[start, end)`, aware, UTC.
    minutes : int
        What counts for pay; what was booked when the assignment was cancelled.
    day : date
        Local date of the assignment: its grant year and month.
    client_case : str or None
        Pseudonym of the client, for the cap per client.
    institution : str
        With `day` it tells which group works are one event; required for those.
    outcome : str
        One of `OUTCOMES`.
    group : bool
        Whether it is part of a group event (parents' day, parents' evening).
    pay_rule : str or None
        Key of the rate plan; without it the plan of line `wir` for the role, not coordinating.
    kilometres : int
        Driven for it; paid only where the plan pays travel.
    fundable : str
        Whether the funding line pays such work at all: `yes`, `no`, or `unknown` until a person
        has said so.
    """

    record_id: str
    role: str
    start: datetime
    end: datetime
    minutes: int
    day: date
    client_case: str | None = None
    institution: str = ""
    outcome: str = "performed"
    group: bool = False
    pay_rule: str | None = None
    kilometres: int = 0
    fundable: str = "yes"


@dataclass(frozen=True)
class Used:
    """What the grant year has seen before this month.

    Attributes
    ----------
    minutes : int
        Paid minutes under plans with a year cap.
    assignments : mapping of str to int
        Paid assignments by client case, under plans with a cap per client.
    granted : mapping of str to int
        Assignments beyond the cap, granted on application, by client case.
    beyond : set of str
        Records of this month beyond the cap of their client, because others were paid before.
    """

    minutes: int = 0
    assignments: Mapping[str, int] = field(default_factory=dict)
    granted: Mapping[str, int] = field(default_factory=dict)
    beyond: Set[str] = frozenset()


class Contradiction(ValueError):
    """Records that cannot be true together, or one that cannot be true at all.

    Attributes
    ----------
    code : str
        `overlap`, `twice`, or `wrong` where one record contradicts itself.
    record_ids : tuple of str
        Of the records it is about.
    """

    def __init__(self, code: str, record_ids: tuple[str, ...], said: str) -> None:
        super().__init__(said)
        self.code, self.record_ids = code, record_ids


def check_works(works: Sequence[Work], month: date) -> None:
    """Refuse works of a claim that contradict themselves or belong to another month.

    Parameters
    ----------
    works : sequence of Work
        All of one volunteer.
    month : date
        The first day of the month.

    Raises
    ------
    Contradiction
        Naming the record that is wrong.
    """
    if month.day != 1:
        raise ValueError(f"A month is named by its first day, not by {month}.")
    repeated = [
        key for key, count in Counter(work.record_id for work in works).items() if count > 1
    ]
    if repeated:
        key = repeated[0]
        raise Contradiction("twice", (key,), f"Record {key} is in the claim twice.")
    for work in works:
        if complaint := _complaint(work, month):
            key = work.record_id
            raise Contradiction("wrong", (key,), f"Record {key}: {complaint}.")


def refuse_overlaps(works: Iterable[Work]) -> None:
    """Refuse two spans of one volunteer that share time: no double funding.

    Parameters
    ----------
    works : iterable of Work
        All of one volunteer, of every role and funding line that pays.

    Raises
    ------
    Contradiction
        Naming both records.
    """
    latest: Work | None = None
    for work in sorted(works, key=lambda work: (work.start, work.record_id)):
        if latest and work.start < latest.end:
            both = latest.record_id, work.record_id
            said = f"Records {both[0]} and {both[1]} overlap: one time span is paid only once."
            raise Contradiction("overlap", both, said)
        latest = work


def check_used(used: Used) -> None:
    """Refuse negative figures of the grant year.

    Raises
    ------
    ValueError
        If a figure is negative.
    """
    if min(used.minutes, *used.assignments.values(), *used.granted.values(), 0) < 0:
        raise ValueError("What the grant year has used before cannot be negative.")


def span_minutes(work: Work) -> int:
    """Minutes between start and end, a begun minute counted."""
    return -((work.start - work.end) // timedelta(minutes=1))


def _complaint(work: Work, month: date) -> str | None:
    """What is wrong with a record, or None."""
    if work.outcome not in OUTCOMES:
        return f"outcome {work.outcome!r} is not one of {', '.join(OUTCOMES)}"
    if work.start.utcoffset() != timedelta(0) or work.end.utcoffset() != timedelta(0):
        return "start and end must be aware and in UTC"
    if work.end <= work.start:
        return "it ends before it starts"
    if work.fundable not in FUNDABLE:
        return f"fundable is {work.fundable!r}, not one of {', '.join(FUNDABLE)}"
    if work.kilometres < 0:
        return f"{work.kilometres} km are no distance"
    if work.minutes < 0 or (work.minutes == 0 and work.outcome in WORKED):
        return f"{work.minutes} minutes are no duration"
    if work.group and not work.institution:
        return "a group event needs its institution"
    if (work.day.year, work.day.month) != (month.year, month.month):
        return f"{work.day} is outside the month {month:%Y-%m}"
    return None
