"""The German words in which people say when they can."""

from scheduling.phrases import readers
from scheduling.phrases.kinds import EVERY_DAY, WHOLE_DAY, WORKDAYS, Kind
from scheduling.phrases.readers import Reader, always

Rule = tuple[Kind, str, Reader]
_NOTHING = always()

END = r"(?![^\W_])"
BEFORE_PART = r"(?=[\s-]*(?:vor|nach)?(?:mittag|abend))"
_LONG = r"(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag)"
DAY = (
    rf"(?:{_LONG}s?{END}|{_LONG}{BEFORE_PART}"
    rf"|(?:mo|di|mi|do|fr|sa|so){END})\.?"
)
TIME = r"(\d{1,2})(?:[:.](\d{2}))?(?!\d)(?:\s*(?:uhr|h)" + END + ")?"
NO_DATE = r"(?!\d{1,2}\.\s*(?:0?[1-9]|1[0-2])\.)"
DATE = r"(?:\d{1,2}\.\s?\d{1,2}\.\s?(?:\d{4}|\d{2})(?!\d)|\d{4}-\d{2}-\d{2}(?!\d))"
_LAST = rf"(?:\s+(?:zum|einschl\.|einschließlich))?\s*(?P<last>{DATE})"
_AT_THE_END = r"(?=\s*(?:[,;.)|\n]|$))"
_HOLIDAYS = r"(?:schul)?ferien"
_IN = r"(?:in|während)\s+(?:den\s+|der\s+)?"
_EXCEPT = r"(?:außer|ausser|nicht|nur\s+nicht|ausgenommen|ohne)"
_FILLERS = (
    r"uhr|am|an|im|in|der|den|dem|die|das|von|auch|immer|jede\s+woche|jeden|jede|jeweils|wöchentlich"
    r"|verfügbar|möglich|zeiten|zeit|zeitlich|kann|ich|habe?|bin|da|gerne?|zusätzlich|außerdem"
    r"|ausserdem|dann|regelmäßig|aber|jedoch|allerdings|leider|geht|ab\s+sofort"
)

_SEASONS: tuple[Rule, ...] = (
    (
        Kind.SEASON,
        rf"{_EXCEPT}\s+(?:in\s+|während\s+)?(?:den\s+|der\s+)?{_HOLIDAYS}"
        rf"|(?:nur\s+)?(?:außerhalb|ausserhalb)\s+(?:der\s+)?{_HOLIDAYS}"
        rf"|{_IN}{_HOLIDAYS}\s+(?:leider\s+)?(?:gar\s+)?nicht(?:\s+(?:da|verfügbar|möglich))?{_AT_THE_END}"
        r"|(?:nur\s+)?(?:während|in)\s+der\s+schulzeit",
        always(1, 1),
    ),
    (Kind.SEASON, rf"(?:nur|ausschließlich)\s+{_IN}{_HOLIDAYS}", always(2, 1)),
    (Kind.SEASON, rf"auch\s+{_IN}{_HOLIDAYS}", always(0, 1)),
    (Kind.SEASON, rf"{_IN}{_HOLIDAYS}", always(2, 0)),
)

_DATES: tuple[Rule, ...] = (
    (
        Kind.VALIDITY,
        rf"(?:gültig\s+)?(?:vom|von|ab|zwischen)\s+(?:dem\s+)?(?P<first>{DATE})\s*(?:-|bis){_LAST}",
        readers.validity,
    ),
    (Kind.VALIDITY, rf"(?P<first>{DATE})\s*(?:-|bis){_LAST}", readers.validity),
    (
        Kind.VALIDITY,
        rf"(?:gültig\s+)?(?:erst\s+)?ab\s+(?:dem\s+)?(?P<first>{DATE})",
        readers.validity,
    ),
    (Kind.VALIDITY, rf"(?:gültig\s+)?(?:nur\s+)?bis{_LAST}", readers.validity),
    (Kind.UNKNOWN, rf"{DATE}|\d{{1,2}}\.\s*(?:0?[1-9]|1[0-2])\.", _NOTHING),
)

_WEEKS: tuple[Rule, ...] = (
    (
        Kind.PARITY,
        r"(?:nur\s+)?(?:(nicht|außer|ausser)\s+)?(?:in\s+)?(?:den\s+|jeder\s+|jede\s+|allen\s+)?"
        rf"(un)?gerade[nr]?\s+(?:kalender)?(?:wochen?|kw){END}",
        readers.parity,
    ),
    (
        Kind.PARITY,
        rf"(?:nur\s+)?(?:(nicht)\s+)?(?:in\s+)?(?:kw|kalenderwochen?)\s+(un)?gerade{END}",
        readers.parity,
    ),
    (
        Kind.EVERY,
        r"(?:nur\s+)?(?:jede|alle)[nrs]?\s+(?:(\d)\.?|(zweiten?|dritten?|vierten?|zwei|drei|vier))\s+"
        rf"(?:wochen?|kw){END}",
        readers.weeks,
    ),
    # "jeden dritten Montag" may be the third one of a month; the second one is every other week.
    (Kind.EVERY, rf"(?:nur\s+)?jede[nrs]?\s+(?:2\.|zweiten?)\s+(?={DAY})", always(2)),
    (
        Kind.EVERY,
        r"(?:nur\s+)?(?:(?:14|vierzehn)[\s-]*t[äa]e?gig|alle\s+(?:14|vierzehn)\s+tage"
        r"|zweiwöchentlich|(?:2|zwei)[\s-]*wöchig|2[\s-]*wöchentlich)",
        always(2),
    ),
)

_DAY_RULES: tuple[Rule, ...] = (
    (
        Kind.DAYS,
        r"(?:t(?:ä|ae)gl(?:ich|\.)?|tgl\.?|jeden\s+tag|alle\s+tage|mo\.?\s*-\s*so\b\.?)",
        always(*EVERY_DAY),
    ),
    (
        Kind.DAYS,
        r"werktags?|wochentags?|unter\s+der\s+woche|an\s+(?:werk|wochen)tagen",
        always(*WORKDAYS),
    ),
    (Kind.DAYS, r"(?:am\s+)?wochenende?s?|we", always(5, 6)),
    (Kind.UNKNOWN, rf"{DAY}\s*-\s*{DAY}\s*-\s*{DAY}", _NOTHING),
    (Kind.DAYS, rf"({DAY})\s*(?:-|bis)\s*({DAY})", readers.day_range),
)

_TIME_RULES: tuple[Rule, ...] = (
    (Kind.PART, r"vor-?\s*(?:und|u\.|\+|/|&)\s*nachmittags?", always(480, 720, 780, 1020)),
    (
        Kind.PART,
        r"(?:vor|nach)mittage?n?s?|(?:vorm|nachm)\.|nachm|vorm(?!\s*[^\W_])|[vn]m\.?"
        r"|abende?n?s?|mittags?",
        readers.part,
    ),
    (
        Kind.PART,
        r"ganztags?|ganztägig|ganztaegig|(?:den\s+)?ganzen?r?\s+tag",
        always(*WHOLE_DAY),
    ),
    (Kind.DAYS, DAY, readers.day),
    (
        Kind.SPAN,
        rf"(?:(?:von|ab|zwischen|zw\.)\s+)?{NO_DATE}{TIME}\s*(?:-|bis)\s*{NO_DATE}{TIME}",
        readers.span,
    ),
    (Kind.SPAN, rf"(?:zwischen|zw\.)\s+{TIME}\s*(?:und|u\.)\s*{TIME}", readers.span),
    (
        Kind.NOT_BEFORE,
        rf"(?:nicht\s+vor|frühestens(?:\s+ab)?|(?:erst|nur)\s+ab)\s+{NO_DATE}{TIME}",
        readers.moment,
    ),
    (
        Kind.NOT_AFTER,
        rf"(?:nicht\s+(?:nach|später\s+als)|spätestens(?:\s+bis)?|(?:nur\s+)?bis\s+spätestens"
        r"|nur\s+bis)"
        rf"\s+{NO_DATE}{TIME}",
        readers.moment,
    ),
    (Kind.FROM, rf"(?:ab|nach)\s+{NO_DATE}{TIME}", readers.moment),
    (Kind.UNTIL, rf"(?:bis|vor)\s+{NO_DATE}{TIME}", readers.moment),
    (Kind.FLEXIBLE, r"flexibel|flexible?r?|jederzeit", _NOTHING),
)

_REQUEST = (
    r"n\.\s*v\.?|nv|n\.\s*abspr(?:\.|ache)?"
    r"|nach\s+(?:(?:tel\.|\w+er)\s+)?(?:vereinbarung|vereinb\.|absprache|abspr\.?|rücksprache)"
    r"|auf\s+anfrage"
)

_OTHER_WORDS: tuple[Rule, ...] = (
    (
        Kind.NOTHING_ELSE,
        r"(?:sonst|ansonsten)\s+(?:gar\s+|leider\s+)?(?:nicht|nie)(?:\s+(?:da|verfügbar|möglich))?"
        rf"{_AT_THE_END}",
        _NOTHING,
    ),
    (Kind.ELSE, r"sonst|ansonsten", _NOTHING),
    (Kind.NOT, r"(?:nur\s+)?nicht|außer|ausser|ohne|keine?n?|nie|ausgenommen", _NOTHING),
    (Kind.ONLY, r"nur|ausschließlich", _NOTHING),
    (
        Kind.SOFT,
        r"evtl\.?|eventuell|ggf\.?|notfalls|manchmal|vielleicht|zur\s+not",
        _NOTHING,
    ),
    # A dash where times would stand: "Mo 8-12, Di -, Mi 8-12".
    (Kind.UNKNOWN, r"(?<=[^\s-])[ \t]*-(?=\s*(?:[,;|)\n]|$))", _NOTHING),
    (Kind.SEPARATOR, r"[,\n\r•]", _NOTHING),
    (Kind.STOP, r"[;|]|\.(?=\s)", _NOTHING),
    (Kind.CLOSING, r"\)", _NOTHING),
    (Kind.AND, r"und|u\.?|sowie|oder|[+&/]", _NOTHING),
    (Kind.FILLER, rf"(?:{_FILLERS})", _NOTHING),
)

GERMAN: tuple[Rule, ...] = (
    *_SEASONS,
    *_DATES,
    *_WEEKS,
    (Kind.ON_REQUEST, rf"(?:gerne?\s+)?(?:auch|zusätzlich)\s+(?:{_REQUEST})", always(1)),
    (Kind.ON_REQUEST, _REQUEST, _NOTHING),
    *_DAY_RULES,
    *_TIME_RULES,
    *_OTHER_WORDS,
)
"""Kind, pattern and reader of each rule; the first one that fits is taken."""
