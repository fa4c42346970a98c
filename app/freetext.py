"""Whether a free text seems to hold data about a client: name, birth date, phone, diagnosis."""

import re

from app.errors import Invalid

# Words that follow "Frau" without being a name ("nur Frau bitte", "Frau Dolmetscherin").
_NO_NAME = (
    r"(?:bitte|gewünscht|bevorzugt|wenn|als|oder|und|dolmetscher\w*|lehrer\w*|kollegin|mit|wäre|"
    r"erwünscht|möglich\w*|wird|ist|muss)\b"
)
_NAME = re.compile(
    rf"\b(?:[Ff]rau|[Hh]errn?|[Ff]amilie|FRAU|HERRN?|Fam\.|Fr\.|Hr\.|Eheleute|Geschwister)\s+"
    rf"(?:(?:Dr|Prof)\.\s*)*(?!(?i:{_NO_NAME}))[^\W\d_a-zäöüß][\w'’-]+"
)
_CALLED = re.compile(
    r"\b(?:klient(?:in)?|mutter|vater|kind|schüler(?:in)?|patient(?:in)?|eltern|sohn|tochter)"
    r"\s*(?::|heißt)\s+(?-i:[A-ZÄÖÜ])[\w'’-]+",
    re.IGNORECASE,
)
_BORN = re.compile(
    r"\b(?:geb(?:oren)?|geburtsdatum|geb\.-?datum)\b\.?\s*(?:am)?\s*:?\s*\d"
    r"|\*\s*\d{1,2}\.\s*\d{1,2}\."
    r"|\b\d{1,2}\.\s?\d{1,2}\.\s?(?:19\d\d|200\d|201\d)\b"
    r"|\b(?:19\d\d|200\d|201\d)-\d{2}-\d{2}\b",
    re.IGNORECASE,
)
_PHONE = re.compile(
    r"(?<![\d.])(?:\+|00?)\d(?:[\s/()-]*\d){6,}|(?<!\d)0\d{3,4}\.\d{5,}"
    r"|\b(?:Tel|Telefon|Handy|Mobil)\b\.?:?\s*\d{5,}",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[a-z]{2,}", re.IGNORECASE)
_DIAGNOSIS = re.compile(
    r"\b(?:diagnos\w*|depressi\w*|diabet\w*|krebs\w*|tumor\w*|hiv|aids|hepatitis|tuberkulose|tbc"
    r"|epileps\w*|autis\w*|schizophren\w*|psychos\w*|psychisch\w*|ptbs|traumatisier\w*|adhs"
    r"|schwanger(?:e|en|er|schaft)?|suizid\w*|\w*behinder(?:t|te|ter|ten|ung)|demenz\w*|asthma"
    r"|schlaganfall|trisomie|down-syndrom|pflegegrad|trauma"
    r"|sucht(?:krank\w*)?|erkrank\w*|krankheit\w*|[A-TV-Z]\d{2}\.\d)\b",
    re.IGNORECASE,
)

PATTERNS = (
    ("name", _NAME),
    ("name", _CALLED),
    ("birth_date", _BORN),
    ("phone", _PHONE),
    ("email", _EMAIL),
    ("health", _DIAGNOSIS),
)
"""What each of them finds."""
_REST_OF_WORD = re.compile(r"[\w./-]*")


class NamesSomebody(Invalid):
    """What somebody wrote seems to name or describe a person, and can be said without."""

    de = "Im Text scheint etwas über einen Menschen zu stehen, etwa ein Name. Bitte weglassen."
    en = "The text seems to say something about a person, such as a name. Please leave it out."


def require_plain(text: str) -> None:
    """Refuse a text that seems to hold data about somebody."""
    if seems_personal(text):
        raise NamesSomebody


def seems_personal(text: str) -> bool:
    """Whether somebody should look at a free text before it is kept.

    Parameters
    ----------
    text : str
        A remark or topic of a request. "nur Frau!!" is a wish and no name.

    References
    ----------
    Article 5 (1) c GDPR: data minimisation; article 9 for diagnoses.
    """
    return personal_words(text) is not None


def personal_words(text: str) -> tuple[str, str] | None:
    """What a text seems to hold about somebody, and in which words: `("name", "Frau Muster")`."""
    for kind, pattern in PATTERNS:
        found = pattern.search(text)
        if found is not None:
            # A pattern may end within a word, such as at the first digit of a date.
            rest = _REST_OF_WORD.match(text, found.end())
            return kind, (found.group() + (rest.group() if rest else "")).strip()
    return None
