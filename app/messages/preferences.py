"""How people want to hear of things: one set of wishes a person, whatever parts she takes."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect
from sqlmodel import Session, col, delete, func, select

from app.access import Actor
from app.messages import digests, subscriptions
from app.messages.people import ORDER, addresses
from app.messages.schemas import Preference, PreferencesRead, PreferencesWrite
from app.tables import (
    Account,
    Event,
    MessagePreference,
    PushSubscription,
    Volunteer,
)


@dataclass(frozen=True)
class Owner:
    """Whose wishes they are: a volunteer's, or of somebody who only has an account."""

    volunteer: Volunteer | None
    account: Account | None
    browser: str
    """One of hers that may be woken; empty without."""

    @property
    def ids(self) -> tuple[UUID | None, UUID | None]:
        """The volunteer, or else the account."""
        if self.volunteer is not None:
            return self.volunteer.id, None
        return None, self.account.id if self.account else None

    @property
    def wishes(self) -> ColumnElement[bool]:
        """Which rows are hers."""
        volunteer_id, account_id = self.ids
        if volunteer_id is not None:
            return col(MessagePreference.volunteer_id) == volunteer_id
        return col(MessagePreference.account_id) == account_id


def of_actor(session: Session, actor: Actor, *, lock: bool = False) -> Owner:
    """The person who asks; with `lock` two changes at once follow one another."""
    if lock:
        query = select(Account.id).where(col(Account.id) == actor.account_id)
        session.exec(query.with_for_update(key_share=True)).one()
    account, volunteer, browser = session.exec(
        select(Account, Volunteer, _browser())
        .outerjoin(Volunteer, col(Volunteer.account_id) == col(Account.id))
        .where(col(Account.id) == actor.account_id)
    ).one()
    return Owner(volunteer, account, browser or "")


def of_volunteer(session: Session, volunteer: Volunteer) -> Owner:
    """A volunteer for whom the office looks after it."""
    found = session.exec(
        select(Account, _browser()).where(col(Account.id) == volunteer.account_id)
    ).one_or_none()
    account, browser = found or (None, None)
    return Owner(volunteer, account, browser or "")


def _browser() -> ScalarSelect[str | None]:
    """One of an account's browsers that may be woken."""
    hers = col(PushSubscription.account_id) == col(Account.id)
    endpoints = select(func.min(col(PushSubscription.endpoint)))
    return endpoints.where(hers, subscriptions.woken()).scalar_subquery()


def read(session: Session, owner: Owner) -> PreferencesRead:
    """Her wishes, and which ways are open."""
    rows = session.exec(select(MessagePreference).where(owner.wishes)).all()
    order = list(Event)
    ways = addresses(owner.volunteer, owner.account, owner.browser)
    items = [Preference(event=Event(r.event), channel=r.channel, digest=r.digest) for r in rows]
    return PreferencesRead(
        items=sorted(items, key=lambda item: order.index(item.event)),
        open_channels=[way for way in ORDER if way in ways],
        digest_at=f"{digests.HOUR // 60:02}:{digests.HOUR % 60:02}",
    )


def replace(session: Session, owner: Owner, body: PreferencesWrite) -> None:
    """Set all wishes of a person whose row is locked."""
    volunteer_id, account_id = owner.ids
    session.exec(delete(MessagePreference).where(owner.wishes))
    session.add_all(
        MessagePreference(volunteer_id=volunteer_id, account_id=account_id, **item.model_dump())
        for item in body.items
    )
    session.flush()
