"""Reading the calendars of volunteers: fetched, parsed and kept as busy times, again and again.

Each reading says when the next one is due; every few minutes those whose time has come are asked
for. A reading whose time has not come does nothing, and of two at once only one is kept.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session, col, delete, func, select, update

from app import db, fetching, jobs
from app.calendars import service as calendars
from app.clock import now
from app.fetching import FetchRefused, Rules
from app.tables import BusyFeed, BusySpan, Enrolment, EnrolmentState
from scheduling import calendar_in
from scheduling.calendar_in import CalendarRefused, Span

log = logging.getLogger(__name__)

TASK = "calendars.fetch"
EVERY = timedelta(hours=2)
LOOK_EVERY = timedelta(minutes=5)
MOST_AT_ONCE = 500
LONGEST_PAUSE = timedelta(hours=24)
TRUSTED = timedelta(days=7)
"""So long after the last good reading its busy times still count."""
BACK, AHEAD = timedelta(days=1), timedelta(days=180)
READ_WHOLE = timedelta(days=1)
"""After this time a calendar is read again even when it says that nothing is new."""


@dataclass(frozen=True)
class Outcome:
    """What a reading found; `spans` is None when nothing is new or nothing could be read."""

    spans: tuple[Span, ...] | None = None
    etag: str = ""
    failure: str = ""


NOT_ENROLLED = Outcome(spans=(), failure="not_enrolled")


@jobs.periodic("calendars.due", every=LOOK_EVERY)
def ask_for_due(engine: Engine) -> None:
    """Ask for a reading of each calendar whose time has come, the longest overdue first."""
    query = select(BusyFeed.id).where(col(BusyFeed.next_fetch_at) <= now())
    with db.transaction(engine) as session:
        due = session.exec(query.order_by(col(BusyFeed.next_fetch_at)).limit(MOST_AT_ONCE)).all()
        jobs.defer_many(session, [(TASK, feed_id, None) for feed_id in due])


@jobs.task(TASK)
def fetch(engine: Engine, feed_id: UUID) -> None:
    """Read a calendar if its time has come."""
    read(engine, feed_id, fetching.SERVICE)


def read(engine: Engine, feed_id: UUID, rules: Rules) -> None:
    """Read a calendar by these rules; no transaction waits for the other side."""
    with db.transaction(engine) as session:
        feed = session.get(BusyFeed, feed_id)
        if feed is None or feed.next_fetch_at > now():
            return
        helps = _still_helps(session, feed)
        etag = _usable_etag(session, feed)
    outcome = _look(feed, etag, rules) if helps else NOT_ENROLLED
    with db.transaction(engine) as session:
        _keep(session, feed, outcome)


def _still_helps(session: Session, feed: BusyFeed) -> bool:
    """Whether she is in a pool: who has left is asked for nothing any more."""
    query = select(Enrolment.id).where(
        col(Enrolment.volunteer_id) == feed.volunteer_id,
        col(Enrolment.state) != EnrolmentState.ENDED,
    )
    return session.exec(query.limit(1)).one_or_none() is not None


def _usable_etag(session: Session, feed: BusyFeed) -> str:
    """The tag of the last reading, while its busy times still reach far enough ahead."""
    made = session.exec(
        select(func.max(BusySpan.created_at)).where(col(BusySpan.busy_feed_id) == feed.id)
    ).one()
    return feed.etag if made is not None and made > now() - READ_WHOLE else ""


def _look(feed: BusyFeed, etag: str, rules: Rules) -> Outcome:
    """Fetch and parse; neither address nor content leaves this function."""
    moment = now()
    try:
        came = fetching.fetch(feed.address, etag=etag, rules=rules)
        if came.unchanged:
            return Outcome(etag=came.etag or etag)
        found = calendar_in.read_busy(
            came.content, moment - BACK, moment + AHEAD, own_suffix=f"@{calendars.host()}"
        )
    except (FetchRefused, CalendarRefused) as refused:
        return Outcome(failure=refused.code)
    except Exception as error:  # a strange calendar is read again later
        log.error("calendar %s cannot be read: %s", feed.id, type(error).__name__)
        return Outcome(failure="no_calendar")
    if found.skipped:
        log.info("calendar %s: %d entries left out", feed.id, found.skipped)
    return Outcome(found.spans, came.etag)


def _keep(session: Session, feed: BusyFeed, outcome: Outcome) -> None:
    """Write what was found and when the next reading is due, unless somebody else was faster."""
    following = now() + _pause(feed, outcome)
    done = session.exec(
        update(BusyFeed)
        .where(col(BusyFeed.id) == feed.id, col(BusyFeed.next_fetch_at) == feed.next_fetch_at)
        .values(next_fetch_at=following, **_changes(feed, outcome))
    )
    if done.rowcount == 0:
        return
    if outcome.spans is not None:
        _replace(session, feed, outcome.spans)
    elif outcome.failure and not _is_trusted(feed):
        _replace(session, feed, ())


def _pause(feed: BusyFeed, outcome: Outcome) -> timedelta:
    """Two hours; after each failure twice as long, up to a day."""
    if not outcome.failure:
        return EVERY
    doubled: timedelta = EVERY * 2 ** min(feed.failures, 4)
    return min(doubled, LONGEST_PAUSE)


def _changes(feed: BusyFeed, outcome: Outcome) -> dict[str, datetime | str | int]:
    if outcome.failure:
        return {"failure": outcome.failure, "failures": feed.failures + 1}
    return {"failure": "", "failures": 0, "etag": outcome.etag, "fetched_at": now()}


def _is_trusted(feed: BusyFeed) -> bool:
    return feed.fetched_at is not None and feed.fetched_at > now() - TRUSTED


def _replace(session: Session, feed: BusyFeed, spans: tuple[Span, ...]) -> None:
    session.exec(delete(BusySpan).where(col(BusySpan.busy_feed_id) == feed.id))
    session.add_all(
        BusySpan(volunteer_id=feed.volunteer_id, busy_feed_id=feed.id, starts_at=start, ends_at=end)
        for start, end in spans
    )
    session.flush()
