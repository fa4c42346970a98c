"""Mails: what they look like, and what becomes of them with servers of every temper."""

import email
import smtplib
import socket
import threading
from datetime import timedelta
from email.policy import default
from pathlib import Path
from uuid import UUID

import pytest
from httpx import AsyncClient
from pydantic import SecretStr
from sqlalchemy import Engine
from sqlmodel import Session, select

from app import db, jobs
from app.clock import now
from app.messages import mail, sending, telling
from app.messages.channels import Parcel, Receipt
from app.settings import Settings
from app.tables import Event, Message, MessageState
from tests.app.messages.conftest import Configure, Talk
from tests.app.messages.servers import Post, post_office
from tests.cast import Cast


def eml(var: Path) -> list[Path]:
    return sorted((var / "outbox").glob("*.eml"))


def test_a_mail_arrives_in_plain_words_and_as_a_page(talk: Talk, post: Post) -> None:
    message_id = talk.ask()
    talk.work()
    (arrived,) = post.mails
    assert post.recipients == ["dilan@example.org"]
    assert arrived["To"] == "dilan@example.org"
    assert arrived["Subject"] == "Anfrage: Dienstag, 12.01.2027"
    assert arrived["Auto-Submitted"] == "auto-generated"
    assert arrived["Message-ID"] == f"<{message_id}@lotsenwerk.invalid>"
    plain, page = arrived.get_body(("plain",)), arrived.get_body(("html",))
    assert plain is not None
    assert page is not None
    assert "Hallo Dilan,\n\nkönnen Sie" in plain.get_content().replace("\r\n", "\n")
    assert '<html lang="de">' in page.get_content()
    assert 'href="http://test/a/lw_geheimes-wort"' in page.get_content()
    assert "Sprachpool Wetterau" in page.get_content()
    message = talk.message(message_id)
    assert (message.state, message.channel, message.attempts) == ("sent", "mail", 1)
    assert message.sent_at == now()


def test_links_are_forgotten_once_they_have_left(talk: Talk, post: Post) -> None:
    message_id = talk.ask()
    assert "lw_geheimes-wort" in talk.message(message_id).body
    talk.work()
    message = talk.message(message_id)
    assert "http://test/a/…" in message.body
    assert "lw_" not in message.body + message.short


def test_nothing_leaves_before_the_commit_or_without_one(
    engine: Engine, cast: Cast, talk: Talk, post: Post
) -> None:
    with db.open_session(engine) as session:
        db.set_scope(session, db.SYSTEM)
        telling.tell(
            session, cast.wetterau, telling.Person("a@example.org"), Event.TASK,
            telling.Text("Hallo", "Text"), subject_id=None,
        )  # fmt: skip
        session.flush()
        session.rollback()
    talk.work()
    assert post.taken == []
    assert talk.messages() == []


def test_doing_it_again_sends_nothing_new(engine: Engine, talk: Talk, post: Post) -> None:
    message_id = talk.ask()
    talk.work()
    sending.send(engine, message_id)
    sending.send(engine, message_id)
    assert len(post.taken) == 1


def test_a_server_that_asks_to_wait_is_asked_again_ever_later(talk: Talk, post: Post) -> None:
    post.rcpt = "451 4.7.1 bitte später"
    talk.change(quiet_from_minute=0, quiet_to_minute=0)
    message_id = talk.tell(Event.CANCELLED)
    talk.work()
    pauses = []
    for attempt in range(1, len(sending.PAUSES) + 1):
        message = talk.message(message_id)
        assert (message.state, message.attempts) == (MessageState.QUEUED, attempt)
        assert message.failure == "smtp: recipient refused, 451 4.7.1"
        pauses.append(message.due_at - now())
        talk.clock.shift(message.due_at - now() - timedelta(seconds=1))
        talk.work()
        assert talk.message(message_id).attempts == attempt, "not before the pause is over"
        talk.later(seconds=2)
    assert pauses == sorted(pauses)
    assert pauses[:5] == [timedelta(minutes=m) for m in (1, 5, 30, 120, 360)]
    message = talk.message(message_id)
    assert (message.state, message.attempts) == (MessageState.DEAD, len(sending.PAUSES) + 1)


def test_what_was_refused_for_a_while_arrives_in_the_end_with_the_same_id(
    talk: Talk, post: Post
) -> None:
    post.data = "452 4.3.1 voll"
    message_id = talk.tell(Event.CANCELLED)
    talk.work()
    post.data = "250 OK"
    talk.later(seconds=61)
    (arrived,) = post.mails
    assert arrived["Message-ID"] == f"<{message_id}@lotsenwerk.invalid>"
    assert talk.message(message_id).failure == ""


@pytest.mark.parametrize(
    ("rcpt", "data", "failure"),
    [
        ("550 5.1.1 dilan@example.org unbekannt", "250 OK", "recipient refused, 550 5.1.1"),
        ("250 OK", "552 5.3.4 zu groß", "mail refused, 552 5.3.4"),
    ],
)
def test_what_will_never_arrive_is_not_tried_again(
    talk: Talk, post: Post, rcpt: str, data: str, failure: str
) -> None:
    post.rcpt, post.data = rcpt, data
    message_id = talk.tell(Event.BOOKED)
    talk.work()
    message = talk.message(message_id)
    assert (message.state, message.attempts) == (MessageState.DEAD, 1)
    assert message.failure == f"smtp: {failure}"
    talk.later(days=3)
    assert talk.message(message_id).attempts == 1


def test_that_we_may_not_send_is_ours_to_mend(talk: Talk, post: Post) -> None:
    post.rcpt = "554 5.7.1 relaying denied"
    message_id = talk.tell(Event.BOOKED)
    talk.work()
    assert talk.message(message_id).state == MessageState.QUEUED


def test_a_line_that_drops_after_the_mail_was_taken_brings_it_once_more(
    talk: Talk, post: Post
) -> None:
    post.drops = True
    message_id = talk.tell(Event.BOOKED)
    talk.work()
    assert talk.message(message_id).state == MessageState.QUEUED
    assert talk.message(message_id).failure.startswith("smtp: SMTP")
    post.drops = False
    talk.later(seconds=61)
    first, second = post.mails
    assert first["Message-ID"] == second["Message-ID"], "a mail program shows it once"
    assert talk.message(message_id).state == MessageState.SENT


def test_a_server_that_never_answers_is_left_alone(
    talk: Talk, configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        configure(smtp_url=f"smtp://127.0.0.1:{silent.getsockname()[1]}")
        message_id = talk.tell(Event.BOOKED)
        talk.work()
    assert talk.message(message_id).state == MessageState.QUEUED
    assert "smtp:" in talk.message(message_id).failure
    assert talk.message(message_id).attempts == 1


def test_nobody_listens(talk: Talk, configure: Configure) -> None:
    configure(smtp_url="smtp://127.0.0.1:1")
    message_id = talk.tell(Event.BOOKED)
    talk.work()
    assert talk.message(message_id).failure == "smtp: ConnectionRefusedError"


def test_the_password_is_used_and_never_written_down(
    talk: Talk, configure: Configure, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    secret = "p@ss/wort"
    with post_office(Post(password=secret)) as office:
        configure(smtp_url=f"smtp://lotse:p%40ss%2Fwort@127.0.0.1:{office.port}")
        first = talk.tell(Event.BOOKED)
        talk.work()
        assert talk.message(first).state == MessageState.SENT
        configure(smtp_url=f"smtp://lotse:falsch-geraten@127.0.0.1:{office.port}")
        second = talk.tell(Event.BOOKED)
        talk.work()
    refused = talk.message(second)
    assert (refused.state, refused.failure) == ("queued", "smtp: SMTPAuthenticationError 535")
    written = caplog.text + refused.failure
    for secret_part in ("p@ss", "p%40ss", "falsch-geraten", "ZmFsc2No"):
        assert secret_part not in written


def test_without_a_server_a_mail_is_a_file_that_any_program_reads(talk: Talk, var: Path) -> None:
    talk.ask()
    talk.work()
    (file,) = eml(var)
    assert b"To: dilan@example.org" in file.read_bytes()
    assert talk.channels() == ["mail"]


def test_line_breaks_add_no_headers(engine: Engine, cast: Cast, var: Path) -> None:
    write(engine, cast, "dilan@example.org", "Hallo\r\nBcc: alle@example.org")
    (file,) = eml(var)
    message = email.message_from_bytes(file.read_bytes(), policy=default)
    assert message["Bcc"] is None
    assert message["Content-Language"] == "de"
    assert message.get_content_type() == "multipart/alternative"
    assert file.stat().st_mode & 0o077 == 0, "its links act without signing in"


def write(engine: Engine, cast: Cast, recipient: str, subject: str) -> None:
    """Queue a message to an address as it is, and send it."""
    with db.transaction(engine) as session:
        telling.tell(
            session,
            cast.wetterau,
            telling.Person(recipient),
            Event.TASK,
            telling.Text(subject, "Grüße aus Friedberg\n"),
            subject_id=None,
        )
    jobs.work_all(engine)


ODD = (
    "kein", "a@b@c", "<>", '"a b"@example.org', ",", "a@b c.de", "}:-@[", ".:}@&[x", "a:b;@c.de",
    "dilan@example.org\r\nBcc: alle@example.org",
    "dilan@example.org\nContent-Type: text/html\n\n<b>",
)  # fmt: skip


@pytest.mark.parametrize("recipient", ODD)
def test_an_odd_address_is_dead_at_once_and_breaks_nothing(
    engine: Engine, cast: Cast, talk: Talk, post: Post, recipient: str
) -> None:
    write(engine, cast, recipient, "Zusage: Ünal, 12.01.")
    (message,) = talk.messages()
    assert (message.state, message.failure) == ("dead", "smtp: this is no mail address")
    assert post.taken == []
    assert post.recipients == []


def test_addresses_with_umlauts_are_spoken_as_servers_speak(
    engine: Engine, cast: Cast, post: Post
) -> None:
    write(engine, cast, "mueller@löwenzahn.example", "Hallo")
    write(engine, cast, "müller@example.org", "Hallo")
    assert post.recipients == ["mueller@xn--lwenzahn-n4a.example", "müller@example.org"]
    assert [mail["To"] for mail in post.mails] == post.recipients


def test_a_server_without_sign_in_or_starttls_is_ours_to_mend(
    talk: Talk, post: Post, configure: Configure
) -> None:
    configure(smtp_url=f"smtp://127.0.0.1:{post.port}?starttls")
    message_id = talk.ask()
    talk.work()
    message = talk.message(message_id)
    assert (message.state, message.attempts) == ("queued", 1)
    assert "offers no STARTTLS" in message.failure


def test_nobody_without_an_address_gets_a_mail(
    engine: Engine, cast: Cast, talk: Talk, post: Post
) -> None:
    write(engine, cast, "", "Anfrage")
    (message,) = talk.messages()
    assert (message.state, message.failure) == (MessageState.DEAD, "no address")


def test_a_worker_that_is_lost_amid_a_mail_is_followed_by_another(
    engine: Engine, talk: Talk, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    message_id = talk.tell(Event.BOOKED)
    with monkeypatch.context() as lost:
        lost.setattr(sending, "_note", lambda *_: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit):
            sending.send(engine, message_id)
    assert talk.message(message_id).state == MessageState.SENDING
    sending.send(engine, message_id)
    assert len(post.taken) == 1, "it may still be in somebody's hands"
    talk.later(minutes=4)
    assert [one["Message-ID"] for one in post.mails] == [f"<{message_id}@lotsenwerk.invalid>"] * 2
    assert talk.message(message_id).state == MessageState.SENT


def test_several_workers_send_it_once(engine: Engine, talk: Talk, post: Post) -> None:
    ids = [talk.tell(Event.BOOKED) for _ in range(5)]
    threads = [
        threading.Thread(target=sending.send, args=(engine, message_id))
        for message_id in ids
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(post.taken) == len(ids)


def test_control_without_the_claim_it_is_sent_several_times(
    engine: Engine, talk: Talk, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    barrier = threading.Barrier(3, timeout=20)
    real = sending.take

    def heedless(session: Session, message_id: UUID) -> sending.Load | None:
        load = real(session, message_id)
        session.rollback()
        return load

    def together(self: mail.Server, parcel: Parcel) -> Receipt:
        barrier.wait()
        return deliver(self, parcel)

    deliver = mail.Server.deliver
    monkeypatch.setattr(sending, "take", heedless)
    monkeypatch.setattr(mail.Server, "deliver", together)
    message_id = talk.tell(Event.BOOKED)
    threads = [threading.Thread(target=sending.send, args=(engine, message_id)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(post.taken) == 3


def test_the_sweep_asks_for_what_lost_its_job(engine: Engine, talk: Talk, post: Post) -> None:
    message_id = talk.tell(Event.BOOKED)
    with db.transaction(engine) as session:
        message = session.exec(select(Message)).one()
        message.due_at = now()
        session.add(message)
    talk.clock.shift(timedelta(minutes=20))
    sending.sweep(engine)
    sending.sweep(engine)
    talk.work()
    assert len(post.taken) == 1
    assert talk.message(message_id).state == MessageState.SENT


def test_a_file_for_the_calendar_goes_along(talk: Talk, post: Post) -> None:
    talk.tell(Event.BOOKED, calendar="BEGIN:VCALENDAR\r\nMETHOD:CANCEL\r\nEND:VCALENDAR\r\n")
    talk.work()
    (attached,) = post.mails[0].iter_attachments()
    assert attached.get_content_type() == "text/calendar"
    assert attached.get_param("method") == "CANCEL"
    assert attached.get_filename() == "termin.ics"


def test_the_good_bye_of_a_server_changes_nothing(
    talk: Talk, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_line: smtplib.SMTP) -> None:
        raise smtplib.SMTPServerDisconnected("weg")

    monkeypatch.setattr(smtplib.SMTP, "quit", broken)
    message_id = talk.tell(Event.BOOKED)
    talk.work()
    assert talk.message(message_id).state == MessageState.SENT


def test_a_message_that_ends_its_worker_each_time_is_given_up(
    engine: Engine, talk: Talk, post: Post
) -> None:
    message_id = talk.tell(Event.BOOKED)
    with db.transaction(engine) as session:
        message = session.get_one(Message, message_id)
        message.state, message.attempts = MessageState.SENDING, sending.MOST_ATTEMPTS + 1
        session.add(message)
    talk.later(minutes=4)
    assert talk.message(message_id).state == MessageState.DEAD
    assert post.taken == []


def test_a_folder_that_cannot_be_written_is_tried_again(talk: Talk, var: Path) -> None:
    var.mkdir(exist_ok=True)
    (var / "outbox").write_text("no folder")
    message_id = talk.tell(Event.BOOKED)
    talk.work()
    assert talk.message(message_id).failure == "outbox: FileExistsError"
    (var / "outbox").unlink()
    talk.later(minutes=2)
    assert len(eml(var)) == 1


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("http://mail.example", "must be like smtp://"),
        ("smtp://", "must be like smtp://"),
        ("smtp://u:geheim@mail.example:587", "add ?starttls"),
        ("smtp://u:geheim%C3%A4@mail.example?starttls", "beyond ASCII"),
        ("smtp://u:geheim@mail.example:viele", "Port"),
    ],
)
def test_a_wrong_address_of_the_server_is_said_and_its_password_is_not(
    url: str, sentence: str
) -> None:
    with pytest.raises(ValueError, match="1 validation error") as refused:
        Settings(smtp_url=SecretStr(url))
    assert sentence in str(refused.value)
    assert "geheim" not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "account"),
    [
        (
            "smtp://lotse:a%40b@mail.example?starttls",
            mail.Account(
                "mail.example", 587, tls=False, starttls=True, user="lotse", password="a@b"
            ),
        ),
        ("smtps://mail.example", mail.Account("mail.example", 465, tls=True, starttls=False)),
        ("smtp://127.0.0.1:25", mail.Account("127.0.0.1", 25, tls=False, starttls=False)),
    ],
)
def test_how_the_server_is_reached(url: str, account: mail.Account) -> None:
    Settings(smtp_url=SecretStr(url))
    assert mail.Account.of(url) == account
    assert "a@b" not in repr(account)


async def test_a_name_of_two_lines_is_refused(client: AsyncClient, cast: Cast) -> None:
    body = {
        "surname": "Muster",
        "given_name": "Eve\nBcc: alle@example.org",
        "birth_date": "1990-02-03",
        "postal_code": "61169",
        "roles": ["interpreter"],
    }
    answer = await client.post("/volunteers", json=body, headers=cast.key("amal"))
    assert answer.status_code == 422
    assert "given_name" in answer.json()["detail"]
