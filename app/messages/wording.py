"""How a message is put together: greeting, what it is about, facts, one thing to do, thanks.

Whoever tells people something calls `letter` and hands the `Text` to `telling.tell`::

    letter(
        person.locale, volunteer.given_name,
        subject="Anfrage: Dienstag, 12.01.2027, 10:00 bis 11:30 Uhr",
        lead="können Sie bei diesem Termin helfen?",
        facts=[("when", time), ("where", place), ("language", spoken)],
        action=("Jetzt antworten", url),
        after="Sie müssen nicht begründen, wenn es nicht geht.",
        short=brief(locale, "Anfrage", starts_at, town, url),
    )

The plain body is the only form that is kept. The HTML of a mail is made from it by its shape: blank
lines part paragraphs, lines `label: value` are facts, an address of ours alone on a line is a
button named by the line above it. What is spoken on the telephone is the same without addresses.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile

from app.clock import ZONE
from app.messages.telling import Text
from app.settings import get_settings

SHORT = 306
"""Signs of two joined SMS: no `short` text is longer."""
LABELS = {
    "de": {
        "when": "Wann",
        "where": "Wo",
        "way": "Ihr Weg",
        "language": "Sprache",
        "until": "Antwort bis",
        "who": "Wer",
        "code": "Code",
        "before": "Bisher",
        "now": "Jetzt",
    },
    "en": {
        "when": "When",
        "where": "Where",
        "way": "Your way",
        "language": "Language",
        "until": "Answer by",
        "who": "Who",
        "code": "Code",
        "before": "Before",
        "now": "Now",
    },
}
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
GREETINGS = {"de": ("Guten Tag", "Hallo {name}"), "en": ("Hello", "Hello {name}")}
CLOSINGS = {"de": "Vielen Dank\nIhr Lotsenwerk", "en": "Thank you\nLotsenwerk"}
HEADING = "■ "
"""Begins each message within a digest."""
_FACT = re.compile(r"^(?=.{1,20}: )([^\s:]+(?: [^\s:]+)?): +(\S.*)$")
"""A label of one or two words, and its value."""
_ANY_LINK = re.compile(r"https?://\S+")
_BREAK = re.compile(r"\n[ \t]*\n")
_URL = re.compile(r"^https?://\S+$")


def known(locale: str) -> str:
    """The language that is written: English where it is wished, else German."""
    return "en" if locale.lower().startswith("en") else "de"


def letter(
    locale: str,
    name: str,
    *,
    subject: str,
    lead: str,
    facts: Sequence[tuple[str, str]] = (),
    action: tuple[str, str] | None = None,
    after: str = "",
    short: str = "",
    calendar: str = "",
) -> Text:
    """A message in the common frame.

    `name` is the given name, empty for an institution. `facts` are pairs of a key of `LABELS` (or a
    word of one's own) and a value; empty values are left out. `action` is what to do, in two or
    three words, and the address that does it. `after` is said below, `short` by push and SMS.
    """
    tongue = known(locale)
    plain, named = GREETINGS[tongue]
    labels = LABELS[tongue]
    said = [(labels.get(key, key), one_line(value)) for key, value in facts]
    parts = [
        (named.format(name=one_line(name)) if name else plain) + ",",
        lead.strip(),
        "\n".join(f"{label}: {value}" for label, value in said if value),
        f"{action[0]}:\n{action[1]}" if action else "",
        after.strip(),
        CLOSINGS[tongue],
    ]
    body = "\n\n".join(part for part in parts if part) + "\n"
    return Text(one_line(subject)[:200], body, short[:SHORT], calendar)


def brief(locale: str, what: str, starts_at: datetime | None, town: str, url: str = "") -> str:
    """The `short` of a message: a word, day and hour, town and link, and nothing else."""
    moment = starts_at.astimezone(ZONE) if starts_at else None
    day = f"{moment:%d.%m. %H:%M}" if moment else ""
    if moment and known(locale) == "en":
        day = f"{moment.day} {MONTHS[moment.month - 1]} {moment:%H:%M}"
    said = ", ".join(filter(None, [day, one_line(town)]))
    return " ".join(filter(None, [f"{what}: {said}" if said else f"{what}.", url]))


def core(body: str) -> str:
    """A body without greeting and thanks."""
    parts = [part.strip() for part in _BREAK.split(body.replace("\r\n", "\n")) if part.strip()]
    hellos = tuple(hello.partition(" {")[0] for pair in GREETINGS.values() for hello in pair)
    thanks = tuple(closing.partition("\n")[0] for closing in CLOSINGS.values())
    if len(parts) > 1 and parts[0].startswith(hellos) and parts[0].endswith(","):
        parts = [parts[1][:1].upper() + parts[1][1:], *parts[2:]]
    if parts and parts[-1].startswith(thanks):
        parts = parts[:-1]
    return "\n\n".join(parts)


def gathered(locale: str, lead: str, messages: Sequence[tuple[str, str]]) -> str:
    """Several messages, as pairs of subject and body, in one body."""
    tongue = known(locale)
    parts = [f"{GREETINGS[tongue][0]},", lead]
    for subject, body in messages:
        parts += [HEADING + one_line(subject), core(body)]
    return "\n\n".join([*parts, CLOSINGS[tongue]]) + "\n"


def spoken(body: str) -> str:
    """What the office says on the telephone: facts and sentences without addresses."""
    said = []
    for block in blocks(core(body)):
        said += [f"{label}: {value}." for label, value in block.facts]
        said.append(without_links(block.text))
    return " ".join(filter(None, said))[:600]


def one_line(text: str) -> str:
    """Without breaks: a value cannot begin a line of its own."""
    return " ".join(text.split())


@dataclass(frozen=True)
class Block:
    """A part of a body: a paragraph, a heading, facts, or a button with its name and address."""

    text: str = ""
    heading: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    label: str = ""
    url: str = ""


def blocks(body: str) -> Iterator[Block]:
    """The parts of a body, by its shape."""
    for part in _BREAK.split(body.replace("\r\n", "\n")):
        lines = [line.strip() for line in part.splitlines() if line.strip()]
        while lines:
            taken, block = _next(lines)
            yield block
            lines = lines[taken:]


def _next(lines: Sequence[str]) -> tuple[int, Block]:
    """The block at the front, and how many lines it has."""
    if lines[0].startswith(HEADING):
        return 1, Block(heading=lines[0].removeprefix(HEADING))
    if _is_ours(lines[0]):
        return 1, Block(url=lines[0])
    if len(lines) > 1 and _is_ours(lines[1]) and len(lines[0]) <= 40:
        return 2, Block(label=lines[0].rstrip(": "), url=lines[1])
    facts = [match for match in takewhile(bool, map(_FACT.match, lines)) if match]
    if facts:
        return len(facts), Block(facts=tuple((match[1], match[2]) for match in facts))
    count = 1
    while count < len(lines) and not _begins(lines, count):
        count += 1
    return count, Block(text="\n".join(lines[:count]))


def _begins(lines: Sequence[str], at: int) -> bool:
    """Whether something other than running text begins here."""
    button = at + 1 < len(lines) and _is_ours(lines[at + 1]) and len(lines[at]) <= 40
    return bool(button or _is_ours(lines[at]) or _FACT.match(lines[at]))


def _is_ours(line: str) -> bool:
    """Whether a line is an address of ours: nobody is sent elsewhere by a button."""
    return bool(_URL.match(line)) and line.startswith(_own())


def _own() -> str:
    return get_settings().base_url.rstrip("/") + "/"


def first_link(text: str) -> str:
    """The first address of ours in a text, or nothing.

    Somebody may have written one into the name of a town: nobody is sent there.
    """
    return next((one for one in _ANY_LINK.findall(text) if one.startswith(_own())), "")


def without_links(text: str) -> str:
    """A text without its addresses."""
    return one_line(_ANY_LINK.sub("", text))
