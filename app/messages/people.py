"""Whom a message is for, and by which ways she can be reached."""

from dataclasses import dataclass, field
from uuid import UUID

from sqlmodel import Session, col, select

from app.messages import numbers, subscriptions
from app.messages.channels import Browser
from app.settings import get_settings
from app.tables import (
    Account,
    Channel,
    Event,
    Institution,
    Message,
    MessagePreference,
    PushSubscription,
    Volunteer,
)

ORDER = (Channel.PUSH, Channel.MAIL, Channel.SMS)
"""What is tried where nobody wished otherwise: first what costs and disturbs least."""
TO_CALL_ABOUT = frozenset({
    Event.OFFER, Event.REMINDER, Event.CHANGED, Event.CANCELLED, Event.STANDBY,
})  # fmt: skip
"""What a volunteer must hear: where nothing else reaches her, the office calls."""


@dataclass(frozen=True)
class Recipient:
    """Somebody, and her address by each way that is open."""

    name: str
    volunteer: Volunteer | None = None
    account_id: UUID | None = None
    addresses: dict[Channel, str] = field(default_factory=dict)
    browsers: tuple[Browser, ...] = ()


def recipient(session: Session, message: Message) -> Recipient:
    """The person or institution of a message as she is reached today."""
    if message.institution_id is not None:
        institution = session.get_one(Institution, message.institution_id)
        return Recipient(institution.name, addresses=_mail(institution.email))
    volunteer = _volunteer(session, message)
    account_id = volunteer.account_id if volunteer else message.account_id
    account = session.get(Account, account_id) if account_id else None
    if volunteer is None and account is None:
        return Recipient("", addresses=_mail(message.recipient))
    name = f"{volunteer.given_name} {volunteer.surname}" if volunteer else ""
    browsers = _browsers(session, account_id)
    found = addresses(volunteer, account, browsers[0].endpoint if browsers else "")
    if not message.short:
        found.pop(Channel.SMS, None)
    return Recipient(
        name or (account.name if account else ""), volunteer, account_id, found, browsers
    )


def addresses(
    volunteer: Volunteer | None, account: Account | None, browser: str
) -> dict[Channel, str]:
    """The ways that are open to a person; `browser` is one of hers that may be woken, if any."""
    if volunteer is not None and volunteer.is_called:
        return {}
    email = (volunteer.email if volunteer else "") or (account.email if account else "")
    number = numbers.e164(volunteer.phone) if volunteer else ""
    takes_sms = get_settings().sms_url.get_secret_value() and numbers.takes_sms(number)
    found = _mail(email)
    if browser:
        found[Channel.PUSH] = browser
    if takes_sms:
        found[Channel.SMS] = number
    return found


def _mail(address: str) -> dict[Channel, str]:
    return {Channel.MAIL: address.strip()} if address.strip() else {}


def _volunteer(session: Session, message: Message) -> Volunteer | None:
    """Also somebody of the office may volunteer: she has one set of wishes."""
    if message.volunteer_id is not None:
        return session.get(Volunteer, message.volunteer_id)
    if message.account_id is None:
        return None
    query = select(Volunteer).where(col(Volunteer.account_id) == message.account_id)
    return session.exec(query).one_or_none()


def _browsers(session: Session, account_id: UUID | None) -> tuple[Browser, ...]:
    if account_id is None:
        return ()
    rows = session.exec(
        select(PushSubscription)
        .where(col(PushSubscription.account_id) == account_id, subscriptions.woken())
        .order_by(col(PushSubscription.id))
    ).all()
    return tuple(Browser(row.id, row.endpoint, row.p256dh, row.auth) for row in rows)


@dataclass(frozen=True)
class Wish:
    """How somebody wants to hear of something; no channel is the default."""

    channel: str = ""
    digest: bool = False


def wish(session: Session, who: Recipient, event: str) -> Wish:
    """What she set for this event."""
    if who.volunteer is not None:
        owner = col(MessagePreference.volunteer_id) == who.volunteer.id
    elif who.account_id is not None:
        owner = col(MessagePreference.account_id) == who.account_id
    else:
        return Wish()
    row = session.exec(
        select(MessagePreference).where(owner, col(MessagePreference.event) == event)
    ).one_or_none()
    return Wish(row.channel, row.digest) if row else Wish()


def ways(who: Recipient, event: str, wished: str, tried: frozenset[str]) -> list[Channel]:
    """The open ways in the order in which they are tried; the telephone comes last."""
    order = [Channel.MAIL, Channel.PUSH] if event == Event.DIGEST else list(ORDER)
    found = [way for way in sorted(order, key=lambda way: way != wished) if way in who.addresses]
    if who.volunteer is not None and event in TO_CALL_ABOUT:
        found.append(Channel.CALL)
    return [way for way in found if way not in tried]
