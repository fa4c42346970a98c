"""How the tests sign in, and what lies in the outbox."""

import re
from dataclasses import dataclass
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pyotp
from httpx import AsyncClient, Response
from sqlalchemy import Engine
from sqlmodel import col, update

from app import clock, db, jobs
from app.access import COOKIE
from app.tables import Account
from tests.cast import APP_SECRET, PASSWORD, Cast, in_browser

NEW = "Neun Kraniche ziehen los"


def secret_of(answer: Response) -> str:
    """The session's secret that an answer sets."""
    name, _, rest = answer.headers["set-cookie"].partition("=")
    assert name == COOKIE
    return str(rest.partition(";")[0])


def login(name: str, password: str = PASSWORD) -> dict[str, str]:
    """The body with which somebody signs in."""
    return {"email": f"{name}@example.org", "password": password}


async def signed_in(client: AsyncClient, name: str, password: str = PASSWORD) -> dict[str, str]:
    """The headers of a browser in which somebody has just signed in with her password."""
    answer = await client.post("/auth/login", json=login(name, password))
    assert answer.status_code == 204, answer.text
    return in_browser(secret_of(answer))


async def by_mail(client: AsyncClient, engine: Engine, var: Path, name: str) -> dict[str, str]:
    """The headers of a browser in which somebody has just signed in with a mailed code."""
    assert (await client.post("/auth/link", json={"email": f"{name}@example.org"})).is_success
    jobs.work_all(engine)
    body = {"email": f"{name}@example.org", "code": newest(var).code}
    answer = await client.post("/auth/code", json=body)
    assert answer.status_code == 204, answer.text
    return in_browser(secret_of(answer))


def app_code(secret: str = APP_SECRET, steps: int = 0) -> str:
    """What the authenticator app shows, so many steps from now."""
    return pyotp.TOTP(secret).at(clock.now() + timedelta(seconds=30 * steps))


@dataclass(frozen=True)
class Mail:
    """A mail that lies in the outbox."""

    to: str
    subject: str
    text: str

    @property
    def code(self) -> str:
        """The six digits in it."""
        found = re.search(r"^Code: (\d{3} \d{3})$", self.text, re.MULTILINE)
        assert found, self.text
        return found[1].replace(" ", "")

    @property
    def link(self) -> str:
        """The path of the link in it."""
        found = re.search(r"http://test(/l/\S+)", self.text)
        assert found, self.text
        return found[1]


def mails(var: Path) -> list[Mail]:
    """What lies in the outbox, the oldest first."""
    found = []
    for path in sorted((var / "outbox").glob("*.eml")):
        mail = message_from_bytes(path.read_bytes(), policy=policy.default)
        assert isinstance(mail, EmailMessage)
        body = mail.get_body(("plain",))
        assert body
        found.append(Mail(mail["To"], mail["Subject"], body.get_content().replace("\r\n", "\n")))
    return found


def newest(var: Path) -> Mail:
    """The mail that was written last."""
    return mails(var)[-1]


def alter(engine: Engine, cast: Cast, name: str, **values: object) -> None:
    """Change somebody's account."""
    with db.transaction(engine) as session:
        whose = col(Account.id) == cast.accounts[name]
        session.exec(update(Account).where(whose).values(**values))
