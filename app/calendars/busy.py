"""A volunteer's own calendar: its address taken in, shown masked, and given up again."""

from collections.abc import Iterable
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import UUID

from sqlmodel import Session, col, delete, select
from sqlmodel.sql.expression import SelectOfScalar

from app import audit, fetching, jobs
from app.access import Actor
from app.calendars import reading, sentences
from app.calendars.schemas import BusyFeedCreate, BusyFeedRead
from app.clock import now
from app.errors import ApiError, Conflict, NotFound
from app.tables import BusyFeed, BusySpan, Enrolment, Volunteer

MOST_FEEDS = 5
PAUSE = timedelta(minutes=5)


class AddressRefused(ApiError):
    """The address of a calendar is none that is fetched."""

    status, slug, title = 422, "calendar-address", "Calendar address refused"
    en = "This address of a calendar is refused: {code}."

    def detail(self, locale: str) -> str:
        """The sentence for what is wrong with it."""
        return sentences.failure(str(self.members["code"]), locale)


class TooManyBusyFeeds(Conflict):
    """So many calendars are more than one person keeps."""

    slug, title = "too-many-calendars", "Too many calendars"
    de = "Es sind schon {limit} Kalender eingetragen. Bitte löschen Sie zuerst einen."
    en = "There are {limit} calendars already. Please delete one first."


class SameCalendar(Conflict):
    """The address is there already."""

    slug, title = "same-calendar", "Entered already"
    de = "Dieser Kalender ist schon eingetragen."
    en = "This calendar is entered already."


class ReadJustNow(Conflict):
    """The calendar was read a few minutes ago."""

    slug, title = "read-just-now", "Read just now"
    de = "Der Kalender wurde gerade erst gelesen. Bitte warten Sie fünf Minuten."
    en = "The calendar was read only just now. Please wait five minutes."


class OnlyHerCalendar(ApiError):
    """A private calendar is brought in by the person whose calendar it is."""

    status, slug, title = 403, "only-her-calendar", "Only she herself"
    de = "Den eigenen Kalender kann nur die freiwillige Person selbst eintragen oder neu lesen."
    en = "Only the volunteer herself can enter her calendar or have it read again."


def _refuse_others(actor: Actor, volunteer: Volunteer) -> None:
    if volunteer.id != actor.volunteer_id:
        raise OnlyHerCalendar


def of(volunteer: Volunteer) -> SelectOfScalar[BusyFeed]:
    """The calendars of a volunteer."""
    return select(BusyFeed).where(col(BusyFeed.volunteer_id) == volunteer.id)


def read(feed: BusyFeed, actor: Actor, locale: str) -> BusyFeedRead:
    """What is shown: the host and the name she gave it to her alone, the rest to the office too."""
    hers = feed.volunteer_id == actor.volunteer_id
    return BusyFeedRead(
        **feed.model_dump(include={"id", "created_at", "fetched_at", "next_fetch_at", "failure"}),
        host=(urlsplit(feed.address).hostname or "") if hers else "",
        name=feed.name if hers else "",
        failure_text=sentences.failure(feed.failure, locale),
    )


def add(session: Session, actor: Actor, volunteer: Volunteer, body: BusyFeedCreate) -> BusyFeed:
    """Take in a calendar; it is read by a job, right after."""
    _refuse_others(actor, volunteer)
    try:
        address = fetching.checked(body.address)
    except fetching.FetchRefused as refused:
        raise AddressRefused(code=refused.code) from None
    known = [feed.address for feed in session.exec(of(volunteer)).all()]
    if address in known:
        raise SameCalendar
    if len(known) >= MOST_FEEDS:
        raise TooManyBusyFeeds(limit=MOST_FEEDS)
    feed = BusyFeed(volunteer_id=volunteer.id, address=address, name=body.name, next_fetch_at=now())
    session.add(feed)
    session.flush()
    jobs.defer(session, reading.TASK, feed.id, due_at=feed.next_fetch_at)
    return feed


def refresh(session: Session, actor: Actor, volunteer: Volunteer, feed_id: UUID) -> BusyFeed:
    """Read a calendar again now; the reading that was planned then finds nothing to do."""
    feed = _held(session, volunteer, feed_id)
    _refuse_others(actor, volunteer)
    if feed.updated_at > now() - PAUSE:
        raise ReadJustNow
    feed.next_fetch_at = now()
    session.add(feed)
    session.flush()
    jobs.defer(session, reading.TASK, feed.id, due_at=feed.next_fetch_at)
    return feed


def remove(session: Session, actor: Actor, volunteer: Volunteer, feed_id: UUID) -> None:
    """Forget a calendar, its address and its busy times; no job reads it any more."""
    _held(session, volunteer, feed_id)
    session.exec(delete(BusySpan).where(col(BusySpan.busy_feed_id) == feed_id))
    session.exec(delete(BusyFeed).where(col(BusyFeed.id) == feed_id))
    if volunteer.id != actor.volunteer_id:
        for enrolment in _enrolments(session, actor, volunteer):
            audit.record(session, actor.account_id, "busy_feed.remove", enrolment)
    session.flush()


def _held(session: Session, volunteer: Volunteer, feed_id: UUID) -> BusyFeed:
    """A calendar of hers that no job changes until the commit."""
    query = of(volunteer).where(col(BusyFeed.id) == feed_id)
    feed = session.exec(
        query.with_for_update().execution_options(populate_existing=True)
    ).one_or_none()
    if feed is None:
        raise NotFound
    return feed


def _enrolments(session: Session, actor: Actor, volunteer: Volunteer) -> Iterable[Enrolment]:
    return session.exec(
        select(Enrolment).where(
            col(Enrolment.volunteer_id) == volunteer.id,
            col(Enrolment.sponsor_id).in_(actor.sponsor_ids),
        )
    ).all()
