"""One clear sentence for each code, saying what to do, in German and in English."""

from collections.abc import Mapping
from types import MappingProxyType

SENTENCES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "column": (
            "Die Angabe in der Spalte „{subject}“ fehlt oder ist nicht lesbar{quoted_de}: "
            "bitte berichtigen.",
            'The entry in the column "{subject}" is missing or cannot be read{quoted_en}: '
            "please correct it.",
        ),
        "duplicate": (
            "Diese Zeile steht schon in Zeile {subject}: bitte prüfen und eine der beiden löschen.",
            "This row repeats row {subject}: please check and delete one of them.",
        ),
        "institution:unknown": (
            "Diese Einrichtung{quoted_de} steht nicht in der Liste der Einrichtungen: "
            "bitte zuerst dort eintragen oder den Namen angleichen.",
            "This institution{quoted_en} is not in the list of institutions: "
            "please add it there first or align the name.",
        ),
        "language": (
            "Welche Sprache ist mit „{subject}“ gemeint? Bitte nachfragen und genau eintragen.",
            'Which language does "{subject}" mean? Please ask and enter it exactly.',
        ),
        "paper:seen_before_issued": (
            "Das Führungszeugnis wurde vor seiner Ausstellung gesehen: bitte beide Daten prüfen.",
            "The certificate of conduct was seen before it was issued: please check both dates.",
        ),
        "paper:in_future": (
            "Ein Nachweis trägt ein Datum in der Zukunft: bitte prüfen.",
            "A paper carries a date in the future: please check it.",
        ),
        "policy": (
            "Einsätze dieser Art ({subject}) sind nach den Regeln des Trägers nicht vorgesehen: "
            "bitte entscheiden.{reason}",
            "The sponsor's rules do not provide for this kind of appointment ({subject}): "
            "please decide.{reason}",
        ),
        "personal_data:note": (
            "Der Freitext enthält vermutlich Angaben zur Person (Name, Geburtsdatum, Telefon oder "
            "Diagnose): bitte entfernen.",
            "The free text seems to hold personal data (name, birth date, phone or diagnosis): "
            "please remove it.",
        ),
        "gender:conflict": (
            "Spalte und Bemerkung widersprechen sich beim Geschlecht: bitte bei der Einrichtung "
            "nachfragen.",
            "Column and remark disagree about the gender wish: please ask the institution.",
        ),
        "measles:proof_missing": (
            "„Nicht nötig“ gilt beim Masernnachweis nur für Menschen, die vor 1971 geboren sind: "
            "bitte den Nachweis nachtragen.",
            '"Not needed" holds for the measles proof only if born before 1971: '
            "please add the proof.",
        ),
        "paper:incomplete": (
            "Bei Schulung oder Führungszeugnis fehlt die Hälfte der Angaben; nichts davon ist "
            "gespeichert: bitte nachtragen.",
            "Half of the entries about the course or the certificate of conduct are missing, so "
            "none of it is stored: please add them.",
        ),
        "note:not_kept": (
            "Bemerkungen zu Einrichtungen haben hier keinen Platz und sind nicht gespeichert: "
            "bitte an anderer Stelle aufbewahren.",
            "There is no place here for remarks about institutions, they are not stored: "
            "please keep them elsewhere.",
        ),
        "note:formula": (
            "In der Notiz steht eine Formel. Sie ist als Text gespeichert und wird nie ausgeführt: "
            "bitte prüfen.",
            "The note holds a formula. It is stored as text and never carried out: "
            "please check it.",
        ),
        "known:same": (
            "Schon gespeichert: nichts geändert.",
            "Stored already: nothing was changed.",
        ),
        "known:differs": (
            "Schon gespeichert, aber die Liste sagt etwas anderes in: {columns}. Nichts geändert: "
            "bitte vergleichen und von Hand eintragen, was gilt.",
            "Stored already, but the list says something else in: {columns}. Nothing was changed: "
            "please compare and enter by hand what holds.",
        ),
        "alternative:weekend": (
            "Ein Ausweichtermin liegt am Wochenende: bitte prüfen, ob das gemeint ist.",
            "An alternative date is on a weekend: please check that it is meant.",
        ),
        "town:differs": (
            "Der Ort passt nicht zur Einrichtung{quoted_de}: bitte prüfen.",
            "The town does not fit the institution{quoted_en}: please check it.",
        ),
        "absence:not_understood": (
            "Der Zeitraum der Abwesenheit ist nicht lesbar: bitte von Hand eintragen.",
            "The time of absence cannot be read: please enter it by hand.",
        ),
        "list:empty": (
            "Die Datei {name} ist leer: bitte die Liste mit Überschriften und Zeilen senden.",
            "The file {name} is empty: please send the list with headings and rows.",
        ),
        "list:no_headings": (
            "In der Datei {name} fehlt die Zeile mit den Überschriften: bitte ergänzen.",
            "The file {name} has no line of headings: please add it.",
        ),
        "list:missing_column": (
            "In der Datei {name} fehlt die Spalte „{heading}“: bitte ergänzen.",
            'The file {name} lacks the column "{heading}": please add it.',
        ),
        "list:too_large": (
            "Die Datei {name} ist größer als {limit}: bitte aufteilen.",
            "The file {name} is larger than {limit}: please split it.",
        ),
        "list:too_many_rows": (
            "Die Datei {name} hat mehr als {limit} Zeilen: bitte aufteilen.",
            "The file {name} has more than {limit} rows: please split it.",
        ),
        "list:too_many_columns": (
            "Die Datei {name} hat mehr als {limit} Spalten: bitte überflüssige löschen.",
            "The file {name} has more than {limit} columns: please delete what is not needed.",
        ),
        "list:too_many_sheets": (
            "Die Datei {name} hat mehr als {limit} Blätter: bitte nur die mit den Listen senden.",
            "The file {name} has more than {limit} sheets: please send only those with the lists.",
        ),
        "list:nul": (
            "Die Datei {name} enthält Nullzeichen und ist keine lesbare Liste: "
            "bitte als CSV (UTF-8) oder XLSX neu speichern.",
            "The file {name} holds NUL characters and is no readable list: "
            "please save it again as CSV (UTF-8) or XLSX.",
        ),
        "list:unreadable": (
            "Die Datei {name} ist nicht lesbar: bitte als CSV (UTF-8) oder XLSX neu speichern.",
            "The file {name} cannot be read: please save it again as CSV (UTF-8) or XLSX.",
        ),
        "list:quotation": (
            "In der Datei {name} fehlt ab Zeile {line} ein schließendes Anführungszeichen: "
            "bitte ergänzen.",
            "The file {name} lacks a closing quotation mark from line {line} on: please add it.",
        ),
        "list:none": (
            "Im Ordner {name} liegt keine Liste: bitte Freiwillige, Einrichtungen oder Anfragen "
            "als CSV oder XLSX dort ablegen.",
            "The folder {name} holds no list: please put volunteers, institutions or requests "
            "there as CSV or XLSX.",
        ),
        "list:unknown": (
            "{name} ist weder als Liste der Freiwilligen noch der Einrichtungen noch der Anfragen "
            "zu erkennen: bitte Dateinamen oder Überschriften anpassen.",
            "{name} cannot be recognised as a list of volunteers, institutions or requests: "
            "please adapt the file name or the headings.",
        ),
        "list:twice": (
            "{name} und {other} sind Listen derselben Art: bitte zusammenführen.",
            "{name} and {other} are lists of the same kind: please merge them.",
        ),
    }
)
_LONGEST_QUOTE = 60


def sentence(code: str, values: Mapping[str, str] | None = None, locale: str = "de") -> str:
    """What a code means and what to do about it.

    Parameters
    ----------
    code : str
        A code of a verdict, a warning or an `ListError`, such as ``"column:PLZ"``.
    values : mapping of str to str, optional
        ``written`` is quoted where it helps; ``reason`` explains a policy; a list's codes need
        ``name`` and what else they name.
    locale : str
        ``"en"`` for English, everything else gives German.

    Returns
    -------
    str
        One sentence, for a policy with its reason as a second one.

    Raises
    ------
    ValueError
        If nobody knows the code.
    """
    head, _, subject = code.partition(":")
    texts = SENTENCES.get(code) or SENTENCES.get(head)
    if texts is None:
        raise ValueError(f"there is no sentence for the code {code!r}")
    return texts[locale == "en"].format_map(_filled(subject, values or {}))


def _filled(subject: str, values: Mapping[str, str]) -> dict[str, str]:
    written = values.get("written", "")
    if len(written) > _LONGEST_QUOTE:
        written = f"{written[:_LONGEST_QUOTE]}…"
    reason = values.get("reason", "")
    return {
        "columns": "",
        **values,
        "subject": subject,
        "quoted_de": f" („{written}“)" if written else "",
        "quoted_en": f' ("{written}")' if written else "",
        "reason": f" {reason}" if reason else "",
    }
