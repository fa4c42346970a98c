"""Hostile texts and addresses through every channel of the service: how many take effect.

    python -m bench.hostile

Each channel is judged by readers that people use (spreadsheets, calendars, mail programs, a real
mail server, PDF). Beside each figure stands the same with the guard taken away.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from xlsxwriter.worksheet import Worksheet

import app.sheets
import scheduling.calendar_out
from app import fetching
from app.fetching import FetchRefused, Rules, fetch, post
from app.messages import html, mail
from tests.app.limits import judges
from tests.app.limits.addresses import HOSTILE, NAMES
from tests.app.limits.judges import SENDER, parcel
from tests.app.limits.payloads import PAYLOADS
from tests.app.limits.test_addresses import Listener, answering, listening_inside
from tests.app.messages.servers import Post, post_office

Judge = Callable[[str], list[str]]


@contextmanager
def without(owner: Any, name: str, instead: Any) -> Iterator[None]:
    """Take a guard away for the length of a block."""
    guard = getattr(owner, name)
    setattr(owner, name, instead)
    try:
        yield
    finally:
        setattr(owner, name, guard)


@dataclass(frozen=True)
class Channel:
    """A way in which what somebody typed leaves, and how its guard is taken away."""

    name: str
    judge: Judge
    unguarded: Callable[[], Any]
    bare: Judge | None = None
    """Instead of the judge, where there is no guard to take away."""


@contextmanager
def _plain_html() -> Iterator[None]:
    environment = html._environment  # noqa: SLF001
    with without(html, "escape", str), without(environment, "autoescape", False):
        environment.cache.clear()
        yield
    environment.cache.clear()


CHANNELS = (
    Channel("CSV, read with four delimiters", judges.in_csv,
            lambda: without(app.sheets, "_disarmed", lambda text: text)),
    Channel("XLSX (openpyxl)", judges.in_xlsx,
            lambda: without(Worksheet, "write_string", Worksheet.write)),
    Channel("calendar (icalendar, vobject, RFC 5545)", judges.in_ics,
            lambda: without(scheduling.calendar_out, "_escaped", lambda text: text)),
    Channel("headers and recipients of a mail", judges.in_mail, ExitStack, judges.in_mail_by_hand),
    Channel("mail as HTML", judges.in_html, _plain_html),
    Channel("PDF (pypdf)", lambda text: judges.in_pdf(text.replace("\0", "")), ExitStack,
            judges.as_source),
)  # fmt: skip


def over_the_line() -> int:
    """How many mails reach a real server otherwise than the harmless one."""
    with post_office(Post()) as office:
        way = mail.Server(mail.Account("127.0.0.1", office.port, tls=False, starttls=False), SENDER)
        for one in PAYLOADS:
            way.deliver(parcel(one.text))
        wrong = sum(bool(judges.mail_effects(content)) for content in office.taken)
        others = [to for to in office.recipients if to != judges.TO]
        return wrong + len(others) + abs(len(office.taken) - len(PAYLOADS))


def calls(listener: Listener, *, guarded: bool) -> int:
    """How often somebody inside is called, by every address and every name, to read and to send."""
    port = listener.port
    there = Rules(
        resolve=lambda _host, _port: ["127.0.0.1"],
        schemes=frozenset({"http"}),
        ports=frozenset({port}),
        seconds=1.0,
    )
    for address in HOSTILE:
        target = address.replace("{port}", str(port))
        if guarded:
            _try(target, replace(fetching.SERVICE, resolve=there.resolve, seconds=1.0))
        _try(target.replace("https://", "http://"), there)
    for name in NAMES:
        by = replace(there, resolve=answering(name), seconds=0.3)
        _try(f"http://public.example:{port}/", by)
    return len(listener.calls)


def _try(address: str, rules: Rules) -> None:
    for call in (fetch, lambda to, rules: post(to, b"{}", {}, rules=rules)):
        with suppress(FetchRefused):
            call(address, rules=rules)


def main() -> None:
    """Print the table."""
    print(f"## Hostile texts and addresses, {date.today()}\n")  # noqa: DTZ011
    print(f"| {len(PAYLOADS)} texts through | took effect | guard off |\n|---|---|---|")
    for one in CHANNELS:
        found = sum(bool(one.judge(each.text)) for each in PAYLOADS)
        with one.unguarded():
            bare = sum(bool((one.bare or one.judge)(each.text)) for each in PAYLOADS)
        print(f"| {one.name} | {found} | {bare} |", flush=True)
    print(f"| a real mail server | {over_the_line()} | |", flush=True)
    with listening_inside() as listener:
        guarded = calls(listener, guarded=True)
    with (
        listening_inside() as listener,
        without(fetching, "is_public", lambda _address: True),
        without(fetching, "_is_name", lambda _host: True),
    ):
        bare = calls(listener, guarded=False)
    print(f"| {len(HOSTILE)} addresses and {len(NAMES)} names: calls inside | {guarded} | {bare} |")


if __name__ == "__main__":
    main()
