"""Why an offer or a booking cannot be what somebody wants."""

from collections.abc import Iterable

from app.errors import Conflict, Invalid
from matching import Reason

WORDS = {
    "language": ("die Sprache passt nicht", "the language does not fit"),
    "consent": ("das Einverständnis fehlt", "consent to another language is missing"),
    "level": ("das Sprachniveau reicht nicht", "the level of the language is too low"),
    "unavailable": ("keine Zeit eingetragen", "no time is entered"),
    "busy": ("zu dieser Zeit schon unterwegs", "under way at that time already"),
    "too_far": ("der Weg ist zu weit", "the way is too far"),
    "excluded": ("hier gilt eine Sperre", "excluded here"),
    "only_kinds": ("geht nicht zu solchen Stellen", "does not go to such places"),
    "blocked": ("hat für diesen Platz schon abgesagt", "said no to this seat before"),
    "client_cap": (
        "die Höchstzahl für diesen Begleitfall ist erreicht",
        "the maximum for this client case is reached",
    ),
    "cap": (
        "eine Grenze ist erreicht (Stunden, Einsätze oder Betrag)",
        "a limit is reached (hours, assignments or money)",
    ),
    "parents_day": (
        "zu viel für einen Elternsprechtag, oder die Pause fehlt",
        "too much for one parents' day, or the break is missing",
    ),
    "paper": (
        "ein Nachweis fehlt oder ist abgelaufen",
        "a paper is missing or has run out",
    ),
    "open_question": ("eine Frage ist noch offen", "a question is still open"),
    "gender": ("eine Frau oder ein Mann ist gewünscht", "a woman or a man is wished for"),
    "role": ("die Rolle passt nicht", "the role does not fit"),
    "mode": (
        "nicht in dieser Form (vor Ort, Telefon, Video)",
        "not in this form (on site, phone, video)",
    ),
}
"""What speaks against somebody, in German and English, as a part of a sentence."""


class SeatTaken(Conflict):
    """Somebody else was faster."""

    slug, title = "seat-taken", "Taken"
    de = "Danke! Jemand anderes hat diesen Termin schon übernommen."
    en = "Thank you! Somebody else has taken this appointment already."


class Overlap(Conflict):
    """The volunteer is booked at that time."""

    slug, title = "overlap", "Booked at that time"
    de = "Zu dieser Zeit gibt es schon einen Einsatz."
    en = "There is another appointment at that time."


class MayNotGo(Conflict):
    """Something speaks against it: the sentence says what, `reasons` holds the codes."""

    slug, title = "may-not-go", "Not possible"
    de = "Das geht leider nicht: {reasons}."
    en = "This is not possible: {reasons}."

    def __init__(self, reasons: Iterable[str]) -> None:
        super().__init__(reasons=", ".join(sorted(set(reasons))))

    @classmethod
    def by(cls, against: Iterable[Reason]) -> "MayNotGo":
        """The refusal for what the engine found."""
        return cls(reason.code for reason in against)

    def detail(self, locale: str) -> str:
        """What speaks against it, in words."""
        english, codes = locale == "en", self.members["reasons"].split(", ")
        kinds = dict.fromkeys(code.partition(":")[0] for code in codes)
        said = ", ".join(WORDS[kind][english] for kind in kinds)
        return (self.en if english else self.de).format(reasons=said)


class LateYes(Conflict):
    """A yes came when the time to answer was over, or nobody was needed any more; it is kept."""

    slug, title = "late-yes", "Too late, but kept"
    de = (
        "Danke! Die Zusage kam zu spät: Der Termin ist schon vergeben oder die Frist ist um. Wir"
        " haben sie notiert und melden uns, wenn wir Sie doch brauchen."
    )
    en = (
        "Thank you! The yes came too late: the appointment is taken or the time to answer is over."
        " We have noted it and will call if you are needed after all."
    )


class OfferAnswered(Conflict):
    """The offer was answered differently already."""

    slug, title = "offer-answered", "Answered already"
    de = "Dieses Angebot ist schon beantwortet ({state})."
    en = "This offer is answered already ({state})."


class AlreadyOffered(Conflict):
    """This volunteer is being asked for this seat already."""

    slug, title = "already-offered", "Asked already"
    de = "Diese Person ist für diesen Platz schon gefragt."
    en = "This person is being asked for this seat already."


class NotBooked(Conflict):
    """The appointment was cancelled, or is over."""

    slug, title = "not-booked", "Not booked"
    de = "Dieser Termin ist nicht mehr gebucht ({state})."
    en = "This appointment is no longer booked ({state})."


class Begun(Conflict):
    """An appointment that has begun is reported, not cancelled."""

    slug, title = "appointment-begun", "Begun already"
    de = "Dieser Termin hat schon begonnen. Bitte am Einsatznachweis angeben, was daraus wurde."
    en = "This appointment has begun. Please say in the service record what became of it."


class SameTimeTwice(Invalid):
    """Somebody named the same time twice."""

    de = "Eine Zeit steht zweimal da. Bitte jede nur einmal nennen."
    en = "One of the times is given twice. Please name each only once."
