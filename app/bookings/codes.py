"""The code of an appointment: the institution tells it to who was there, also without a network.

It is made from the booking with a key of the sponsor, so that nothing is kept that could be read.
Each key that still lives opens: a code in an old mail holds after the keys were rotated.
"""

import hashlib
import hmac
import io
from uuid import UUID

import segno
from sqlmodel import Session

from app import pseudonyms
from app.access import Actor, OwnWork
from app.tables import Assignment, Volunteer
from app.volunteers import herself

DIGITS = 6
SCANNED = "LW1:{assignment_id}:{code}"


def made(secret: bytes, assignment_id: UUID) -> str:
    """The digits of a booking under a key."""
    digest = hmac.digest(secret, f"confirm|{assignment_id}".encode(), hashlib.sha256)
    return f"{int.from_bytes(digest) % 10**DIGITS:0{DIGITS}}"


def code(session: Session, booking: Assignment) -> str:
    """What the institution is told."""
    keys = pseudonyms.live(session, booking.sponsor_id)
    own = [key for key in keys if key.version > pseudonyms.LEGACY]
    return made((own[-1] if own else keys[0]).secret, booking.id)


def opens(session: Session, booking: Assignment, typed: str) -> bool:
    """Whether that is the code of the booking; it takes as long whatever was typed."""
    keys = pseudonyms.live(session, booking.sponsor_id)
    found = [hmac.compare_digest(made(key.secret, booking.id), typed) for key in keys]
    return any(found)


def told(session: Session, actor: Actor, booking: Assignment) -> str:
    """The code for the institution and the office, never for who is booked.

    Raises
    ------
    OwnWork
    """
    volunteer = session.get_one(Volunteer, booking.volunteer_id)
    if herself.is_herself(session, actor.account_id, volunteer):
        raise OwnWork
    return code(session, booking)


def scanned(booking: Assignment, said: str) -> str:
    """What its QR code holds."""
    return SCANNED.format(assignment_id=booking.id, code=said)


def picture(session: Session, actor: Actor, booking: Assignment) -> bytes:
    """The same as a QR code, to be scanned from a screen or from paper."""
    says = scanned(booking, told(session, actor, booking))
    drawn = io.BytesIO()
    segno.make(says, error="m").save(
        drawn, kind="svg", scale=5, dark="#000", light="#fff", svgns=True
    )
    return drawn.getvalue()
