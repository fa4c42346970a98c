"""Which kinds of data there are: what for, on which ground, how long, and who receives them."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """To which class of data a column belongs."""

    IDENTITY = "identity"
    CONTACT = "contact"
    BANK = "bank"
    SKILL = "skill"
    TIME = "time"
    HEALTH_NEAR = "health_near"
    WORK = "work"
    ACCOUNTING = "accounting"
    MESSAGE = "message"
    FREE_TEXT = "free_text"
    FEEDBACK = "feedback"
    PSEUDONYM = "pseudonym"
    STAFF = "staff"
    IMPORT = "import"
    TRACE = "trace"
    SECRET = "secret"  # noqa: S105 - the name of a class
    REFERENCE = "reference"
    HOUSE = "house"
    TECHNICAL = "technical"


@dataclass(frozen=True)
class DataClass:
    """What the law wants to know of a class; the words are those of the record (Art. 30 GDPR)."""

    name: str
    whose: str
    purpose: str
    basis: str
    kept: str
    receivers: str
    personal: bool = True
    exported: bool = True
    """Whether somebody who asks for her data gets it (Art. 15 GDPR)."""


_CONTRACT = "Art. 6 Abs. 1 lit. b DSGVO (Vereinbarung über das Ehrenamt)"
_DUTY = "Art. 6 Abs. 1 lit. c DSGVO (Nachweis gegenüber Land und Finanzverwaltung)"
_TASK = "Art. 6 Abs. 1 lit. e DSGVO mit § 3 HDSIG; freie Träger: lit. f"
_NONE = "keine personenbezogenen Daten"
_OFFICE = "Koordination des Trägers"
_AFTERWARDS = (
    "bis zum Ende der Mitarbeit, danach höchstens ein Jahr; länger nur, solange noch Geld zusteht"
)

CLASSES: dict[Kind, DataClass] = {
    Kind.IDENTITY: DataClass(
        "Name, Geburtsdatum, Geschlecht",
        "Freiwillige, Büro",
        "Eine Person wiedererkennen, Doppelungen vermeiden, Wunsch nach einer Frau oder einem Mann",
        _CONTRACT,
        _AFTERWARDS,
        f"{_OFFICE}; der Name nach der Zusage auch die anfragende Einrichtung",
    ),
    Kind.CONTACT: DataClass(
        "Anschrift, Telefon, E-Mail",
        "Freiwillige, Büro",
        "Anfragen, Zusagen, Erinnerungen, kurze Wege",
        _CONTRACT,
        _AFTERWARDS,
        f"{_OFFICE}; Mail- und SMS-Dienst des Betreibers",
    ),
    Kind.BANK: DataClass(
        "Bankverbindung (versiegelt gespeichert)",
        "Freiwillige",
        "Aufwandsentschädigung auszahlen",
        _CONTRACT,
        "bis zum Ende der Mitarbeit; mit einer Auszahlung, solange Belege aufbewahrt werden",
        "Kasse des Trägers und dessen Bank",
    ),
    Kind.SKILL: DataClass(
        "Sprachen, Schulungen, Aufgaben, Wünsche",
        "Freiwillige",
        "Die passende Person für einen Termin finden",
        _CONTRACT,
        _AFTERWARDS,
        _OFFICE,
    ),
    Kind.TIME: DataClass(
        "Verfügbarkeit und belegte Zeiten",
        "Freiwillige",
        "Nur fragen, wer kann",
        _CONTRACT,
        "Vergangenes 30 Tage, alles andere bis zum Ende der Mitarbeit",
        _OFFICE,
    ),
    Kind.HEALTH_NEAR: DataClass(
        "Gesehene Nachweise (Masernschutz, Führungszeugnis): nur Art und Daten",
        "Freiwillige",
        "Schutz von Kindern und Auflagen der Einrichtungen (§ 20 IfSG, § 72a SGB VIII)",
        "Art. 6 Abs. 1 lit. c und Art. 9 Abs. 2 lit. b, i DSGVO",
        f"{_AFTERWARDS}; das Papier wird nie gespeichert",
        _OFFICE,
    ),
    Kind.WORK: DataClass(
        "Anfragen, Angebote, Einsätze, Stunden",
        "Freiwillige, mittelbar Klientinnen und Klienten (ohne Namen)",
        "Termine vermitteln und nachweisen",
        _TASK,
        "solange Belege aufbewahrt werden; danach ohne Bezug zu einer Person",
        f"{_OFFICE}, anfragende Einrichtung, Kasse, Prüfung",
    ),
    Kind.ACCOUNTING: DataClass(
        "Abrechnungen und Zahlungen",
        "Freiwillige",
        "Aufwandsentschädigung und Verwendungsnachweis",
        _DUTY,
        "5 Jahre nach dem Ende des Jahres (je Träger einstellbar)",
        "Kasse und Leitung des Trägers, Prüfung",
    ),
    Kind.MESSAGE: DataClass(
        "Nachrichten mit Empfänger und Text",
        "Freiwillige, Einrichtungen, Büro",
        "Bescheid geben",
        _CONTRACT,
        "Text, Betreff und Adresse 30 Tage nach dem Versand; dass etwas gesagt wurde, bleibt",
        "die angesprochene Person; Mail-, SMS- und Push-Dienst",
    ),
    Kind.FREE_TEXT: DataClass(
        "Freie Texte: Bemerkungen, Gründe, Raum, Thema",
        "alle, über die jemand etwas schreibt",
        "Was keine Auswahl sagen kann; Namen und Diagnosen werden beim Schreiben beanstandet",
        _TASK,
        "30 Tage nach dem Termin oder der Entscheidung",
        f"{_OFFICE}; nach der Zusage die gebuchte Person",
    ),
    Kind.FEEDBACK: DataClass(
        "Rückmeldungen zur App: Text, Seite und, wo angegeben, eine E-Mail-Adresse",
        "alle, die eine Barriere, einen Fehler oder einen Wunsch mitteilen",
        "Barrieren und Fehler beheben, antworten; zu welchem Zugang sie gehören, wird nicht"
        " gespeichert",
        "Art. 6 Abs. 1 lit. c DSGVO (Antwort auf gemeldete Barrieren, HVBIT); sonst lit. e oder f",
        "Text, Seite und Adresse ein Jahr nach der Antwort, höchstens zwei Jahre",
        "technischer Betrieb",
        exported=False,
    ),
    Kind.PSEUDONYM: DataClass(
        "Fallzeichen von Klientinnen und Klienten (HMAC, nie Namen)",
        "Klientinnen und Klienten",
        "Dieselbe Person wieder mit derselben Begleitung zusammenbringen",
        _TASK,
        "bis der Schlüssel des Trägers vernichtet wird; dann für immer unlesbar",
        "niemand",
        exported=False,
    ),
    Kind.STAFF: DataClass(
        "Ansprechpersonen der Einrichtungen und des Trägers",
        "Beschäftigte der Einrichtungen",
        "Rückfragen, Treffpunkt, Bestätigung der Stunden",
        _TASK,
        "an der Einrichtung, solange sie Partnerin ist; an einer Anfrage 30 Tage nach dem Termin;"
        " unter einem Nachweis, solange Belege aufbewahrt werden",
        f"{_OFFICE}; nach der Zusage die gebuchte Person",
        exported=False,
    ),
    Kind.IMPORT: DataClass(
        "Ergebnisse eingelesener Listen",
        "Freiwillige",
        "Fragen zu einer Liste klären, ein Einlesen zurücknehmen",
        _TASK,
        "ein Jahr",
        _OFFICE,
        exported=False,
    ),
    Kind.TRACE: DataClass(
        "Protokoll und Anmeldungen: wer wann was getan hat",
        "alle mit einem Zugang",
        "Nachvollziehen, wer etwas gesehen oder geändert hat; Angriffe abwehren",
        "Art. 5 Abs. 2, Art. 32 DSGVO",
        "Anmeldungen 30 Tage; das Protokoll bleibt und enthält nur Kennziffern",
        "Leitung und Prüfung des Trägers",
    ),
    Kind.SECRET: DataClass(
        "Schlüssel und Passwörter (versiegelt oder nur als Prüfwert)",
        "alle mit einem Zugang",
        "Nur die richtige Person kommt hinein",
        "Art. 32 DSGVO",
        "bis zum Ablauf oder Widerruf",
        "niemand",
        exported=False,
    ),
    Kind.REFERENCE: DataClass(
        "Verweise zwischen Einträgen (Zufallskennungen)",
        "—",
        "Zusammenhang der Einträge",
        "wie der Eintrag, auf den verwiesen wird",
        "wie der Eintrag",
        "wie der Eintrag",
        personal=False,
        exported=False,
    ),
    Kind.HOUSE: DataClass(
        "Angaben zu Träger, Einrichtung, Regeln, Plänen",
        "—",
        "Betrieb des Pools",
        _NONE,
        "solange der Pool besteht",
        "Büro des Trägers",
        personal=False,
    ),
    Kind.TECHNICAL: DataClass(
        "Zeitpunkte, Zustände, Zähler",
        "—",
        "Betrieb der Anwendung",
        _NONE,
        "wie der Eintrag; Aufträge 2 Tage, Antworten auf Wiederholungen 48 Stunden",
        "niemand",
        personal=False,
    ),
}
