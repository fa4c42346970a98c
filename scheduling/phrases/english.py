"""The English words in which people say when they can: the common ones, the rest is asked about."""

from scheduling.phrases import readers
from scheduling.phrases.grammar import END, NO_DATE, TIME, Rule
from scheduling.phrases.kinds import EVERY_DAY, WHOLE_DAY, WORKDAYS, Kind
from scheduling.phrases.readers import always

_NOTHING = always()
_DAY = (
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?"
    rf"|(?:mon|tues?|wed|thu|thurs?|fri|sat|sun){END})\.?"
)
_HOLIDAYS = r"(?:in|during)\s+(?:the\s+)?school\s+holidays"

ENGLISH: tuple[Rule, ...] = (
    (
        Kind.SEASON,
        rf"(?:not|except)\s+{_HOLIDAYS}|(?:only\s+)?(?:in|during)\s+term\s+time"
        r"|outside\s+(?:of\s+)?(?:the\s+)?school\s+holidays",
        always(1, 1),
    ),
    (Kind.SEASON, rf"only\s+{_HOLIDAYS}", always(2, 1)),
    (Kind.SEASON, rf"also\s+{_HOLIDAYS}", always(0, 1)),
    (Kind.SEASON, _HOLIDAYS, always(2, 0)),
    (
        Kind.PARITY,
        rf"(?:only\s+)?(?:in\s+)?(even|odd)\s+(?:calendar\s+)?weeks?{END}",
        readers.english_parity,
    ),
    (
        Kind.EVERY,
        r"(?:only\s+)?every\s+(?:(\d)(?:nd|rd|th)?|(second|other|two|three))\s+weeks?",
        readers.weeks,
    ),
    (Kind.ON_REQUEST, r"on\s+request|by\s+(?:arrangement|appointment)", _NOTHING),
    (Kind.DAYS, r"daily|every\s+day", always(*EVERY_DAY)),
    (Kind.DAYS, r"(?:on\s+)?weekdays", always(*WORKDAYS)),
    (Kind.DAYS, r"(?:on\s+|at\s+)?weekends?", always(5, 6)),
    (Kind.UNKNOWN, rf"{_DAY}\s*-\s*{_DAY}\s*-\s*{_DAY}", _NOTHING),
    (Kind.DAYS, rf"({_DAY})\s*(?:-|to|until|through)\s*({_DAY})", readers.day_range),
    (Kind.DAYS, _DAY, readers.day),
    (Kind.PART, r"(?:mornings?|afternoons?|evenings?)", readers.part),
    (Kind.PART, r"all\s+day", always(*WHOLE_DAY)),
    (
        Kind.SPAN,
        rf"(?:from\s+)?{NO_DATE}{TIME}\s*(?:-|to|until|till)\s*{NO_DATE}{TIME}",
        readers.span,
    ),
    (Kind.SPAN, rf"between\s+{TIME}\s+and\s+{TIME}", readers.span),
    (Kind.NOT_BEFORE, rf"not\s+before\s+{NO_DATE}{TIME}", readers.english_moment),
    (Kind.NOT_AFTER, rf"not\s+after\s+{NO_DATE}{TIME}", readers.english_moment),
    (Kind.FROM, rf"(?:from|after)\s+{NO_DATE}{TIME}", readers.english_moment),
    (Kind.UNTIL, rf"(?:until|till|before)\s+{NO_DATE}{TIME}", readers.english_moment),
    (Kind.FLEXIBLE, r"any\s*time", _NOTHING),
    (Kind.ELSE, r"otherwise", _NOTHING),
    (Kind.NOT, r"not|except|never", _NOTHING),
    (Kind.ONLY, r"only", _NOTHING),
    (Kind.SOFT, r"maybe|possibly|perhaps", _NOTHING),
    (Kind.AND, r"and|or", _NOTHING),
    (Kind.FILLER, r"on|the|also|available", _NOTHING),
)
"""Rules that are tried after the German ones."""
