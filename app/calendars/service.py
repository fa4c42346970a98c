"""Calendar addresses: made, listed and revoked; of their secret only the hash is kept."""

from urllib.parse import urlsplit
from uuid import UUID

from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from app import access, audit
from app.access import Actor
from app.calendars.schemas import CalendarFeedCreate, CalendarFeedCreated, CalendarFeedRead
from app.clock import now
from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.settings import get_settings
from app.tables import CalendarFeed, FeedKind
from app.tokens import hash_token, new_token

MOST_FEEDS = 20
PATH = "calendars"


class TooManyCalendars(Conflict):
    """So many live calendar addresses are more than anybody uses."""

    slug, title = "too-many-calendars", "Too many calendars"
    de = "Sie haben schon {limit} Kalender-Adressen. Bitte löschen Sie eine, die Sie nicht nutzen."
    en = "You have {limit} calendar addresses already. Please delete one that you do not use."


class SponsorNotNeeded(Invalid):
    """A volunteer's own calendar shows all her pools."""

    de = "Ihr eigener Kalender zeigt alle Pools. Bitte keinen Träger angeben."
    en = "Your own calendar shows every pool. Please name no sponsor."


def host() -> str:
    """The name of this service, as it stands in the ids of calendar entries."""
    return urlsplit(get_settings().base_url).hostname or "lotsenwerk"


def mine(actor: Actor) -> SelectOfScalar[CalendarFeed]:
    """The actor's live calendar addresses."""
    return select(CalendarFeed).where(
        col(CalendarFeed.account_id) == actor.account_id, col(CalendarFeed.revoked_at).is_(None)
    )


def read(feed: CalendarFeed) -> CalendarFeedRead:
    """A calendar address without its secret."""
    return CalendarFeedRead(**feed.model_dump())


def create(session: Session, actor: Actor, body: CalendarFeedCreate) -> CalendarFeedCreated:
    """A new calendar address; its secret is in this answer and nowhere else."""
    kind = body.kind or (FeedKind.VOLUNTEER if actor.volunteer_id else FeedKind.COORDINATOR)
    count = session.exec(select(func.count()).select_from(mine(actor).subquery())).one()
    if count >= MOST_FEEDS:
        raise TooManyCalendars(limit=MOST_FEEDS)
    token = new_token()
    feed = CalendarFeed(
        account_id=actor.account_id,
        kind=kind,
        detail=body.detail,
        name=body.name,
        token_hash=hash_token(token),
    )
    _belong(feed, actor, body.sponsor_id)
    session.add(feed)
    session.flush()
    _note(session, actor, feed, "calendar_feed.create")
    address = f"{get_settings().base_url.rstrip('/')}/{PATH}/{token}.ics"
    return CalendarFeedCreated(**read(feed).model_dump(), address=address)


def _belong(feed: CalendarFeed, actor: Actor, sponsor_id: UUID | None) -> None:
    """Say whose appointments an address shows: her own, or those of a pool she coordinates."""
    if feed.kind == FeedKind.COORDINATOR and actor.sponsor_ids:
        feed.sponsor_id = access.sponsor_for(actor, sponsor_id)
    elif feed.kind == FeedKind.VOLUNTEER and actor.volunteer_id:
        if sponsor_id is not None:
            raise SponsorNotNeeded
        feed.volunteer_id = actor.volunteer_id
    else:
        raise Forbidden


def revoke(session: Session, actor: Actor, feed_id: UUID) -> None:
    """From now on the address answers like one that never was."""
    query = mine(actor).where(col(CalendarFeed.id) == feed_id)
    feed = session.exec(query.with_for_update()).one_or_none()
    if feed is None:
        raise NotFound
    feed.revoked_at = now()
    session.add(feed)
    _note(session, actor, feed, "calendar_feed.revoke")
    session.flush()


def _note(session: Session, actor: Actor, feed: CalendarFeed, action: str) -> None:
    """What shows a pool's appointments is on record there; her own calendar is her own matter."""
    if feed.sponsor_id is None:
        return
    on = ("calendar_feed", feed.id)
    audit.record_on(session, actor.account_id, action, on, feed.sponsor_id, detail=str(feed.detail))
