"""The words in which people say when they can, as tokens."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum, auto

FIRST_MINUTE, LAST_MINUTE = 8 * 60, 20 * 60
WHOLE_DAY = (8 * 60, 18 * 60)
WORKDAYS = (0, 1, 2, 3, 4)
EVERY_DAY = (*WORKDAYS, 5, 6)

_DAYS = ("mo", "di", "mi", "do", "fr", "sa", "so")
_PARTS = {"vor": (480, 720), "nach": (780, 1020), "abend": (1020, 1200), "mittag": (720, 840)}
_NUMBERS = {"zwei": 2, "drei": 3, "vier": 4, "zweite": 2, "dritte": 3, "vierte": 4}


class Kind(Enum):
    """What a word does in a sentence about availability."""

    DAYS = auto()
    SPAN = auto()
    FROM = auto()
    UNTIL = auto()
    NOT_BEFORE = auto()
    NOT_AFTER = auto()
    PART = auto()
    FLEXIBLE = auto()
    NOT = auto()
    ONLY = auto()
    SOFT = auto()
    ON_REQUEST = auto()
    EVERY = auto()
    TERM_TIME = auto()
    SEPARATOR = auto()
    AND = auto()
    FILLER = auto()
    UNKNOWN = auto()


LIMITS = frozenset({Kind.NOT_BEFORE, Kind.NOT_AFTER})
"""Times that cut what was said before; alone they mean the same as "ab" and "bis"."""
TIMES = LIMITS | {Kind.SPAN, Kind.FROM, Kind.UNTIL, Kind.PART, Kind.FLEXIBLE}


@dataclass(frozen=True)
class Token:
    """One word or sign: numbers are weekdays, minutes of the day or weeks, by its kind."""

    kind: Kind
    start: int
    end: int
    numbers: tuple[int, ...] = ()


_END = r"(?![^\W_])"
_LONG = r"(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag)"
_BEFORE_PART = r"(?=[\s-]*(?:vor|nach)?(?:mittag|abend))"
_DAY = (
    rf"(?:{_LONG}s?{_END}|{_LONG}{_BEFORE_PART}"
    rf"|(?:mo|di|mi|do|fr|sa|so){_END})\.?"
)
_TIME = r"(\d{1,2})(?:[:.](\d{2}))?(?!\d)(?:\s*(?:uhr|h)" + _END + ")?"
_ABOUT = r"\s+(?:ca\.?\s*)?"
_NO_DATE = r"(?!\d{1,2}\.\s*\d{1,2}\.)"
_LISTED_BEFORE = re.compile(r"(?:[+/&,]|\bund)\s*$")
_FILLERS = (
    r"uhr|am|an|im|in|der|den|dem|die|das|von|auch|immer|jeden|jede|jeweils|wöchentlich|sonst|ansonsten"
    r"|verfügbar|möglich|zeiten|zeitlich|kann|ich|gerne?|zusätzlich|außerdem|ausserdem|dann|regelmäßig"
    r"|aber|jedoch|allerdings"
)


def _minutes(match: re.Match[str]) -> tuple[int, ...]:
    """Minutes of the day of each time in the match; none when one of them is no time."""
    groups = match.groups()
    times = [(int(groups[i]), int(groups[i + 1] or 0)) for i in range(0, len(groups), 2)]
    if any(hour > 24 or minute > 59 or (hour == 24 and minute) for hour, minute in times):
        return ()
    return tuple(60 * hour + minute for hour, minute in times)


def _weekday(word: str) -> int:
    return 5 if word.startswith("sonnabend") else _DAYS.index(word[:2])


def _day(match: re.Match[str]) -> tuple[int, ...]:
    # The small word "so" alone means "about"; with a capital or among days it is the Sunday.
    listed = _LISTED_BEFORE.search(match.string, 0, match.start())
    if match[0] == "so" and not listed:
        return ()
    return (_weekday(match[0].casefold()),)


def _day_range(match: re.Match[str]) -> tuple[int, ...]:
    first, last = (_weekday(word.casefold()) for word in match.groups())
    return tuple((first + step) % 7 for step in range((last - first) % 7 + 1))


def _part(match: re.Match[str]) -> tuple[int, ...]:
    word = match[0].casefold()
    return next(span for start, span in _PARTS.items() if word.startswith((start, start[0] + "m")))


def _weeks(match: re.Match[str]) -> tuple[int, ...]:
    word = next((group for group in match.groups() if group), "2").casefold().rstrip("n")
    weeks = int(word) if word.isdigit() else _NUMBERS[word]
    # "jeden 1. Montag" comes back every month, not every week.
    return (weeks,) if weeks > 1 else ()


def _always(*numbers: int) -> Callable[[re.Match[str]], tuple[int, ...]]:
    return lambda _: numbers


_Reader = Callable[[re.Match[str]], tuple[int, ...]]
_NEEDS_NUMBERS = (TIMES - {Kind.FLEXIBLE}) | {Kind.DAYS, Kind.EVERY}
_NOTHING = _always()

_GRAMMAR: tuple[tuple[Kind, str, _Reader], ...] = (
    (
        Kind.TERM_TIME,
        r"(?:(?:außer|ausser|nicht|nur\s+nicht|ausgenommen)\s+(?:in\s+|während\s+)?(?:den\s+|der\s+)?"
        r"|außerhalb\s+der\s+|ausserhalb\s+der\s+)(?:schul)?ferien"
        r"|in\s+(?:den\s+)?(?:schul)?ferien\s+nicht"
        r"|(?:nur\s+)?(?:während|in)\s+der\s+schulzeit",
        _NOTHING,
    ),
    (Kind.UNKNOWN, r"\d{1,2}\.\s*(?:0?[1-9]|1[0-2])\.(?:\d{4}|\d{2})?", _NOTHING),
    (
        Kind.EVERY,
        r"(?:jede|alle)[nrs]?\s+(?:(\d)\.?|(zweiten?|dritten?|vierten?|zwei|drei|vier))\s+"
        rf"(?:wochen?{_END}|(?={_DAY}))",
        _weeks,
    ),
    (Kind.EVERY, r"14[\s-]*t[äa]e?gig|alle\s+14\s+tage|zweiwöchentlich|2[\s-]*wöchig", _always(2)),
    (
        Kind.ON_REQUEST,
        r"n\.\s*v\.?|nv|nach\s+(?:(?:tel\.|\w+er)\s+)?(?:vereinbarung|absprache|rücksprache)|auf\s+anfrage",
        _NOTHING,
    ),
    (
        Kind.DAYS,
        r"(?:t(?:ä|ae)gl(?:ich|\.)?|tgl\.?|jeden\s+tag|alle\s+tage|mo\.?\s*-\s*so\b\.?)",
        _always(*EVERY_DAY),
    ),
    (
        Kind.DAYS,
        r"werktags?|wochentags?|unter\s+der\s+woche|an\s+(?:werk|wochen)tagen",
        _always(*WORKDAYS),
    ),
    (Kind.DAYS, r"(?:am\s+)?wochenende?s?|we", _always(5, 6)),
    (Kind.UNKNOWN, rf"{_DAY}\s*-\s*{_DAY}\s*-\s*{_DAY}", _NOTHING),
    (Kind.DAYS, rf"({_DAY})\s*(?:-|bis)\s*({_DAY})", _day_range),
    (Kind.PART, r"vor-?\s*(?:und|u\.|\+|/|&)\s*nachmittags?", _always(480, 720, 780, 1020)),
    (
        Kind.PART,
        r"(?:vor|nach)mittage?n?s?|(?:vorm|nachm)\.|[vn]m\.?|abende?n?s?|mittags?",
        _part,
    ),
    (
        Kind.PART,
        r"ganztags?|ganztägig|ganztaegig|(?:den\s+)?ganzen?r?\s+tag",
        _always(*WHOLE_DAY),
    ),
    (Kind.DAYS, _DAY, _day),
    (
        Kind.SPAN,
        rf"(?:(?:von|ab|zwischen|zw\.)\s+)?{_NO_DATE}{_TIME}\s*(?:-|bis)\s*"
        rf"{_NO_DATE}{_TIME}",
        _minutes,
    ),
    (Kind.SPAN, rf"(?:zwischen|zw\.)\s+{_TIME}\s*(?:und|u\.)\s*{_TIME}", _minutes),
    (
        Kind.NOT_BEFORE,
        rf"(?:nicht\s+vor|frühestens(?:\s+ab)?|erst\s+ab){_ABOUT}{_NO_DATE}{_TIME}",
        _minutes,
    ),
    (
        Kind.NOT_AFTER,
        rf"(?:nicht\s+(?:nach|später\s+als)|spätestens(?:\s+bis)?|(?:nur\s+)?bis\s+spätestens)"
        rf"{_ABOUT}{_NO_DATE}{_TIME}",
        _minutes,
    ),
    (Kind.FROM, rf"(?:ab|nach){_ABOUT}{_NO_DATE}{_TIME}", _minutes),
    (Kind.UNTIL, rf"(?:bis|vor){_ABOUT}{_NO_DATE}{_TIME}", _minutes),
    (Kind.FLEXIBLE, r"flexibel|flexible?r?|jederzeit", _NOTHING),
    (Kind.NOT, r"nicht|außer|ausser|ohne|keine?n?|ausgenommen", _NOTHING),
    (Kind.ONLY, r"nur|ausschließlich", _NOTHING),
    (
        Kind.SOFT,
        r"evtl\.?|eventuell|ggf\.?|notfalls|manchmal|vielleicht|zur\s+not|eher|meist(?:ens)?"
        r"|bevorzugt|möglichst|am\s+liebsten",
        _NOTHING,
    ),
    (Kind.SEPARATOR, r"[,;|\n\r]|\.(?=\s)", _NOTHING),
    (Kind.AND, r"und|u\.|sowie|oder|[+&/]", _NOTHING),
    (Kind.FILLER, rf"(?:{_FILLERS})", _NOTHING),
)

_COMPILED = tuple(
    (kind, re.compile(rf"(?:{pattern})(?:(?<=[\W_])|{_END}|{_BEFORE_PART})", re.I), reader)
    for kind, pattern, reader in _GRAMMAR
)
_WORD = re.compile(r"[^\W_]+|.", re.S)
_SIGNS = frozenset(" \t().:!-–—*\"'")
_DASHES = str.maketrans(dict.fromkeys("–—‒−‐‑~", "-") | {"\u00a0": " "})  # noqa: RUF001


def normal(text: str) -> str:
    """The text with composed letters and one kind of dash."""
    return unicodedata.normalize("NFC", text).translate(_DASHES)


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a `normal` text; signs without meaning are left out."""
    position = 0
    while position < len(text):
        token = _token(text, position)
        position = token.end
        if text[token.start : token.end] not in _SIGNS:
            yield token


def _token(text: str, position: int) -> Token:
    for kind, pattern, reader in _COMPILED:
        match = pattern.match(text, position)
        if match is not None:
            numbers = reader(match)
            known = numbers or kind not in _NEEDS_NUMBERS
            return Token(kind if known else Kind.UNKNOWN, position, match.end(), numbers)
    match = _WORD.match(text, position)
    end = match.end() if match else len(text)
    return Token(Kind.UNKNOWN, position, end)
