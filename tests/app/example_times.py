"""When the volunteer of the examples can and cannot."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from app.tables import (
    Absence,
    AvailabilityRecurrence,
    BusyFeed,
    BusySpan,
    CalendarFeed,
    ExtraTime,
)
from app.tokens import hash_token

MORNING = datetime(2027, 1, 12, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def times_of(session: Session, volunteer_id: UUID, account_id: UUID) -> dict[str, UUID]:
    """When a volunteer can and cannot, and the calendars around her."""
    hers = {"volunteer_id": volunteer_id}
    absence = Absence(**hers, first_day=date(2027, 3, 1), last_day=date(2027, 3, 2))
    extra = ExtraTime(**hers, day=date(2027, 2, 6), start_minute=600, end_minute=720)
    recurrence = AvailabilityRecurrence(
        **hers,
        rule="FREQ=MONTHLY;BYDAY=1SA",
        first_day=date(2027, 2, 6),
        start_minute=600,
        end_minute=720,
    )
    busy = BusyFeed(
        **hers, address=f"https://calendar.example/{volunteer_id}.ics", next_fetch_at=MORNING
    )
    feed = CalendarFeed(
        **hers,
        account_id=account_id,
        kind="volunteer",
        token_hash=hash_token(f"lw_feed_{volunteer_id}"),
    )
    session.add_all([absence, extra, recurrence, busy, feed])
    session.flush()
    session.add(
        BusySpan(
            **hers, busy_feed_id=busy.id, starts_at=MORNING + 96 * HOUR, ends_at=MORNING + 97 * HOUR
        )
    )
    return {
        "absence_id": absence.id,
        "extra_id": extra.id,
        "recurrence_id": recurrence.id,
        "busy_feed_id": busy.id,
        "feed_id": feed.id,
    }
