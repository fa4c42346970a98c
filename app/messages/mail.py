"""Mails: composed from a message, handed to an SMTP server, or laid into `var/outbox`."""

import os
import re
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import unquote, urlsplit

from app.messages import html
from app.messages.channels import Parcel, Receipt, Undelivered
from app.settings import Settings

SECONDS = 20.0
"""How long one answer of the server is waited for."""
SEVEN_BITS = SMTP.clone(cte_type="7bit")
"""Every server passes it on."""
PORTS = {"smtp": 587, "smtps": 465}
_METHOD = re.compile(r"^METHOD:([A-Z]+)\r?$", re.MULTILINE)
_PART = r"[^@\s<>()\[\],;:\\\"\x00-\x1f\x7f-\x9f]+"
_ADDRESS = re.compile(f"^{_PART}@{_PART}$")
"""What means one address to every program; whoever quotes signs in hers is called."""


def compose(parcel: Parcel, sender: str) -> EmailMessage:
    """The mail as it leaves, plain and as HTML; line breaks in a value cannot add headers.

    Raises
    ------
    Undelivered : the recipient is no mail address.
    """
    to = _deliverable(parcel.recipient)
    mail = EmailMessage(policy=SEVEN_BITS.clone(utf8=not to.isascii()))
    mail["From"] = sender
    mail["To"] = to
    mail["Subject"] = _plain_words(parcel.subject)
    mail["Date"] = parcel.made_at
    mail["Message-ID"] = f"<{parcel.message_id}@{_domain(sender)}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail.set_content(parcel.body)
    mail.add_alternative(html.page(parcel), subtype="html")
    if parcel.calendar:
        method = _METHOD.search(parcel.calendar)
        mail.add_attachment(
            parcel.calendar.encode(),
            maintype="text",
            subtype="calendar",
            filename="termin.ics" if parcel.locale == "de" else "appointment.ics",
            params={"charset": "utf-8", "method": method[1] if method else "PUBLISH"},
        )
    # At the end: what is set before moves into the first part.
    mail["Content-Language"] = parcel.locale
    return mail


def _plain_words(text: str) -> str:
    """One line in which nothing is an encoded word: the library would undo it, breaks and all.

    References
    ----------
    RFC 2047, section 2: `=?charset?encoding?text?=`. Undone, it may hold line breaks, and what
    stands behind them would be headers of their own.
    """
    return " ".join(text.replace("=?", "= ?").split())


def _domain(sender: str) -> str:
    return parseaddr(sender)[1].rpartition("@")[2] or "lotsenwerk.invalid"


class Folder:
    """Where there is no mail server: a file each, readable with any mail program."""

    def __init__(self, folder: Path, sender: str) -> None:
        self._folder, self._sender = folder, sender

    def deliver(self, parcel: Parcel) -> Receipt:
        """Lay one mail into the folder; doing it again writes the same file."""
        content = compose(parcel, self._sender).as_bytes()
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            # Links in it act without signing in: only the service's own user may read them.
            path = self._folder / f"{parcel.message_id}.eml"
            with open(path, "wb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
                file.write(content)
        except OSError as error:
            raise Undelivered(f"outbox: {type(error).__name__}") from None
        return Receipt()


@dataclass(frozen=True)
class Account:
    """How the server is reached."""

    host: str
    port: int
    tls: bool
    starttls: bool
    user: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def of(cls, url: str) -> "Account":
        """`smtp://user:password@host:587?starttls`, or `smtps://…`; signs escaped as in any URL."""
        parts = urlsplit(url)
        return cls(
            host=parts.hostname or "",
            port=parts.port or PORTS[parts.scheme],
            tls=parts.scheme == "smtps",
            starttls=parts.query == "starttls",
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
        )


class Server:
    """An SMTP server that takes mails and passes them on."""

    def __init__(self, account: Account, sender: str, tls: ssl.SSLContext | None = None) -> None:
        self._account, self._sender = account, sender
        self._tls = tls or ssl.create_default_context()

    def deliver(self, parcel: Parcel) -> Receipt:
        """Hand one mail over.

        What the server says about this person or this mail decides (4xx may pass, 5xx lasts). What
        it says about us, or that it does not answer, is ours to mend: that is tried again.
        """
        to = _deliverable(parcel.recipient)
        content = compose(parcel, self._sender).as_bytes()
        try:
            line = self._line()
            try:
                line.sendmail(parseaddr(self._sender)[1], [to], content, _options(line, to))
                _bid_farewell(line)
            finally:
                line.close()
        except smtplib.SMTPRecipientsRefused as error:
            code, said = next(iter(error.recipients.values()))
            raise _refused("recipient", code, said) from None
        except smtplib.SMTPDataError as error:
            raise _refused("mail", error.smtp_code, error.smtp_error) from None
        except smtplib.SMTPNotSupportedError:
            raise Undelivered("smtp: the server takes no such address", lasting=True) from None
        except smtplib.SMTPResponseException as error:
            raise Undelivered(f"smtp: {type(error).__name__} {error.smtp_code}") from None
        except (smtplib.SMTPException, OSError, ValueError) as error:
            raise Undelivered(f"smtp: {type(error).__name__}") from None
        return Receipt()

    def _line(self) -> smtplib.SMTP:
        own = self._account
        line: smtplib.SMTP
        if own.tls:
            line = smtplib.SMTP_SSL(own.host, own.port, timeout=SECONDS, context=self._tls)
        else:
            line = smtplib.SMTP(own.host, own.port, timeout=SECONDS)
        try:
            if own.starttls:
                line.starttls(context=self._tls)
            if own.user:
                line.login(own.user, own.password)
        except smtplib.SMTPNotSupportedError:
            line.close()
            raise Undelivered("smtp: the server offers no STARTTLS, or no sign-in") from None
        except BaseException:
            line.close()
            raise
        return line


def _bid_farewell(line: smtplib.SMTP) -> None:
    """The mail was taken: what goes wrong now changes nothing."""
    with suppress(smtplib.SMTPException, OSError):
        line.quit()


def _options(line: smtplib.SMTP, address: str) -> list[str]:
    """An address with letters beyond ASCII needs a server that says it takes them."""
    if address.isascii():
        return []
    line.ehlo_or_helo_if_needed()
    if not line.has_extn("smtputf8"):
        raise smtplib.SMTPNotSupportedError
    return ["SMTPUTF8"]


def _deliverable(recipient: str) -> str:
    """The address for the envelope; a domain with umlauts as its ASCII form."""
    address = recipient.strip()
    if not _ADDRESS.match(address):
        raise Undelivered("smtp: this is no mail address", lasting=True)
    name, _, domain = address.rpartition("@")
    try:
        return f"{name}@{domain.encode('idna').decode()}"
    except UnicodeError:
        raise Undelivered("smtp: this is no mail address", lasting=True) from None


_STATUS = re.compile(rb"\b[245]\.\d{1,3}\.\d{1,3}\b")


def _refused(what: str, code: int, said: bytes | str) -> Undelivered:
    """Code and extended code; the sentence may hold an address and is not kept.

    References
    ----------
    RFC 3463, section 3.8: 5.7.x is about who we are (relaying, reputation), not about the person.
    """
    found = _STATUS.search(said if isinstance(said, bytes) else said.encode())
    extended = found[0].decode() if found else ""
    words = " ".join(filter(None, [str(code), extended]))
    lasting = 500 <= code < 600 and not extended.startswith("5.7.")
    return Undelivered(f"smtp: {what} refused, {words}", lasting=lasting)


def way(settings: Settings) -> Folder | Server:
    """The server of the settings, or the folder."""
    url = settings.smtp_url.get_secret_value()
    if not url:
        return Folder(settings.outbox, settings.mail_from)
    return Server(Account.of(url), settings.mail_from)
