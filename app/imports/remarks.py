"""Remarks: the few that are rules are read, everything else stays a note."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from app.institutions.kinds import kinds_named
from scheduling.phrases import Absence, read_absence

_CLAUSES = re.compile(r"\s*[;\n]\s*|\s*,\s+|(?<=[!?])\s+|(?<=[a-zäöüß]\.)\s+(?=[A-ZÄÖÜ])")
_PHONE_ONLY = re.compile(
    r"(?:bitte )?(?:nur|ausschließlich) (?:telefonisch|telefon|tel|telef|per telefon|am telefon)"
    r"(?:e einsätze| einsetzbar| dolmetschen)?",
    re.IGNORECASE,
)
_NO_CAR = re.compile(
    r"(?:kein|ohne|hat kein|nicht mobil,? kein)(?: eigene[ns])? (?:auto|pkw|führerschein|fahrzeug)"
    r"|(?:fährt )?(?:nur )?(?:mit )?(?:öpnv|bus(?: und bahn)?)",
    re.IGNORECASE,
)
_ONLY = re.compile(
    r"(?:nur|ausschließlich) (?:in |an |bei |für )?(?:der |den )?(.+)", re.IGNORECASE
)
_NOT = re.compile(
    r"(?:nicht|kein|keine|nie) (?:in |im |ins |zu |zum |zur |bei |beim |an )?"
    r"(?:der |den |das |dem )?(.+)",
    re.IGNORECASE,
)
_AWAY = re.compile(r"urlaub|ferien|abwesen|verreist|unterwegs|\bkrank\b", re.IGNORECASE)
_JUST_AWAY = re.compile(
    r"(?:im |ist |in )?(?:urlaub|ferien|abwesend|abwesenheit|verreist|unterwegs|vom|von|bis|zum|am"
    r"|[\s\d.:–-])+",
    re.IGNORECASE,
)

_PERSON = r"(?: (?:dolmetscher\w*|person\w*|fachkr\w*|kraft|lots\w*|begleit\w*))?"
_WOMAN = (
    rf"(?:eine?r? )?(?:weibl(?:ich\w*|\.){_PERSON}|frau(?:en)?|dolmetscherin(?:nen)?"
    r"|lotsin(?:nen)?)"
)
_MAN = rf"(?:eine?n? )?(?:männl(?:ich\w*|\.){_PERSON}|mann|männer|herr(?:en)?)"
# A capital after the word makes it somebody's name: "nur Frau Demir".
_END = r"(?![\w'’-])(?!\s+(?-i:[A-ZÄÖÜ][a-zäöü]))"
_CLAUSE_END = r"(?=\s*(?:bitte\b|[,;.!?\n]|$))"
_HARD = (
    r"(?:(?<!nicht )\b(?:nur|ausschließlich|unbedingt|zwingend) (?:an |von )?{0}"
    + _END
    + r"|\b{0} (?:zwingend|unbedingt)(?: (?:erforderlich|nötig|notwendig|e?r?gewünscht))?"
    + _CLAUSE_END
    + r"|(?:^|[,;.!?\n]\s*|\bbitte )keine? {1}"
    + _CLAUSE_END
    + r")"
)
_ONLY_WOMAN = re.compile(_HARD.format(_WOMAN, _MAN), re.I)
_ONLY_MAN = re.compile(_HARD.format(_MAN, _WOMAN), re.I)
_SOFTLY = r"(?:bevorzugt|gewünscht|erwünscht|wenn möglich|wäre (?:gut|schön|besser))"
_WISHED = (
    r"(?:{0} {1}|(?:(?:bitte )?(?:gerne?|lieber|möglichst|bevorzugt|bitte|am liebsten) )+{0}{2})"
)
_RATHER_WOMAN = re.compile(_WISHED.format(rf"\b{_WOMAN}", _SOFTLY, _END), re.I)
_RATHER_MAN = re.compile(_WISHED.format(rf"\b{_MAN}", _SOFTLY, _END), re.I)
_SAME = re.compile(
    r"(?:\b(?:die|der|den)?selbe|\b(?:gleiche|dieselbe|selbe)r?)n? "
    r"(?:person|dolmetscher\w*|lots\w*|kraft|frau)\b",
    re.IGNORECASE,
)
_DENIED = re.compile(r"\b(?:nicht|kein|keine|andere|anderer)\b", re.IGNORECASE)
_POLITE = re.compile(
    r"\b(?:bitte|gerne|gern|wieder|die|der|den|möglichst|wenn|falls|möglich|wunsch|gewünscht|!)\b|\W",
    re.IGNORECASE,
)


@dataclass(slots=True)
class VolunteerRemark:
    """What a volunteer's remark says."""

    phone_only: bool = False
    only_kinds: tuple[str, ...] = ()
    excluded_kinds: tuple[str, ...] = ()
    transport: str | None = None
    absence: Absence | None = None
    note: str = ""
    unread_absence: bool = False


@dataclass(frozen=True, slots=True)
class RequestRemark:
    """What a request's remark says: "f" or "m", `only` as a hard wish, `rather` as a soft one."""

    only: str | None
    rather: str | None
    same_person_wished: bool
    note: str


def read_volunteer_remark(text: str, after: date) -> VolunteerRemark:
    """The rules in a volunteer's remark; an absence is its next occurrence after a day."""
    remark = VolunteerRemark()

    def apply(clause: str) -> bool:
        return any(rule(remark, clause) for rule in (_mobility, _kinds, _absence_after(after)))

    remark.note = _kept(text, apply)
    return remark


def read_request_remark(text: str) -> RequestRemark:
    """The wishes in a request's remark; other words stay the note."""
    only = _one_of(_ONLY_WOMAN.search(text), _ONLY_MAN.search(text))
    rather = _one_of(_RATHER_WOMAN.search(text), _RATHER_MAN.search(text))
    same = _SAME.search(text) is not None and not _DENIED.search(text)

    def is_wish(clause: str) -> bool:
        rest = clause
        for pattern, counts in (
            (_ONLY_WOMAN, only == "f"),
            (_ONLY_MAN, only == "m"),
            (_RATHER_WOMAN, rather == "f"),
            (_RATHER_MAN, rather == "m"),
            (_SAME, same),
        ):
            rest = pattern.sub(" ", rest) if counts else rest
        return rest != clause and not _POLITE.sub("", rest)

    return RequestRemark(only, rather, same, _kept(text, is_wish))


def _one_of(woman: re.Match[str] | None, man: re.Match[str] | None) -> str | None:
    """The wish of two that may both be there, and then say nothing."""
    return None if bool(woman) == bool(man) else "f" if woman else "m"


def _kept(text: str, understood: Callable[[str], bool]) -> str:
    """The clauses that are no rule; the untouched text when none is."""
    if text and understood(_bare(text)):
        return ""
    clauses = [clause for clause in _CLAUSES.split(text) if clause]
    kept = [clause for clause in clauses if not understood(_bare(clause))]
    whole = "; ".join(text.split("\n"))
    return whole if len(kept) == len(clauses) else "; ".join(kept)


def _bare(clause: str) -> str:
    return " ".join(clause.split()).rstrip("!").strip()


def _mobility(remark: VolunteerRemark, clause: str) -> bool:
    words = clause.rstrip(".")
    if _PHONE_ONLY.fullmatch(words):
        remark.phone_only = True
    elif _NO_CAR.fullmatch(words):
        remark.transport = "public_transport"
    else:
        return False
    return True


def _kinds(remark: VolunteerRemark, clause: str) -> bool:
    words = clause.rstrip(".")
    if match := _ONLY.fullmatch(words):
        kinds = kinds_named(match[1])
        remark.only_kinds += kinds or ()
    elif match := _NOT.fullmatch(words):
        kinds = kinds_named(match[1])
        remark.excluded_kinds += kinds or ()
    else:
        return False
    return kinds is not None


def _absence_after(after: date) -> Callable[[VolunteerRemark, str], bool]:
    def rule(remark: VolunteerRemark, clause: str) -> bool:
        if not _AWAY.search(clause):
            return False
        found = _absence(clause, after)
        if found is None or remark.absence not in (None, found):
            remark.unread_absence = True
            return False
        remark.absence = found
        return _JUST_AWAY.fullmatch(clause) is not None

    return rule


def _absence(clause: str, after: date) -> Absence | None:
    try:
        return read_absence(clause, after)
    except ValueError:
        return None
