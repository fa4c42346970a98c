"""The operator's own texts, read from a folder, and what is said in place of a missing one.

A text is plain: blank lines part paragraphs, `# ` begins a heading, `- ` an entry of a list.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from app.clock import now
from app.settings import Settings, get_settings

NAMES = ("imprint", "privacy", "accessibility")
LOCALES = ("de", "en")
DEFAULTS = Path(__file__).parent / "defaults"
MOST_BYTES = 64 * 1024
KEPT = timedelta(minutes=1)
"""So long a file is not looked at again."""
ONLY = {
    "de": "Diesen Text gibt es nur auf Englisch.",
    "en": "This text is available in German only.",
}
UNNAMED = {
    "de": "der Betreiber dieser Installation (sein Name ist noch nicht hinterlegt)",
    "en": "the operator of this installation (who has not given a name yet)",
}
UNREACHABLE = {
    "de": "Der Betreiber hat noch keine Kontaktdaten hinterlegt.",
    "en": "The operator has not given any contact details yet.",
}
LABELS = {"de": ("E-Mail", "Telefon"), "en": ("E-mail", "Telephone")}


@dataclass(frozen=True)
class Read:
    """What a file says, or why nothing is taken from it; neither where there is no file."""

    text: str = ""
    problem: str = ""


_read: dict[Path, tuple[datetime, Read]] = {}


def text_of(name: str, locale: str) -> str:
    """A text in a language: the operator's, also in the other language, or a default one."""
    settings = get_settings()
    own = _kept(_path(settings, name, locale)).text
    if own:
        return own
    other = _kept(_path(settings, name, _other(locale))).text
    return f"{ONLY[locale]}\n\n{other}" if other else default(name, locale, settings)


def default(name: str, locale: str, settings: Settings) -> str:
    """What is true of every installation, with the figures of this one."""
    text = (DEFAULTS / f"{name}.{locale}.md").read_text(encoding="utf-8")
    return text.strip().format(
        operator=settings.operator or UNNAMED[locale],
        contact=_contact(locale, settings),
        message_days=settings.message_days,
        free_text_days=settings.free_text_days,
        ended_days=settings.ended_days,
        import_days=settings.import_days,
        proposal_days=settings.proposal_days,
        accounting_years=settings.accounting_years,
    )


def notes(settings: Settings) -> list[str]:
    """Sentences about texts that are missing, or that nobody can read."""
    files = {path: look(path) for path in _paths(settings)}
    found = [f"{path} {read.problem}" for path, read in files.items() if read.problem]
    missing = [path.name for path, read in files.items() if not (read.text or read.problem)]
    if missing:
        where = settings.texts_folder
        found.append(f"Default texts stand in for {', '.join(missing)}: write them into {where}.")
    return found


def look(path: Path) -> Read:
    """Read a file: at most 64 KiB, in UTF-8."""
    try:
        if not path.is_file():
            return Read()
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        return Read(problem=f"cannot be read: {error.strerror}.")
    if len(content) > MOST_BYTES:
        return Read(problem="is larger than 64 KiB and is not shown.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return Read(problem="is not written in UTF-8 and is not shown.")
    return Read("\n".join(text.splitlines()).strip())


def _kept(path: Path) -> Read:
    """The file as it was within the last minute."""
    moment, known = now(), _read.get(path)
    if known is None or not timedelta() <= moment - known[0] < KEPT:
        known = _read[path] = moment, look(path)
    return known[1]


def _paths(settings: Settings) -> Iterator[Path]:
    return (_path(settings, name, locale) for name in NAMES for locale in LOCALES)


def _path(settings: Settings, name: str, locale: str) -> Path:
    return settings.texts_folder / f"{name}.{locale}.md"


def _other(locale: str) -> str:
    return "en" if locale == "de" else "de"


def _contact(locale: str, settings: Settings) -> str:
    ways = zip(LABELS[locale], (settings.contact_email, settings.contact_phone), strict=True)
    lines = [f"- {label}: {way}" for label, way in ways if way]
    return "\n".join(lines) or UNREACHABLE[locale]
