"""Somebody who leaves traces everywhere, and the search for them in everything that is stored."""

import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import Engine, LargeBinary, select
from sqlmodel import Session, SQLModel

from app import db
from app.backups import taking
from app.settings import get_settings
from app.tables import (
    Absence,
    Account,
    ApiToken,
    AvailabilityRecurrence,
    BusyFeed,
    BusySpan,
    CalendarFeed,
    Claim,
    ClaimLine,
    Exclusion,
    ExtraTime,
    IdempotencyKey,
    ImportBatch,
    LinkPurpose,
    Message,
    MessagePreference,
    Offer,
    OfferedTime,
    Payment,
    PaymentPart,
    Payrun,
    PushSubscription,
    Request,
    ServiceRecord,
    SessionToken,
    SignedLink,
    SignInCode,
    Standby,
    Task,
    Volunteer,
)
from app.volunteers.service import identity_key
from tests.app.examples import HOUR, MORNING, asking, assignment, offer
from tests.cast import Cast, volunteer

SURNAME, GIVEN = "Xaniye-Canary", "Zeyneb-Needle"
PHONE, DIGITS = "0170 987 65 43", "01709876543"
MAIL, BUSINESS = "zeyneb@needle.example", "zeyneb@work.example"
IBAN = "DE02500105170137075030"
BORN = date(1979, 11, 23)
TOWN, NOTE = "Canaryhausen", "Needle spricht leise"
NEEDLES = (SURNAME, GIVEN, PHONE, DIGITS, MAIL, BUSINESS, IBAN, BORN.isoformat(), TOWN, NOTE)
LONG_AGO = MORNING - timedelta(days=60)
HELD = {
    f"{table}.{name}" for table in ("claim", "payment") for name in ("payee_name", "payee_iban")
}
"""What the accounts need of her, for as long as they are kept."""


@dataclass
class Left:
    """Ids of what hangs on her."""

    volunteer_id: UUID
    account_id: UUID
    claim_id: UUID
    offer_id: UUID
    institution_message_id: UUID


def _person(session: Session, cast: Cast) -> tuple[Volunteer, Account]:
    her = volunteer(
        session, cast, "zeyneb", sponsor_id=cast.wetterau, languages={"kmr": "native", "tr": None}
    )
    her.surname, her.given_name, her.birth_date = SURNAME, GIVEN, BORN
    her.identity_key = identity_key(SURNAME, GIVEN, BORN)
    her.phone, her.email, her.iban, her.town, her.note = PHONE, MAIL, IBAN, TOWN, NOTE
    account = session.get_one(Account, her.account_id)
    account.email, account.name = BUSINESS, f"{GIVEN} {SURNAME}"
    account.password_hash, account.totp_secret = "hash", "JBSWY3DPEHPK3PXP"
    session.add_all([her, account])
    session.flush()
    return her, account


def _ways_in(account: Account, her: Volunteer) -> list[SQLModel]:
    mine = {"account_id": account.id}
    soon = MORNING + HOUR
    return [
        SessionToken(**mine, token_hash="1" * 64, expires_at=soon, label=f"Handy von {GIVEN}"),
        ApiToken(**mine, name=f"Skript {SURNAME}", token_hash="2" * 64, scopes=["read"]),
        SignInCode(
            **mine, purpose="sign_in", code_hash="3" * 64, token_hash="4" * 64, expires_at=soon
        ),
        PushSubscription(
            **mine, endpoint="https://push.example/z", p256dh="B" * 87, auth="A" * 22, label=GIVEN
        ),
        CalendarFeed(
            **mine, kind="volunteer", volunteer_id=her.id, token_hash="5" * 64, name=GIVEN
        ),
        IdempotencyKey(
            **mine, key="k", fingerprint="6" * 64, status=200, body=f'{{"a": "{MAIL}"}}'.encode()
        ),
        MessagePreference(account_id=account.id, event="digest", channel="mail"),
        MessagePreference(volunteer_id=her.id, event="offer", channel="mail"),
    ]


def _times(session: Session, her: Volunteer) -> list[SQLModel]:
    mine = {"volunteer_id": her.id}
    feed = BusyFeed(
        **mine, address=f"https://{GIVEN}.example/x.ics", name=GIVEN, next_fetch_at=MORNING
    )
    session.add(feed)
    session.flush()
    day = date(2027, 3, 1)
    return [
        BusySpan(**mine, busy_feed_id=feed.id, starts_at=MORNING, ends_at=MORNING + HOUR),
        Absence(**mine, first_day=day, last_day=day, reason=f"{GIVEN} ist krank"),
        ExtraTime(**mine, day=day, start_minute=600, end_minute=660),
        AvailabilityRecurrence(
            **mine, rule="FREQ=DAILY;COUNT=2", first_day=day, start_minute=600, end_minute=660
        ),
    ]


def _work(session: Session, cast: Cast, her: Volunteer) -> tuple[Offer, ServiceRecord, Request]:
    at, place = {"sponsor_id": cast.wetterau}, (session, cast.wetterau, cast.school)
    open_one, waiting = asking(*place, MORNING), asking(*place, MORNING + 5 * HOUR)
    done = asking(*place, LONG_AGO, state="done", seat_state="done")
    off = asking(*place, LONG_AGO + 24 * HOUR, state="cancelled", seat_state="cancelled")
    waiting.request.note = f"Bitte wieder {GIVEN} {SURNAME}"
    waiting.request.wished_volunteer_id = her.id
    made = offer(open_one, her.id)
    booked = assignment(done, her.id, state="performed")
    lost = assignment(
        off, her.id, state="cancelled_late", cancel_reason=f"Anruf von Frau {SURNAME}"
    )
    standby = Standby(
        **at, seat_id=waiting.seat.id, option_id=waiting.option.id, volunteer_id=her.id
    )
    session.add_all([made, booked, lost, standby, waiting.request])
    session.flush()
    record = ServiceRecord(
        **at, assignment_id=booked.id, volunteer_id=her.id, started_at=booked.starts_at,
        ended_at=booked.ends_at, minutes=60, reported_minutes=60, reason=f"{SURNAME} kam spät",
    )  # fmt: skip
    link = SignedLink(
        **at, token_hash="7" * 64, purpose=LinkPurpose.ANSWER_OFFER, subject_id=made.id,
        expires_at=MORNING,
    )  # fmt: skip
    named = OfferedTime(
        **at, offer_id=made.id, starts_at=MORNING + HOUR, ends_at=MORNING + 2 * HOUR,
        note=f"{GIVEN} ruft an",
    )  # fmt: skip
    kind = Exclusion(**at, volunteer_id=her.id, institution_kind="court")
    session.add_all([record, link, named, kind])
    session.flush()
    return made, record, waiting.request


def _money(session: Session, cast: Cast, record: ServiceRecord) -> Claim:
    at = {"sponsor_id": cast.wetterau}
    payrun = Payrun(**at, number=7, amount_cents=2000, state="paid")
    session.add(payrun)
    session.flush()
    claim = Claim(
        **at, volunteer_id=record.volunteer_id, month=date(2026, 11, 1), funding_line="wir",
        state="paid", minutes=60, amount_cents=2000, payrun_id=payrun.id,
        payee_name=f"{SURNAME}, {GIVEN}", payee_iban=IBAN, return_reason=f"{SURNAME} fehlt",
    )  # fmt: skip
    session.add(claim)
    payment = Payment(
        **at, payrun_id=payrun.id, volunteer_id=record.volunteer_id, number=1, state="paid",
        payee_name=f"{SURNAME}, {GIVEN}", payee_iban=IBAN, amount_cents=2000, created_at=LONG_AGO,
    )  # fmt: skip
    session.add(payment)
    session.flush()
    session.add(PaymentPart(**at, payment_id=payment.id, claim_id=claim.id, amount_cents=2000))
    session.add(
        ClaimLine(
            **at, claim_id=claim.id, service_record_id=record.id, volunteer_id=record.volunteer_id,
            started_at=record.started_at, ended_at=record.ended_at, day=LONG_AGO.date(), minutes=60,
            paid_minutes=60, amount_cents=2000, plan_key="wir", reason_code="flat",
        )
    )  # fmt: skip
    return claim


def _said(session: Session, cast: Cast, her: Volunteer, made: Offer) -> Message:
    at = {"sponsor_id": cast.wetterau, "due_at": MORNING}
    to_her = Message(
        **at, event="offer", volunteer_id=her.id, subject_id=made.id, recipient=MAIL,
        subject=f"Anfrage an {GIVEN}", body=f"Guten Tag {GIVEN} {SURNAME}", short=GIVEN,
    )  # fmt: skip
    to_school = Message(
        **at, event="booked", recipient="schule@example.org", subject="Es kommt jemand",
        body=f"Es kommt {GIVEN} {SURNAME}, Telefon {PHONE}", state="sent",
        calendar=f"SUMMARY:{GIVEN} {SURNAME}",
    )  # fmt: skip
    batch = ImportBatch(
        sponsor_id=cast.wetterau, content_hash="8" * 64, finished_at=MORNING,
        outcome={"volunteers": {"ask": {"12": [f"duplicate:{SURNAME}"]}}},
    )  # fmt: skip
    tasks = [
        Task(
            sponsor_id=cast.wetterau, code="call:offer", subject_type="offer", subject_id=made.id,
            params={"name": f"{GIVEN} {SURNAME}", "say": f"Hallo {GIVEN}"},
        ),
        Task(
            sponsor_id=cast.wetterau, code="personal_data:note", subject_type="request",
            subject_id=made.seat_id, params={"value": f"Frau {SURNAME} fragen"},
        ),
    ]  # fmt: skip
    answer = IdempotencyKey(
        account_id=cast.accounts["amal"], key="her", fingerprint="9" * 64, status=201,
        body=f'{{"id":"{her.id}","birth_date":"{BORN}","town":"{TOWN}","note":"{NOTE}"}}'.encode(),
    )  # fmt: skip
    session.add_all([to_her, to_school, batch, *tasks, answer])
    session.flush()
    for message in (to_her, to_school):
        folder = get_settings().outbox
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{message.id}.eml").write_text(f"To: x\n\n{message.body}")
    return to_school


def leave(engine: Engine, cast: Cast) -> Left:
    """Traces in every table and file in which somebody leaves some."""
    with db.transaction(engine) as session:
        her, account = _person(session, cast)
        session.add_all([*_ways_in(account, her), *_times(session, her)])
        made, record, _request = _work(session, cast, her)
        claim = _money(session, cast, record)
        told = _said(session, cast, her, made)
        return Left(her.id, account.id, claim.id, made.id, told.id)


def in_database(engine: Engine, needles: Iterable[str] = NEEDLES) -> set[str]:
    """Table and column of every cell, opened where it is sealed, that holds one of them."""
    wanted = re.compile("|".join(map(re.escape, needles)), re.IGNORECASE)
    found = set()
    with db.open_session(engine, read_only=True) as session:
        db.set_scope(session, db.SYSTEM)
        for name, table in SQLModel.metadata.tables.items():
            for row in session.execute(select(table)).mappings():
                for column in table.columns:
                    value = row[column.name]
                    if isinstance(column.type, LargeBinary):
                        value = bytes(value).decode(errors="replace")
                    if wanted.search(str(value)):
                        found.add(f"{name}.{column.name}")
    return found


def in_files(folder: Path, needles: Iterable[str] = NEEDLES) -> set[str]:
    """Files below a folder that hold one of them, also inside of archives."""
    found = set()
    for path in folder.rglob("*"):
        if path.is_file():
            texts = {path.name: path.read_bytes()}
            if zipfile.is_zipfile(path):
                with zipfile.ZipFile(path) as archive:
                    texts |= {one: archive.read(one) for one in archive.namelist()}
            for name, content in texts.items():
                if any(needle.encode() in content for needle in needles):
                    found.add(name)
    return found


def backup(engine: Engine, path: Path) -> Path:
    """A fresh backup of everything."""
    taking.take(engine, path, get_settings(), program="test")
    return path
