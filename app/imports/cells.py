"""Single cells: names, codes, choices. Each reader raises ValueError for what it cannot read."""

import re
from collections.abc import Mapping

from schwifty import IBAN

from app.names import folded
from scheduling.languages import LEVELS

_BLANK = frozenset(("-", "--", "–", "—", "/", "k.a.", "k. a.", "ka", "keine angabe", "n/a", "./."))

_ERRORS = frozenset((
    "#N/A", "#NV", "#WERT!", "#VALUE!", "#REF!", "#BEZUG!", "#DIV/0!", "#NAME?", "#NUM!", "#ZAHL!",
    "#NULL!", "#SPILL!", "#ÜBERLAUF!", "#CALC!",
))  # fmt: skip
_GENDERS = {
    "f": ("w", "f", "weiblich", "frau", "female", "weibl", "fr", "dolmetscherin"),
    "m": ("m", "maennlich", "mann", "herr", "male", "maennl", "hr"),
    "d": ("d", "divers", "x", "nonbinaer", "nichtbinaer"),
}
_ANY = frozenset((
    "egal", "beide", "beides", "wm", "mw", "mwd", "wmd", "keinepraeferenz", "unwichtig", "offen",
    "beliebig", "kein", "keine", "keinevorgabe", "unerheblich", "gleichgueltig", "woderm", "moderw",
    "beidemoeglich", "alle", "frauodermann", "mannoderfrau",
))  # fmt: skip
_MUST = r"\b(?:nur|zwingend|unbedingt|ausschließlich)\b"
_PREFERRED = (
    r"\b(?:bitte|gerne?|lieber|bevorzugt|möglichst|wenn möglich|wunsch|gewünscht|erwünscht|eher)\b"
)
_MODES = {
    "on_site": (
        "vorort", "persoenlich", "praesenz", "inpraesenz", "praesenztermin", "einrichtung",
        "indereinrichtung", "vo", "facetoface", "onsite", "inperson",
    ),
    "phone": (
        "telefon", "telefonisch", "tel", "pertelefon", "amtelefon", "anruf", "telefonat", "telef",
        "telefondolmetschen", "telefongespraech", "telgespraech", "phone", "byphone",
    ),
    "video": (
        "video", "online", "videokonferenz", "videocall", "pervideo", "videotelefonie", "digital",
        "videodolmetschen", "zoom", "teams", "virtuell", "msteams", "webex", "bigbluebutton",
        "skype", "jitsi", "perzoom", "pervideokonferenz", "onlinegespraech",
    ),
}  # fmt: skip
_YES = frozenset((
    "ja", "j", "x", "vorhanden", "liegtvor", "erbracht", "ok", "yes", "y", "gesehen", "geimpft",
    "immun", "nachgewiesen", "nachweisliegtvor",
))  # fmt: skip
_NO = frozenset(("nein", "n", "fehlt", "nichtvorhanden", "liegtnichtvor", "ausstehend", "offen"))
_NOT_NEEDED = frozenset(
    ("nichtnoetig", "nichterforderlich", "entfaellt", "nichtnotwendig", "unnoetig", "nn")
)
_NO_LIMIT = frozenset(("unbegrenzt", "keinegrenze", "egal", "keinlimit", "flexibel"))

_INTERPRETER = re.compile(
    r"\w*(?:dolm\b|dolmetsch|sprachmittl|sprachlots|kulturmittl|uebersetz)\w*|\bld\b|\binterpret\w*"
)
_GUIDE = re.compile(r"\w*(?:lots|begleit|kuemmer)\w*|\bil\b|\bguides?\b")
_BOTH = re.compile(r"\b(?:beides?|beide rollen|both(?: roles)?)\b")
_COORDINATING = re.compile(r"\w*koord\w*\.?")
_FILLER = re.compile(
    r"\b(?:in|innen|n|und|u|oder|sowie|als|ehrenamtliche?r?|laien?|integrations?|sprach|kultur"
    r"|er|ist|m|w|d)\b|[^\w]|_"
)
_DENIED = re.compile(r"\b(?:kein|keine|nicht|ehemalig\w*|ausgeschieden|frueher\w*)\b")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})

_UNITS = re.compile(
    r"(\d{1,3})(?:[.,]0)?\s*(?:ue|ustd\.?|unterrichtseinheiten|stunden|std\.?|h)?", re.I
)
_LEVEL = re.compile(
    r"(?:niveau|level|stufe|telc|goethe|ger|ca\.?)?\s*([ABC])\s?([12])\s*\+?", re.IGNORECASE
)
_NATIVE = re.compile(r"(?:muttersprach\w*|erstsprache|native|ms)", re.I)
_BRACKETS = re.compile(r"\([^)]*\)")
_ROUNDED = re.compile(r"\d[.,]\d+E\+?\d+", re.IGNORECASE)
_EMAIL = re.compile(r"[^@\s,;<>()\"]+@[^@\s,;<>()\".]+(?:\.[^@\s,;<>()\".]+)+")
_PLACE = re.compile(r"(\S+)[\s,]+(.+)")


def is_blank(text: str) -> bool:
    """Whether a cell says nothing: empty, a dash, "k. A."."""
    return not text.strip() or text.strip().lower() in _BLANK


def is_formula(text: str) -> bool:
    """Whether a cell is a formula or the error a sheet shows instead of its result."""
    return text.startswith("=") or is_error(text)


def is_error(text: str) -> bool:
    """Whether a cell is the error that a sheet shows instead of a result."""
    return text.strip().upper() in _ERRORS


def refuse_formula(text: str) -> str:
    """The text, when it is no formula: what a formula gives is never worked out."""
    if is_formula(text):
        raise ValueError(f"{text!r} is a formula or its error")
    return text


def one_of(table: Mapping[str, tuple[str, ...]], text: str) -> str:
    """The key under which a word stands in a table of words.

    Raises
    ------
    ValueError
        If it stands under none.
    """
    word = folded(text)
    for key, words in table.items():
        if word in words:
            return key
    raise ValueError(f"{text!r} is none of {', '.join(table)}")


def read_gender(text: str) -> str:
    """ "f", "m" or "d" for ``w``, ``weiblich``, ``Frau``, ``m``, ``divers`` and the like."""
    return one_of(_GENDERS, text)


def read_wish(text: str) -> tuple[str, bool]:
    """The gender column of a request: "f", "m" or "any", and whether it is a hard wish.

    Only a word such as "nur" or an exclamation mark makes a wish hard.
    """
    hard = re.search(rf"{_MUST}|!", text, re.IGNORECASE) is not None
    word = re.sub(rf"{_MUST}|{_PREFERRED}", " ", text, flags=re.IGNORECASE)
    if folded(word) in _ANY:
        return "any", False
    found = one_of({key: _GENDERS[key] for key in ("f", "m")}, word)
    return found, hard


def read_mode(text: str) -> str:
    """ "on_site", "phone" or "video"."""
    return one_of(_MODES, text)


def read_measles(text: str) -> str:
    """ "yes", "no" or "not_needed"."""
    word = folded(_BRACKETS.sub(" ", text))
    for answer, words in (("yes", _YES), ("no", _NO), ("not_needed", _NOT_NEEDED)):
        if word in words:
            return answer
    raise ValueError(f"{text!r} does not say whether the measles proof is there")


def says_no(text: str) -> bool:
    """Whether the cell of a paper says that it is not there."""
    return folded(text) in _NO


def says_no_limit(text: str) -> bool:
    """Whether the cell of the weekly hours says that there is no limit."""
    return folded(text) in _NO_LIMIT


def read_roles(text: str) -> tuple[tuple[str, ...], bool, str]:
    """Roles ("interpreter", "guide"), whether she coordinates, and words left over.

    Raises
    ------
    ValueError
        If no role is named, or one is denied ("kein Lotse").
    """
    words = text.lower().translate(_UMLAUTS)
    if _DENIED.search(words):
        raise ValueError(f"{text!r} denies a role")
    rest, coordinating = _COORDINATING.subn(" ", words)
    rest, interpreter = _INTERPRETER.subn(" ", rest)
    rest, guide = _GUIDE.subn(" ", rest)
    rest, both = _BOTH.subn(" ", rest)
    named = (("interpreter", interpreter or both), ("guide", guide or both))
    roles = tuple(role for role, found in named if found)
    if not roles:
        raise ValueError(f"{text!r} names no role")
    left = "".join(_FILLER.sub(" ", rest).split())
    return roles, bool(coordinating), text if left else ""


def read_service(text: str) -> str:
    """The role a request needs: "guide" for Begleitung, "interpreter" for Dolmetschen."""
    roles, _, _ = read_roles(text)
    if len(roles) != 1:
        raise ValueError(f"{text!r} names more than one role")
    return roles[0]


def read_level(text: str) -> str:
    """One of `scheduling.languages.LEVELS`; of two levels the lower one."""
    if _NATIVE.fullmatch(text.strip()):
        return "native"
    levels = []
    for part in re.split(r"[/–-]|\bbis\b", _BRACKETS.sub("", text).strip()):
        match = _LEVEL.fullmatch(part.strip())
        if match is None:
            raise ValueError(f"{text!r} is no language level")
        levels.append(f"{match[1]}{match[2]}".upper())
    return min(levels, key=LEVELS.index)


def read_units(text: str) -> int:
    """Units of 45 minutes such as ``24`` or ``24 UE``."""
    match = _UNITS.fullmatch(text.strip())
    if match is None or int(match[1]) == 0:
        raise ValueError(f"{text!r} is no number of units")
    return int(match[1])


def read_iban(text: str) -> str:
    """An IBAN without spaces, its length and check digits tested (SchwiftyException)."""
    bare = re.sub(r"^IBAN:?\s*|(?<=\w)[-.](?=\w)", "", text.strip(), flags=re.IGNORECASE)
    return str(IBAN(bare).compact)


def read_email(text: str) -> str:
    """One e-mail address; umlauts and apostrophes are allowed."""
    address = text.strip().removeprefix("mailto:")
    if not _EMAIL.fullmatch(address):
        raise ValueError(f"{text!r} is no e-mail address")
    return address


def read_phone(text: str) -> str:
    """A phone number, kept as it is written; one that a sheet rounded ("1,51E+11") is lost."""
    if sum(c.isdigit() for c in text) < 3 or _ROUNDED.fullmatch(text.strip()):
        raise ValueError(f"{text!r} is no phone number")
    return text.strip()


def read_name(text: str) -> str:
    """A name in any script; a dash stands for "none" in a one-word name."""
    if is_blank(text):
        if text.strip():
            return ""
        raise ValueError("a name is missing")
    if not any(c.isalpha() for c in text):
        raise ValueError(f"{text!r} is no name")
    return text.strip()


def split_name(text: str, *, surname_first: bool) -> tuple[str, str]:
    """Surname and given name of one cell; one word is a surname."""
    if not read_name(text):
        raise ValueError("a name is missing")
    if "," in text:
        surname, given = (part.strip() for part in text.split(",", 1))
        return (surname, given) if surname else (given, "")
    words = text.split()
    if surname_first:
        return words[0], " ".join(words[1:])
    return words[-1], " ".join(words[:-1])


def split_place(text: str) -> tuple[str, str]:
    """Postal code and town of one cell such as ``61191 Rosbach v.d.H.``."""
    match = _PLACE.fullmatch(text.strip())
    return (match[1], match[2]) if match else (text.strip(), "")
