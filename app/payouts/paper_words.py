"""What stands in the papers of a volunteer, German and English."""

import re
from datetime import date

from app.messages.wording import known
from app.requests.near import MONTHS, shown

_MONATE = (
    "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September",
    "Oktober", "November", "Dezember",
)  # fmt: skip
ACTIVITIES: dict[str, tuple[str, str]] = {
    "consultation": ("Sprechstunde", "consultation hour"),
    "team_meeting": ("Teamtreffen", "team meeting"),
    "outreach": ("Öffentlichkeitsarbeit", "outreach"),
    "accompaniment": ("Begleitung", "accompaniment"),
    "training": ("Schulung", "training"),
    "organisation": ("Organisation", "organisation"),
    "other": ("Sonstiges", "other"),
}
_WORDS: dict[str, tuple[str, str]] = {
    "statement": ("Abrechnung: Zahllauf {number}", "Statement: payrun {number}"),
    "certificate": (
        "Bescheinigung über ehrenamtliche Arbeit {year}",
        "Certificate of voluntary work {year}",
    ),
    "sponsor": ("Träger", "Sponsor"),
    "for": ("Für", "For"),
    "name": ("Name", "Name"),
    "year": ("Jahr", "Year"),
    "payrun": ("Zahllauf", "Payrun"),
    "payment": ("Zahlung", "Payment"),
    "paid_on": ("bezahlt am {day}", "paid on {day}"),
    "to_be_paid": ("wird überwiesen", "will be transferred"),
    "account": ("Konto", "Account"),
    "account_ends": ("endet auf {digits}", "ends in {digits}"),
    "no_account": ("ist nicht hinterlegt", "not on file"),
    "amount": ("Betrag", "Amount"),
    "issued": ("Erstellt am", "Made on"),
    "units": (
        "Zeiten stehen in Stunden und Minuten (1:30), Beträge in Euro.",
        "Times are in hours and minutes (1:30), amounts in euros.",
    ),
    "no_lines": ("Diese Abrechnung hat keine Zeilen.", "This statement has no lines."),
    "day": ("Tag", "Day"),
    "what": ("Was", "What"),
    "recorded": ("Zeit erfasst", "Time recorded"),
    "paid": ("Zeit bezahlt", "Time paid"),
    "how": ("So ist gerechnet", "How it is worked out"),
    "travel": ("Fahrt", "Travel"),
    "with_travel": ("Betrag mit Fahrt", "Amount with travel"),
    "month": ("Monat", "Month"),
    "sum": ("Summe", "Sum"),
    "total": ("Alle Monate zusammen", "All months together"),
    "correction": ("Korrektur: {what}", "Correction: {what}"),
    "taken_back": ("Zurückgenommen: {why}", "Taken back: {why}"),
    "notes": ("Hinweise", "Notes"),
    "corrected": (
        "Eine Zeile mit dem Wort „Korrektur“ nimmt einen früheren Betrag zurück.",
        "A line with the word “Correction” takes back an earlier amount.",
    ),
    "waived": (
        "Auf die Zahlung für {month} haben Sie verzichtet. Ihre Stunden zählen trotzdem.",
        "You did not want to be paid for {month}. Your hours count all the same.",
    ),
    "tax": ("Zahlungen im Jahr und Steuer", "Payments in the year and tax"),
    "received": (
        "Im Jahr {year} haben Sie dafür von uns bisher {received} bekommen. Diese Zahlung ist"
        " mitgezählt, Fahrtkosten nicht.",
        "For this you have received {received} from us in {year} so far. This payment is counted,"
        " travel costs are not.",
    ),
    "elsewhere": (
        "Aus anderen Tätigkeiten haben Sie {elsewhere} angegeben.",
        "You have told us of {elsewhere} from elsewhere.",
    ),
    "limit": ("Steuerfrei bleiben {limit} im Jahr.", "Free of tax are {limit} a year."),
    "left": ("Davon sind noch {left} frei.", "Of these {left} are left."),
    "reached": ("Diese Grenze ist erreicht.", "This limit is reached."),
    "over": (
        "Diese Grenze ist um {over} überschritten. Fragen dazu beantwortet das Finanzamt.",
        "This limit is exceeded by {over}. The tax office answers questions about it.",
    ),
    "no_rule": ("Ohne Steuerregel", "Without a tax rule"),
    "no_limit": (
        "Für diese Zahlungen ist keine steuerfreie Grenze festgelegt.",
        "No tax-free limit is set for these payments.",
    ),
    "no_advice": ("Das ist keine Steuerberatung.", "This is no tax advice."),
    "wrong": ("Stimmt etwas nicht?", "Is something wrong?"),
    "ask": ("Bitte melden Sie sich bei:", "Please contact:"),
    "worked": (
        "Die genannte Person hat in diesem Jahr ehrenamtlich für uns gearbeitet.",
        "The person named above has worked for us as a volunteer in this year.",
    ),
    "roles": ("Aufgaben", "Roles"),
    "role": ("Aufgabe", "Role"),
    "assignments": ("Einsätze", "Assignments"),
    "hours": ("Stunden", "Hours"),
    "languages": ("Sprachen", "Languages"),
    "interpreted": ("Gedolmetscht wurde in diese Sprachen:", "Languages interpreted into:"),
    "trainings": ("Schulungen in diesem Jahr", "Trainings in this year"),
    "training": ("Schulung", "Training"),
    "training_units": ("Einheiten zu 45 Minuten", "Units of 45 minutes"),
    "allowance": ("Aufwandsentschädigung", "Allowance"),
    "payment_day": (
        "Gezählt ist, was im Jahr {year} bezahlt wurde.",
        "This is what was paid in {year}.",
    ),
    "tax_rule": ("Steuerregel", "Tax rule"),
    "euros": ("Betrag in Euro", "Amount in euros"),
    "trips": ("Fahrtkosten", "Travel costs"),
    "thanks": (
        "Wir danken herzlich für die Zeit, die Geduld und die Hilfe. Durch diese Arbeit können"
        " Menschen einander verstehen.",
        "We are grateful for the time, the patience and the help. This work lets people"
        " understand each other.",
    ),
    "place_day": ("Ort, Datum", "Place, date"),
    "signature": ("Unterschrift und Stempel", "Signature and stamp"),
    "issued_on": ("Ausgestellt am {day}.", "Issued on {day}."),
    "letters": (
        "Manche Schriftzeichen fehlen dieser Anlage. Sie stehen in eckigen Klammern in"
        " lateinischen Buchstaben.",
        "Some signs are missing here. They stand in brackets in Latin letters.",
    ),
}
_ROLES = {
    "guide": ("Integrationslotsin oder -lotse", "Integration guide"),
    "interpreter": ("Laiendolmetscherin oder -dolmetscher", "Volunteer interpreter"),
}
_TORN = re.compile(r"(?<=§) |(?<=\d) (?=(?:EUR|Std\.|Min\.|h|min|km)(?!\w))")


def word(name: str, locale: str, **values: str) -> str:
    """A word or sentence; amounts in it stay on one line."""
    said = _WORDS[name][known(locale) == "en"]
    return (
        said.format(**{key: together(value) for key, value in values.items()}) if values else said
    )


def together(text: str) -> str:
    """Amounts, times and paragraphs of a law that no line break tears apart."""
    return _TORN.sub("\N{NO-BREAK SPACE}", text)


def activity(kind: str, locale: str) -> str:
    """What hours without an appointment are called; nothing for a kind that nobody knows."""
    pair = ACTIVITIES.get(kind)
    return pair[known(locale) == "en"] if pair else ""


def role(name: str, locale: str) -> str:
    """What somebody is called who does this.

    Raises
    ------
    ValueError
        If no such role is known.
    """
    if name not in _ROLES:
        raise ValueError(f"A paper names guides and interpreters, not the role {name!r}.")
    return _ROLES[name][known(locale) == "en"]


def in_words(day: date, locale: str) -> str:
    """A day within a sentence: `11.12.2026`, in English `11 December 2026`."""
    return shown(day, known(locale))


def in_table(day: date, locale: str) -> str:
    """A day in a narrow column: `11.12.2026`, in English `11 Dec 2026`."""
    if known(locale) == "de":
        return shown(day, "de")
    return "\N{NO-BREAK SPACE}".join([str(day.day), MONTHS[day.month - 1][:3], str(day.year)])


def month(day: date, locale: str) -> str:
    """`Dezember 2026`."""
    names = MONTHS if known(locale) == "en" else _MONATE
    return f"{names[day.month - 1]} {day.year}"
