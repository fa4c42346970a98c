"""The record of what is done with data about people (Art. 30 GDPR), from the classes of data."""

from itertools import groupby

from app.privacy.classes import CLASSES, Kind
from app.privacy.columns import of_class

HEAD = """# Verzeichnis von Verarbeitungstätigkeiten (Art. 30 DSGVO)

Aus dem Programm erzeugt (`lotsenwerk privacy record`): Jede Spalte jeder Tabelle steht in genau
einer Klasse, und eine Prüfung weist eine neue Spalte ohne Klasse ab. Was in eckigen Klammern steht,
ergänzt der Träger.

| | |
|---|---|
| Verantwortlicher | [Träger des Pools, Anschrift, Vertretung]; jeder Träger für seinen Pool |
| Datenschutzbeauftragte | [Name, Erreichbarkeit] |
| Auftragsverarbeiter | [Betreiber der Anlage; Mail-, SMS- und Push-Dienst, falls eingerichtet] |
| Verarbeitung | ehrenamtliche Einsätze als Sprachmittlung oder Begleitung: vermitteln, abrechnen |
| Übermittlung in Drittländer | keine durch das Programm; Push-Dienste der Browserhersteller \
erhalten nur Verschlüsseltes |
| Automatisierte Entscheidung (Art. 22) | keine: Das Programm schlägt vor, ein Mensch entscheidet |
| Schutz (Art. 32) | zweiter Faktor, Rechte nach Rollen, getrennte Pools bis in die Datenbank, \
versiegelte Bankdaten und Schlüssel, Fallzeichen statt Namen, nur anhängbares Protokoll, \
Löschfristen mit Nachweis |
"""


def markdown() -> str:
    """The whole record as Markdown; the same program gives the same text."""
    return HEAD + "".join(_section(kind) for kind in Kind)


def _section(kind: Kind) -> str:
    about = CLASSES[kind]
    rows = (
        ("Betroffene", about.whose),
        ("Zweck", about.purpose),
        ("Rechtsgrundlage", about.basis),
        ("Löschung", about.kept),
        ("Empfänger", about.receivers),
        ("Auskunft (Art. 15)", "ja" if about.exported and about.personal else "nicht enthalten"),
        ("Felder", _fields(kind)),
    )
    table = "".join(f"| {name} | {text} |\n" for name, text in rows)
    return f"\n## {about.name}\n\n| | |\n|---|---|\n{table}"


def _fields(kind: Kind) -> str:
    grouped = groupby(sorted(of_class(kind)), key=lambda pair: pair[0])
    return "; ".join(f"`{table}`: {', '.join(c for _, c in pairs)}" for table, pairs in grouped)
