"""How people want to hear of things: one set of wishes a person, whatever parts she takes."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, exists
from sqlmodel import Session, col, delete, select

from app.access import Actor
from app.messages import digests, numbers
from app.messages.people import ORDER
from app.messages.schemas import Preference, PreferencesRead, PreferencesWrite
from app.settings import get_settings
from app.tables import (
    Account,
    Channel,
    Event,
    MessagePreference,
    PushSubscription,
    Volunteer,
)

_HAS_BROWSER = exists().where(col(PushSubscription.account_id) == col(Account.id))


@dataclass(frozen=True)
class Owner:
    """Whose wishes they are: a volunteer's, or of somebody who only has an account."""

    volunteer: Volunteer | None
    account: Account | None
    has_browser: bool

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
        select(Account, Volunteer, _HAS_BROWSER)
        .outerjoin(Volunteer, col(Volunteer.account_id) == col(Account.id))
        .where(col(Account.id) == actor.account_id)
    ).one()
    return Owner(volunteer, account, bool(browser))


def of_volunteer(session: Session, volunteer: Volunteer) -> Owner:
    """A volunteer for whom the office looks after it."""
    found = session.exec(
        select(Account, _HAS_BROWSER).where(col(Account.id) == volunteer.account_id)
    ).one_or_none()
    return Owner(volunteer, found[0], bool(found[1])) if found else Owner(volunteer, None, False)


def read(session: Session, owner: Owner) -> PreferencesRead:
    """Her wishes, and which ways are open."""
    rows = session.exec(select(MessagePreference).where(owner.wishes)).all()
    order = list(Event)
    items = [Preference(event=Event(r.event), channel=r.channel, digest=r.digest) for r in rows]
    return PreferencesRead(
        items=sorted(items, key=lambda item: order.index(item.event)),
        open_channels=[way for way in ORDER if way in set(_open(owner))],
        digest_at=f"{digests.HOUR // 60:02}:{digests.HOUR % 60:02}",
    )


def _open(owner: Owner) -> Iterable[Channel]:
    volunteer, account = owner.volunteer, owner.account
    if volunteer is not None and volunteer.is_called:
        return
    if (volunteer is not None and volunteer.email) or (account is not None and account.email):
        yield Channel.MAIL
    if owner.has_browser:
        yield Channel.PUSH
    phone = numbers.e164(volunteer.phone) if volunteer is not None else ""
    if numbers.takes_sms(phone) and get_settings().sms_url.get_secret_value():
        yield Channel.SMS


def replace(session: Session, owner: Owner, body: PreferencesWrite) -> None:
    """Set all wishes of a person whose row is locked."""
    volunteer_id, account_id = owner.ids
    session.exec(delete(MessagePreference).where(owner.wishes))
    session.add_all(
        MessagePreference(volunteer_id=volunteer_id, account_id=account_id, **item.model_dump())
        for item in body.items
    )
    session.flush()
