"""What tax and benefit figures say to people, in German and English; never advice."""

from allowance import euro
from allowance.benefits import Exemption, Part
from app.tables import TaxChoice, TaxRule
from app.taxes.ledger import TaxYear

TITLES = {
    TaxRule.VOLUNTEER: (
        "Ehrenamtspauschale (§ 3 Nr. 26a EStG)",
        "volunteer allowance (§ 3 Nr. 26a EStG)",
    ),
    TaxRule.TRAINER: (
        "Übungsleiterpauschale (§ 3 Nr. 26 EStG)",
        "trainer allowance (§ 3 Nr. 26 EStG)",
    ),
    TaxRule.NONE: ("kein Freibetrag", "no tax-free amount"),
}
ROLES = {
    "guide": ("Integrationslotsen", "guides"),
    "interpreter": ("Laiendolmetscher", "interpreters"),
}
ASK = ("Bitte mit dem Steuerbüro klären.", "Please ask a tax adviser.")
YEAR = {
    "ok": (
        "{title} {year}: {total} erhalten, {headroom} von {limit} sind noch frei.",
        "{title} {year}: {total} received, {headroom} of {limit} are still free.",
    ),
    "near": (
        "{title} {year}: {total} erhalten, mindestens 80 % von {limit}; {headroom} sind noch frei.",
        "{title} {year}: {total} received, at least 80% of {limit}; {headroom} are still free.",
    ),
    "over": (
        "{title} {year}: {total} erhalten, das sind {over} mehr als {limit}.",
        "{title} {year}: {total} received, which is {over} more than {limit}.",
    ),
    "none": (
        "{year}: {total} erhalten; der Träger hat keinen Freibetrag gewählt.",
        "{year}: {total} received; the sponsor has chosen no tax-free amount.",
    ),
}
NOT_DECIDED = (
    "Der Träger hat noch nicht entschieden, welche Regel gilt.",
    "The sponsor has not decided yet which rule holds.",
)
CHOSEN = (
    "Der Träger hat entschieden: Für {role} gilt ab {year} {title}.",
    "The sponsor has decided: for {role} from {year} on: {title}.",
)
WITHOUT_WISH = (
    "Diese Ansicht ist aus. Sie können sie einschalten, wenn Sie möchten. Nur Sie sehen das.",
    "This view is off. You can switch it on if you like. Only you see it.",
)
BENEFIT = (
    "Nur Sie sehen das. Gezählt ist, was Pools hier gezahlt haben, auch Fahrgeld. Die Stelle, die"
    " Ihnen Geld zahlt, entscheidet.",
    "Only you see this. It counts what pools here have paid, travel included. The office that"
    " pays your benefit decides.",
)
UNVERIFIED = ("Der Betrag ist nicht bestätigt: Bitte prüfen.", "Not confirmed: please check.")
WITHIN = (
    "{received} erhalten; bis {exempt} wird nichts angerechnet.",
    "{received} received; nothing is deducted up to {exempt}.",
)
ABOVE = (
    "{received} erhalten, {above} mehr als {exempt}. Bitte das der Stelle sagen, die Ihnen Geld"
    " zahlt.",
    "{received} received, {above} more than {exempt}. Please tell the office that pays you.",
)


def year(of: TaxYear, locale: str) -> str:
    """What a tax year says; from 80 % on with the word to ask somebody who knows."""
    english = locale == "en"
    limit = of.limit_cents or 0
    said = YEAR[of.level][english].format(
        title=_capital(TITLES[TaxRule(of.rule)][english]),
        year=of.year,
        total=euro(of.total_cents, locale),
        limit=euro(limit, locale),
        headroom=euro(of.headroom_cents or 0, locale),
        over=euro(of.total_cents - limit, locale),
    )
    more = [] if of.decided else [NOT_DECIDED[english]]
    more += [ASK[english]] if of.level != "ok" or not of.decided else []
    return " ".join([said, *more])


def choice(row: TaxChoice, locale: str) -> str:
    """What a sponsor has decided."""
    english = locale == "en"
    title, role = TITLES[TaxRule(row.rule)][english], ROLES[row.role][english]
    said = CHOSEN[english].format(role=role, year=row.from_year, title=title)
    return f"{said} {ASK[english]}"


def benefit(rule: Exemption | None, locale: str) -> str:
    """What stands above the months and years."""
    english = locale == "en"
    if rule is None:
        return WITHOUT_WISH[english]
    more = [UNVERIFIED[english]] if rule.status == "unverified" else []
    return " ".join([BENEFIT[english], *more])


def part(one: Part, locale: str) -> str:
    """What one month or year says."""
    words = ABOVE if one.above_cents else WITHIN
    return words[locale == "en"].format(
        received=euro(one.received_cents, locale),
        exempt=euro(one.exempt_cents, locale),
        above=euro(one.above_cents, locale),
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
