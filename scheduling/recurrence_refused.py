"""Why a rule for what comes back is not accepted, in sentences that say what to do."""

from collections.abc import Mapping

LONGEST = 512
"""Characters of a rule."""

SENTENCES: Mapping[str, tuple[str, str]] = {
    "too_long": (
        f"Die Regel ist länger als {LONGEST} Zeichen. Bitte kürzen Sie sie.",
        f"The rule is longer than {LONGEST} characters. Please make it shorter.",
    ),
    "characters": (
        "Die Regel enthält Zeichen, die dort nicht vorkommen dürfen. Erlaubt sind Buchstaben von"
        " A bis Z, Ziffern und = ; , - in einer einzigen Zeile.",
        "The rule holds characters that do not belong there. Letters from A to Z, digits and"
        " = ; , - on one single line are allowed.",
    ),
    "malformed": (
        "Die Regel ist nicht lesbar. Sie besteht aus Teilen wie FREQ=WEEKLY;BYDAY=MO, jeder Teil"
        " mit einem Namen und einem Wert.",
        "The rule cannot be read. It consists of parts such as FREQ=WEEKLY;BYDAY=MO, each with a"
        " name and a value.",
    ),
    "duplicate": (
        "Ein Teil der Regel steht doppelt da. Bitte lassen Sie ihn nur einmal stehen.",
        "A part of the rule stands there twice. Please leave it once.",
    ),
    "unknown": (
        "Die Regel hat einen Teil, den wir nicht annehmen. Erlaubt sind FREQ, INTERVAL, COUNT,"
        " UNTIL, BYDAY, BYMONTHDAY, BYMONTH, BYSETPOS und WKST.",
        "The rule has a part that is not accepted. FREQ, INTERVAL, COUNT, UNTIL, BYDAY,"
        " BYMONTHDAY, BYMONTH, BYSETPOS and WKST are allowed.",
    ),
    "frequency": (
        "Bitte sagen Sie, wie oft der Termin wiederkommt: FREQ ist DAILY, WEEKLY, MONTHLY oder"
        " YEARLY.",
        "Please say how often it comes back: FREQ is DAILY, WEEKLY, MONTHLY or YEARLY.",
    ),
    "number": (
        "Eine Zahl in der Regel ist außerhalb dessen, was es gibt. Monate gehen von 1 bis 12,"
        " Tage von 1 bis 31.",
        "A number in the rule is outside of what there is. Months go from 1 to 12, days from 1"
        " to 31.",
    ),
    "interval": (
        "Der Abstand INTERVAL ist zu groß oder null. Erlaubt sind höchstens 366 Tage, 53 Wochen,"
        " 24 Monate oder 10 Jahre.",
        "The INTERVAL is too large or zero. At most 366 days, 53 weeks, 24 months or 10 years are"
        " allowed.",
    ),
    "count": (
        "Die Anzahl COUNT ist null oder zu groß. Erlaubt sind 1 bis 750 Termine.",
        "The COUNT is zero or too large. 1 to 750 dates are allowed.",
    ),
    "until": (
        "Das Ende UNTIL ist kein Datum, liegt vor dem Beginn oder mehr als zwei Jahre danach."
        " Bitte nennen Sie ein früheres Ende.",
        "The end UNTIL is no date, lies before the start or more than two years after it. Please"
        " give an earlier end.",
    ),
    "two_ends": (
        "Die Regel nennt ein Ende und eine Anzahl. Bitte lassen Sie nur eines davon stehen.",
        "The rule gives an end and a number of dates. Please leave only one of them.",
    ),
    "start": (
        "Der Beginn liegt mehr als drei Jahre von heute entfernt. Bitte nehmen Sie einen Tag, der"
        " näher liegt.",
        "The start is more than three years away from today. Please take a day that is nearer.",
    ),
    "position": (
        "So viele Tage hat kein Zeitraum der Regel. Bitte nehmen Sie für BYSETPOS eine kleinere"
        " Zahl, zum Beispiel 1 für den ersten oder -1 für den letzten Tag.",
        "No period of the rule has so many days. Please take a smaller number for BYSETPOS, such"
        " as 1 for the first or -1 for the last day.",
    ),
    "combination": (
        "Diese Teile der Regel passen nicht zusammen. Bitte schreiben Sie die Regel einfacher.",
        "These parts of the rule do not go together. Please write a simpler rule.",
    ),
    "never": (
        "Diesen Tag gibt es nie, zum Beispiel den 30. Februar. Bitte nehmen Sie einen anderen Tag.",
        "There is never such a day, for instance 30 February. Please take another day.",
    ),
}
"""What to tell people, German and English, by the code of the refusal."""


class RuleRefused(ValueError):
    """A rule that is not expanded: a code for programs, `de` and `en` for people."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
        self.de, self.en = SENTENCES[code]

    def __str__(self) -> str:
        return self.en
