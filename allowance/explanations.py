"""Sentences for every cent, German first."""

from collections.abc import Mapping

from allowance.claims import Line, Reason
from allowance.money import euro, is_english, round_half_up

_LINES = {
    "hours": ("{sum}.", "{sum}."),
    "flat": ("{sum}.", "{sum}."),
    "started_units": ("{sum}.", "{sum}."),
    "group_event": (
        "Gruppentermin, wird insgesamt einmal vergütet. {sum}.",
        "Group event, paid once as a whole. {sum}.",
    ),
    "year_cap": (
        "Jahresgrenze von {cap} erreicht ({unpaid} ohne Zahlung). {sum}.",
        "Year cap of {cap} reached ({unpaid} without pay). {sum}.",
    ),
    "client_cap": (
        "Im Förderjahr werden höchstens {cap} Einsätze für denselben Begleitfall bezahlt. {sum}.",
        "At most {cap} assignments for the same client are paid in a grant year. {sum}.",
    ),
    "client_no_show": (
        "Klientin oder Klient ist nicht gekommen. {sum}.",
        "The client did not come. {sum}.",
    ),
    "cancelled_late": ("Kurzfristig abgesagt. {sum}.", "Cancelled at short notice. {sum}."),
    "cancelled_early": ("Rechtzeitig abgesagt. {sum}.", "Cancelled in good time. {sum}."),
    "not_fundable": ("Nicht förderfähig. {sum}.", "Not fundable. {sum}."),
    "fundable_unknown": (
        "Es ist noch offen, ob das förderfähig ist. {sum}.",
        "Whether this is fundable is still open. {sum}.",
    ),
    "volunteer_no_show": (
        "Einsatz nicht wahrgenommen. {sum}.",
        "The volunteer did not come. {sum}.",
    ),
}

_SUMS = {
    "nothing": ("Keine Zahlung: {amount}", "No pay: {amount}"),
    "percent": ("{percent} % der Vergütung: {amount}", "{percent} % of the pay: {amount}"),
    "hour": ("{paid} zu {rate} pro Stunde: {amount}", "{paid} at {rate} per hour: {amount}"),
    "assignment": ("Pauschale je Einsatz: {amount}", "Flat amount per assignment: {amount}"),
    "started": (
        "{units} × {rate} je angefangene {unit}: {amount}",
        "{units} × {rate} per begun {unit}: {amount}",
    ),
}

_TRAVEL = (
    " Dazu Fahrtkosten: {kilometres} km zu {rate}: {amount}.",
    " And travel: {kilometres} km at {rate}: {amount}.",
)
_RECORDED = ("{paid} (erfasst {recorded})", "{paid} (recorded {recorded})")
_ROUNDED = (
    " (der Monat wird in der Summe gerundet)",
    " (the month is rounded as a sum)",
)

_NOTES = {
    "unverified_plan": (
        "Bitte prüfen: Der Satz „{title}“ ist nicht bestätigt.",
        "Please check: the rate “{title}” is not confirmed.",
    ),
    "longer_than_span": (
        "Bitte prüfen: Nachweis {record_id} zählt mehr Minuten, als von Beginn bis Ende vergehen.",
        "Please check: record {record_id} counts more minutes than lie between start and end.",
    ),
    "client_unknown": (
        "Bitte prüfen: Nachweis {record_id} nennt keinen Begleitfall, die Grenze je Begleitfall "
        "ist nicht prüfbar.",
        "Please check: record {record_id} names no client case, the cap per client is not checked.",
    ),
    "fundable_unknown": (
        "Bitte prüfen: Bei Nachweis {record_id} ist offen, ob er förderfähig ist. Er wird noch "
        "nicht bezahlt.",
        "Please check: whether record {record_id} is fundable is open. It is not paid yet.",
    ),
    "travel_included": (
        "Nachweis {record_id} nennt Kilometer. Die Fahrt ist im Satz enthalten und wird nicht "
        "extra bezahlt.",
        "Record {record_id} names kilometres. Travel is included in the rate and not paid extra.",
    ),
    "group_per_client": (
        "Bitte prüfen: Nachweis {record_id} gehört zu einem Gruppentermin und wird je Begleitfall "
        "bezahlt.",
        "Please check: record {record_id} belongs to a group event and is paid per client.",
    ),
    "year_cap": (
        "Durch die Jahresgrenze gekürzte Zeilen: {count}.",
        "Lines cut by the year cap: {count}.",
    ),
    "client_cap": (
        "Durch die Grenze je Begleitfall unbezahlte Zeilen: {count}.",
        "Lines unpaid by the cap per client: {count}.",
    ),
}


def explain(line: Line, locale: str = "de") -> str:
    """Why a line pays what it pays, in a sentence or two.

    Parameters
    ----------
    line : Line
        Of a claim, fresh or stored.
    locale : str
        `de` or `en`; anything else reads German.

    Raises
    ------
    ValueError
        If the reason's code is unknown.
    """
    pick = int(is_english(locale))
    params = line.reason.params
    if line.reason.code not in _LINES:
        raise ValueError(f"No sentence explains the reason {line.reason.code!r}.")
    said = _LINES[line.reason.code][pick].format(
        sum=_sum(line, locale),
        cap=_cap(params, locale),
        unpaid=duration(_number(params, "unpaid_minutes"), locale),
    )
    return said + _travel(line, locale)


def _travel(line: Line, locale: str) -> str:
    """What is paid for the way, where anything is."""
    if not line.travel_cents:
        return ""
    return _TRAVEL[int(is_english(locale))].format(
        kilometres=line.reason.params["kilometres"],
        rate=euro(_number(line.reason.params, "km_cents"), locale),
        amount=euro(line.travel_cents, locale),
    )


def explain_note(note: Reason, locale: str = "de") -> str:
    """What a person should look at in a claim.

    Parameters
    ----------
    note : Reason
        Of a claim's notes.
    locale : str
        `de` or `en`; anything else reads German.

    Raises
    ------
    ValueError
        If the note's code is unknown.
    """
    if note.code not in _NOTES:
        raise ValueError(f"No sentence explains the note {note.code!r}.")
    english = is_english(locale)
    title = note.params.get("title_en" if english else "title_de", "")
    return _NOTES[note.code][int(english)].format(title=title, **note.params)


def duration(minutes: int, locale: str = "de") -> str:
    """Minutes as people say them: `1 Std. 30 Min.`, in English `1 h 30 min`.

    Parameters
    ----------
    minutes : int
        Not negative.
    locale : str
        `de` or `en`.
    """
    hours, rest = divmod(minutes, 60)
    hour, minute = ("h", "min") if is_english(locale) else ("Std.", "Min.")
    parts = [f"{hours} {hour}"] if hours else []
    if rest or not hours:
        parts.append(f"{rest} {minute}")
    return " ".join(parts)


def _sum(line: Line, locale: str) -> str:
    """How the amount comes about."""
    pick, params = int(is_english(locale)), line.reason.params
    rate, unit_minutes = _number(params, "rate_cents"), _number(params, "unit_minutes")
    basis, cents = _basis(line), line.amount_cents - line.travel_cents
    text = _SUMS[basis][pick].format(
        amount=euro(cents, locale),
        percent=params.get("percent", 100),
        paid=_paid(line, locale),
        rate=euro(rate, locale),
        units=cents // rate if rate else 0,
        unit=duration(unit_minutes, locale),
    )
    own_cents = round_half_up(line.paid_minutes * rate, 60)
    return text + _ROUNDED[pick] if basis == "hour" and own_cents != cents else text


def _paid(line: Line, locale: str) -> str:
    """The paid time, with the recorded one where they differ."""
    paid = duration(line.paid_minutes, locale)
    if line.paid_minutes == line.minutes:
        return paid
    recorded = duration(line.minutes, locale)
    return _RECORDED[int(is_english(locale))].format(paid=paid, recorded=recorded)


def _basis(line: Line) -> str:
    """Which calculation explains the amount."""
    if not line.paid_minutes and not line.amount_cents:
        return "nothing"
    if not line.amount_cents and line.reason.code == "group_event":
        return "nothing"
    if line.reason.code == "year_cap":
        return "hour"
    return "percent" if "percent" in line.reason.params else str(line.reason.params["unit"])


def _cap(params: Mapping[str, int | str], locale: str) -> str:
    """A cap in hours or in assignments."""
    if "cap_minutes" in params:
        return duration(_number(params, "cap_minutes"), locale)
    return str(params.get("cap", ""))


def _number(params: Mapping[str, int | str], key: str) -> int:
    """An integer parameter; 0 where the reason has none."""
    return int(params.get(key, 0))
