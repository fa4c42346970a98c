"""Why an offer or a booking cannot be what somebody wants."""

from app.errors import Conflict


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
    """Something speaks against it: the codes say what."""

    slug, title = "may-not-go", "Not possible"
    de = "Das geht leider nicht: {reasons}."
    en = "This is not possible: {reasons}."


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
