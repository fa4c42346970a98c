"""What to tell people when a calendar cannot be read: plain German and English."""

FAILURES: dict[str, tuple[str, str]] = {
    "address": (
        "Diese Adresse ist nicht lesbar. Bitte kopieren Sie sie noch einmal aus Ihrem Kalender.",
        "This address cannot be read. Please copy it again from your calendar.",
    ),
    "scheme": (
        "Die Adresse muss mit https:// oder webcal:// beginnen.",
        "The address must begin with https:// or webcal://.",
    ),
    "password": (
        "Die Adresse darf kein Passwort enthalten. Bitte nehmen Sie die private iCal-Adresse.",
        "The address must not contain a password. Please take the private iCal address.",
    ),
    "host": (
        "Zu dieser Adresse stellen wir keine Verbindung her. Bitte nehmen Sie die Adresse Ihres"
        " Kalenders im Internet.",
        "We do not connect to this address. Please take the address of your calendar on the"
        " internet.",
    ),
    "forbidden_host": (
        "Diese Adresse führt nicht ins Internet. Bitte nehmen Sie die Adresse Ihres Kalenders im"
        " Internet.",
        "This address does not lead to the internet. Please take the address of your calendar on"
        " the internet.",
    ),
    "unknown_host": (
        "Diese Internetadresse gibt es gerade nicht. Bitte prüfen Sie die Schreibweise.",
        "This internet address does not exist right now. Please check the spelling.",
    ),
    "redirects": (
        "Die Adresse leitet zu oft weiter. Bitte kopieren Sie die direkte Adresse.",
        "The address forwards too often. Please copy the direct address.",
    ),
    "too_slow": (
        "Der Kalender hat zu lange nicht geantwortet. Wir versuchen es später noch einmal.",
        "The calendar took too long to answer. We will try again later.",
    ),
    "certificate": (
        "Die Verbindung zum Kalender ist nicht sicher (Zertifikat). Wir versuchen es später noch"
        " einmal.",
        "The connection to the calendar is not safe (certificate). We will try again later.",
    ),
    "unreachable": (
        "Der Kalender ist gerade nicht erreichbar. Wir versuchen es später noch einmal.",
        "The calendar cannot be reached right now. We will try again later.",
    ),
    "gone": (
        "Unter dieser Adresse gibt es keinen Kalender mehr. Bitte kopieren Sie die Adresse neu.",
        "There is no calendar at this address any more. Please copy the address again.",
    ),
    "status": (
        "Der Kalender gibt seinen Inhalt nicht heraus. Bitte prüfen Sie, ob die Adresse für den"
        " Zugriff ohne Anmeldung gedacht ist.",
        "The calendar does not give out its content. Please check that the address works without"
        " signing in.",
    ),
    "packed": (
        "Der Kalender kommt in einer Form, die wir nicht lesen. Wir versuchen es später noch"
        " einmal.",
        "The calendar comes in a form that we do not read. We will try again later.",
    ),
    "too_large": (
        "Der Kalender ist zu groß (mehr als 1 MB). Bitte geben Sie einen kleineren frei.",
        "The calendar is too large (more than 1 MB). Please share a smaller one.",
    ),
    "too_many": (
        "Der Kalender hat zu viele Einträge. Bitte geben Sie einen kleineren frei.",
        "The calendar has too many entries. Please share a smaller one.",
    ),
    "no_calendar": (
        "Unter dieser Adresse liegt kein Kalender. Bitte kopieren Sie die iCal-Adresse (.ics).",
        "There is no calendar at this address. Please copy the iCal address (.ics).",
    ),
    "not_enrolled": (
        "Sie sind zurzeit in keinem Pool. Darum wird Ihr Kalender nicht gelesen.",
        "You are in no pool at present. That is why your calendar is not read.",
    ),
    "cut_off": (
        "Der Kalender kam nur zum Teil an. Wir versuchen es später noch einmal.",
        "Only a part of the calendar arrived. We will try again later.",
    ),
}


def failure(code: str, locale: str) -> str:
    """The sentence for a code, in German or for `locale` "en" in English; empty for none."""
    german, english = FAILURES.get(code, ("", ""))
    return english if locale == "en" else german
