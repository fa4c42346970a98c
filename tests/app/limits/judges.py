"""What a text does in each channel, said by the readers people really use: nothing, if all is well.

Each judge makes the file or mail twice, with a harmless text and with the hostile one, reads both
with a reader of its own and says what differs beyond the text itself.
"""

import csv
import email
import io
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage, Message
from email.policy import SMTP, compat32, default
from email.utils import getaddresses
from functools import cache
from html.parser import HTMLParser
from typing import Any
from uuid import UUID
from xml.etree import ElementTree as ET

import icalendar
import openpyxl
import pypdf
import typst
import vobject

from app import typesetting
from app.messages import html, mail, wording
from app.messages.channels import Parcel, Undelivered
from app.privacy import document as privacy_document
from app.privacy import labels
from app.sheets import Column, csv_bytes, xlsx_bytes
from scheduling.calendar_out import Appointment, calendar_text
from tests.app.calendars.strict import complaints

Effects = list[str]
HARMLESS = "Ada Beispiel"
NOON = datetime(2027, 1, 12, 11, tzinfo=UTC)
COLUMNS = (
    Column("name", "Name", "Name", "text"),
    Column("note", "Notiz", "Note", "text"),
    Column("amount", "Betrag", "Amount", "cents"),
)
BEGINS_FORMULA = frozenset("=+-@")
DELIMITERS = (";", ",", "\t", "|")
TO, SENDER = "dilan@example.org", "Lotsenwerk <noreply@lotsenwerk.invalid>"


def in_csv(text: str) -> Effects:
    """Whether a sheet takes a cell for a formula, or reads other rows than were written."""
    row = {"name": text, "note": f"Notiz {text}", "amount": 100}
    content = csv_bytes(COLUMNS, [row, row]).decode("utf-8-sig")
    found = []
    for delimiter in DELIMITERS:
        for cells in csv.reader(io.StringIO(content, newline=""), delimiter=delimiter):
            found += [f"{delimiter!r}: {cell[:40]!r}" for cell in cells if begins_formula(cell)]
    rows = list(csv.reader(io.StringIO(content, newline=""), delimiter=";"))
    if [len(cells) for cells in rows] != [3, 3, 3]:
        found.append(f"{len(rows)} rows")
    return found


def begins_formula(cell: str) -> bool:
    """Whether anything that calculates would take this for a formula; minus and digits are none."""
    for sign in unicodedata.normalize("NFKC", cell):
        seen = unicodedata.category(sign) not in ("Zs", "Zl", "Zp", "Cc", "Cf")
        if seen and sign not in '"`':
            return sign in BEGINS_FORMULA
    return False


def in_xlsx(text: str) -> Effects:
    """Whether a workbook holds anything but plain texts and numbers."""
    row = {"name": text, "note": f"Notiz {text}", "amount": 100}
    book = openpyxl.load_workbook(io.BytesIO(xlsx_bytes(COLUMNS, [row], "Liste")))
    found = [f"{len(book.worksheets)} sheets"] if len(book.worksheets) != 1 else []
    for line in book.worksheets[0].iter_rows():
        for cell in line:
            if cell.data_type not in ("s", "n") or cell.hyperlink is not None:
                found.append(f"{cell.coordinate} is {cell.data_type}")
    if book.worksheets[0].max_row != 2 or book.worksheets[0].max_column != 3:
        found.append("other rows or columns")
    if book.defined_names:
        found.append("names")
    return found


def in_ics(text: str) -> Effects:
    """Whether a calendar has other entries or properties, for three readers."""
    made, harmless = _calendar(text), _calendar(HARMLESS)
    found = _complaints(made)
    if _read(made) != _read(harmless):
        found.append("icalendar reads another structure")
    if _simple_shape(made) != _simple_shape(harmless):
        found.append("vobject reads another structure")
    naive = [
        line.partition(":")[0] for line in made.splitlines() if not line.startswith((" ", "\t"))
    ]
    plain = [line.partition(":")[0] for line in harmless.splitlines() if line[:1] not in " \t"]
    if naive != plain:
        found.append("a plain reader sees other lines")
    return found


def _calendar(text: str) -> str:
    entries = [
        Appointment(
            uid="1@test",
            sequence=0,
            start=NOON,
            end=NOON + timedelta(hours=1),
            changed=NOON,
            summary=text,
            location=text,
            description=f"Notiz {text}",
        )
    ]
    return calendar_text(entries, name=text, refresh_minutes=60)


def shape(content: str | bytes) -> Counter[tuple[str, ...]]:
    """Which components and properties a calendar has."""
    calendar = icalendar.Calendar.from_ical(content)
    return Counter((str(one.name), *sorted(one.keys())) for one in calendar.walk())


def _complaints(content: str) -> list[str]:
    try:
        return complaints(content.encode())
    except KeyError as error:
        return [f"holds a {error}"]


def _read(content: str) -> Counter[tuple[str, ...]]:
    try:
        return shape(content)
    except ValueError:
        return Counter()


def _simple_shape(content: str) -> Counter[tuple[str, ...]]:
    try:
        found = vobject.readOne(content)
    except Exception as error:  # whatever a reader stumbles over
        return Counter({(type(error).__name__,): 1})
    return Counter(_contents(found))


def _contents(component: Any) -> Iterator[tuple[str, ...]]:
    yield component.name, *sorted(child.name for child in component.getChildren())
    for inner in component.components():
        yield from _contents(inner)


def parcel(text: str, *, recipient: str = TO) -> Parcel:
    """A mail in which the text stands wherever people's own words may.

    In running text only what bodies take in as one line: names and towns.
    """
    line = wording.one_line(text)
    made = wording.letter(
        "de",
        text,
        subject=f"Anfrage: {text}",
        lead=f"können Sie bei {line} helfen?",
        facts=[("where", text), ("who", text)],
        action=("Jetzt antworten", "http://test/a/lw_geheimes-wort"),
        after=line,
        short=line,
        calendar=_calendar(text),
    )
    return Parcel(
        message_id=UUID(int=7),
        event="offer",
        locale="de",
        sponsor=text,
        recipient=recipient,
        subject=made.subject,
        body=made.body,
        short=made.short,
        calendar=made.calendar,
        made_at=NOON,
    )


def in_mail(text: str) -> Effects:
    """Whether a mail has other headers, parts or recipients, for both readers of Python."""
    made = mail.compose(parcel(text), SENDER).as_bytes(policy=SMTP)
    return mail_effects(made) + _as_recipient(text)


def mail_effects(content: bytes) -> Effects:
    """What a mail has that the harmless one has not."""
    found, harmless = [], _harmless_mail()
    for policy in (default, compat32):
        made = email.message_from_bytes(content, policy=policy)  # type: ignore[call-overload]
        plain = email.message_from_bytes(harmless, policy=policy)  # type: ignore[call-overload]
        if _headers(made) != _headers(plain):
            found.append("other headers or parts")
        for name in ("To", "From", "Cc", "Bcc", "Reply-To", "Sender"):
            said = [str(value) for value in made.get_all(name, [])]
            right = [str(value) for value in plain.get_all(name, [])]
            if getaddresses(said) != getaddresses(right):
                found.append(f"{name}: {said}")
    return found


def in_mail_by_hand(text: str) -> Effects:
    """What a text does in the subject of a mail that no library puts together: a control."""
    subject = f"Subject: Anfrage: {text}".encode()
    bare = mail.compose(parcel(HARMLESS), SENDER).as_bytes()
    return mail_effects(bare.replace(b"Subject: Anfrage: Ada Beispiel", subject, 1))


def as_source(text: str) -> Effects:
    """What a text does that is typeset as if it were our own source: a control."""
    if "while true" in text:
        return ["never ends"]
    try:
        return pdf_effects(typst.compile(text.encode(), format="pdf"))
    except (typst.TypstError, ValueError) as error:
        return [str(error)]


@cache
def _harmless_mail() -> bytes:
    return mail.compose(parcel(HARMLESS), SENDER).as_bytes(policy=SMTP)


def _headers(message: Message) -> list[tuple[str, ...]]:
    return [(*part.keys(), part.get_content_type()) for part in message.walk()]


def _as_recipient(text: str) -> Effects:
    """Whether a text that came as an address reaches more than one."""
    try:
        made = mail.compose(parcel(HARMLESS, recipient=text), SENDER)
    except Undelivered:
        return []
    read = email.message_from_bytes(made.as_bytes(policy=SMTP), policy=default)
    assert isinstance(read, EmailMessage)
    addresses = [one.addr_spec for one in read["To"].addresses]
    return [] if addresses == [text.strip()] else [f"goes to {addresses}"]


class _Tags(HTMLParser):
    """Which tags a page has, and with which attributes."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.seen: Counter[tuple[str, ...]] = Counter()

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        """Note a tag; where an address stands, note it too."""
        links = [str(value) for name, value in attrs if name in ("href", "src", "action")]
        self.seen[(tag, *(name for name, _ in attrs), *links)] += 1

    def handle_comment(self, data: str) -> None:
        """Note a comment."""
        self.seen["<!--",] += 1

    def handle_decl(self, decl: str) -> None:
        """Note a declaration."""
        self.seen["<!", decl] += 1


LAYOUT = frozenset({
    ("br",), ("p",), ("p", "style"), ("table", "class", "style"), ("tr", "class"),
    ("th", "scope", "style"), ("td", "style"),
})  # fmt: skip
"""Lines, and rows of facts in a mail: a text with a colon near its beginning looks like a fact."""


def tags(page: str) -> Counter[tuple[str, ...]]:
    """The tags of a page, without those of its layout."""
    reader = _Tags()
    reader.feed(page)
    reader.close()
    return Counter({tag: n for tag, n in reader.seen.items() if tag not in LAYOUT})


def in_html(text: str, page: Callable[[str], str] | None = None) -> Effects:
    """Whether a page, or a mail as a page, has other tags, attributes or links."""
    make = page or (lambda words: html.page(parcel(words)))
    more = tags(make(text)) - tags(make(HARMLESS))
    return [str(tag) for tag in more]


def in_xml(text: str, write: Callable[[str], bytes]) -> Effects:
    """Whether a file in XML (such as one for a bank) reads otherwise; it must be readable."""
    try:
        made = ET.fromstring(write(text))  # noqa: S314 - written by ourselves
    except ET.ParseError as error:
        return [f"unreadable: {error}"]
    plain = ET.fromstring(write(HARMLESS))  # noqa: S314
    if [one.tag for one in made.iter()] != [one.tag for one in plain.iter()]:
        return ["other elements"]
    if [sorted(one.attrib) for one in made.iter()] != [sorted(one.attrib) for one in plain.iter()]:
        return ["other attributes"]
    return []


def document(texts: Sequence[str]) -> bytes:
    """The document of an export with these texts in every place that people fill."""
    rows = [[text, text] for text in texts]
    content = {
        "locale": "de",
        "title": texts[0],
        "note": texts[0],
        "words": {name: labels.word(name, "de") for name in labels.WORDS},
        "head": rows,
        "classes": [{"name": text, "rows": [[text, text]]} for text in texts],
        "sections": [{"title": text, "more": False, "rows": [[[text, text]]]} for text in texts],
    }
    return typesetting.compiled(privacy_document.TEMPLATE, content, [])


def pdf_effects(content: bytes) -> Effects:
    """What a PDF does or where it leads: nothing and nowhere."""
    reader = pypdf.PdfReader(io.BytesIO(content))
    root = reader.trailer["/Root"].get_object()
    found = [name for name in ("/OpenAction", "/AA", "/AcroForm", "/Names") if name in root]
    for number, page in enumerate(reader.pages, start=1):
        if "/AA" in page:
            found.append(f"page {number} acts")
        for one in page.get("/Annots", ()):
            action = one.get_object().get("/A", {})
            if action.get("/S") in ("/URI", "/JavaScript", "/Launch", "/GoToR", "/SubmitForm"):
                found.append(f"page {number}: {action}")
        if [round(float(side)) for side in page.mediabox[2:]] != [595, 842]:
            found.append(f"page {number} has another size")
    return found + [f"{name} is attached" for name in reader.attachments]


def in_pdf(text: str) -> Effects:
    """Whether the document of an export does anything."""
    return pdf_effects(document([text]))
