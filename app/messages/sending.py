"""Messages to people: kept in the database, laid into `var/outbox` as `.eml` files.

There is no mail server yet: the file is what would be sent, readable with any mail program.
"""

import re
from email.message import EmailMessage
from email.policy import SMTP
from uuid import UUID

from sqlalchemy import Engine

from app import db, jobs
from app.clock import now
from app.messages import telling
from app.settings import get_settings
from app.tables import Message, MessageState

SENDER = "Lotsenwerk <noreply@lotsenwerk.invalid>"
_LINK = re.compile(r"(/[ac]/)lw_[\w-]+")
"""Links work without an account: once sent, they are no longer kept."""


def compose(message: Message) -> EmailMessage:
    """The mail as it leaves; line breaks in subject or address cannot add headers."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = SENDER
    mail["To"] = " ".join(message.recipient.split())
    mail["Subject"] = " ".join(message.subject.split())
    mail["Date"] = message.created_at
    mail["Message-ID"] = f"<{message.id}@lotsenwerk.invalid>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.body)
    return mail


@jobs.task(telling.SEND)
def send(engine: Engine, message_id: UUID) -> None:
    """Lay one message into the outbox; running it again writes the same file."""
    with db.transaction(engine) as session:
        message = session.get_one(Message, message_id)
        if message.state == MessageState.SENT:
            return
        if not message.recipient:
            message.state, message.failure = MessageState.DEAD, "no address"
            session.add(message)
            return
        outbox = get_settings().outbox
        outbox.mkdir(parents=True, exist_ok=True)
        (outbox / f"{message.id}.eml").write_bytes(compose(message).as_bytes())
        message.state, message.sent_at = MessageState.SENT, now()
        message.body = _LINK.sub(r"\1…", message.body)
        session.add(message)
