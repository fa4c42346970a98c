"""Why something cannot be done with a booking."""

from app.errors import Conflict, Forbidden, Invalid


class NotBegun(Conflict):
    """Nobody is missing before the appointment has begun."""

    slug, title = "appointment-not-begun", "Not begun yet"
    de = "Der Termin hat noch nicht begonnen. Bitte erst ab {start} Uhr melden, wer gefehlt hat."
    en = "The appointment has not begun yet. Please say from {start} on who was missing."


class SaidOtherwise(Conflict):
    """Somebody said before what became of the appointment."""

    slug, title = "no-show-state", "Something else was said already"
    de = "Für diesen Termin ist schon etwas gemeldet ({state}). Bitte bei der Koordination melden."
    en = "Something was said about this appointment already ({state}). Please contact the office."


class Reported(Conflict):
    """The hours of the appointment were reported: what became of it stands in the record."""

    slug, title = "hours-reported", "Hours are reported"
    de = "Für diesen Termin gibt es schon einen Einsatznachweis. Bitte dort berichtigen."
    en = "There is a service record of this appointment already. Please correct it there."


class OnlyOffice(Forbidden):
    """Something that the coordination office alone says."""

    de = "Das kann nur die Koordination eintragen. Bitte melden Sie sich dort."
    en = "Only the coordination office can enter this. Please contact it."


class NotBookedHerself(Forbidden):
    """Only she who is booked says how far she is."""

    slug, title = "not-booked-herself", "Somebody else is booked"
    de = "Das sagt nur die Person, die für diesen Termin gebucht ist."
    en = "Only the person who is booked for this appointment says so."


class AheadOfTime(Invalid):
    """A step of an appointment would lie in the future."""

    de = "Diese Zeit liegt noch in der Zukunft. Bitte die Uhr des Geräts prüfen."
    en = "This time is still in the future. Please check the clock of your device."


class NotThen(Conflict):
    """A step of an appointment lies on another day."""

    slug, title = "progress-not-then", "Not at this time"
    de = "Der Termin ist am {day} um {start} Uhr. Das geht erst am Tag selbst und bis tags darauf."
    en = "The appointment is on {day} at {start}. This works on the day itself and the day after."


class NobodyBooked(Conflict):
    """Somebody stands by only where somebody is booked."""

    slug, title = "nobody-booked", "Nobody is booked"
    de = "Hier ist noch niemand gebucht. Bitte erst jemanden buchen, dann nach Bereitschaft fragen."
    en = "Nobody is booked here yet. Please book somebody first, then ask who stands by."


class BookedHerself(Conflict):
    """Who is booked does not stand by for herself."""

    slug, title = "booked-herself", "Booked herself"
    de = "Diese Person ist für diesen Termin selbst gebucht. Bitte jemand anderen fragen."
    en = "This person is booked for this appointment herself. Please ask somebody else."


class StandbyOver(Conflict):
    """The standby was answered differently, was called, or is no longer needed."""

    slug, title = "standby-over", "Standby is over"
    de = "Diese Bereitschaft ist schon beantwortet oder beendet ({state})."
    en = "This standby is answered or over already ({state})."


class MovedTogether(Conflict):
    """The dates of a parents' day are moved there."""

    slug, title = "moved-together", "Part of a parents' day"
    de = "Dieser Termin gehört zu einem Elternsprechtag. Bitte absagen und den Tag neu anlegen."
    en = "This belongs to a parents' day. Please cancel it and make the day anew."


class NotAmongBooked(Conflict):
    """Somebody agreed to the new time who is not booked."""

    slug, title = "not-among-booked", "Not booked here"
    de = "In agreed steht eine Person, die hier nicht gebucht ist. Bitte nur Gebuchte nennen."
    en = "agreed names a person who is not booked here. Please name only people who are."
