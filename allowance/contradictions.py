"""Members of a rate plan that do not fit each other, said in English and in German."""

HOUR = ("an hour has 60 minutes", "Bei Zahlung nach Stunden hat die Einheit 60 Minuten")
YEAR_CAP = (
    "a year cap in minutes needs the unit hour",
    "Eine Jahresgrenze in Minuten gibt es nur bei Zahlung nach Stunden",
)
LATE_FLAT = (
    "a flat amount has no late_cancel_minutes",
    "Bei einem festen Betrag zahlt eine späte Absage nur einen Anteil in Prozent",
)
LATE_TWICE = (
    "a late cancellation pays a percentage or minutes, not both",
    "Eine späte Absage zahlt Prozent oder Minuten, nicht beides",
)
ROUNDING = (
    "rounding and grace_minutes need the unit started",
    "Runden und freie Minuten gibt es nur bei angefangenen Einheiten",
)
GRACE_UP = (
    "grace_minutes need the rounding up",
    "Freie Minuten gibt es nur, wenn aufgerundet wird",
)
GRACE_LONG = (
    "grace_minutes are shorter than the unit",
    "Die freien Minuten müssen kürzer sein als die Einheit",
)
SHORTEST = (
    "the minimum is longer than the maximum",
    "Die Mindestzeit ist länger als die Höchstzeit",
)
NO_MINIMUM = (
    "no_show pays the minimum, but there is none",
    "Wenn jemand nicht kommt, soll die Mindestzeit zählen, aber es gibt keine",
)
COORDINATING = ("only a guide coordinates", "Nur Integrationslotsen koordinieren")
TRAVEL = (
    "the line wir pays no kilometres: travel is included in its amounts",
    "Bei WIR stecken die Fahrtkosten schon im Betrag, Kilometer werden nicht bezahlt",
)
BACKWARDS = (
    "it ends on {last}, before it starts on {first}",
    "Das Ende am {last:%d.%m.%Y} liegt vor dem Beginn am {first:%d.%m.%Y}",
)


class PlanContradiction(ValueError):
    """Two members of a plan contradict each other; `english` and `german` say which."""

    def __init__(self, key: str, english: str, german: str) -> None:
        super().__init__(f"Rate plan {key}: {english}.")
        self.english, self.german = english, german
