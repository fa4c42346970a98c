"""Lists in the shapes pools really keep them in. All names are invented."""
# ruff: noqa: E501 - a row of a list is a line

from tests.app.imports.demo import as_csv

OTHER_HEADINGS = as_csv([
    ["Familienname", "Rufname", "Geburtstag", "Anrede", "PLZ/Ort", "Mobil", "Tätigkeit", "Sprachkenntnisse", "Deutschniveau", "Notiz"],
    ["Beispiel", "Ada", "12. Jan 1980", "Frau", "61169 Friedberg", "0171 5550001 (nur abends)", "Dolmetscherin", "Arabisch C1; Französisch B2", "C1", "kein Auto"],
    ["Muster", "Bo", "3.5.71", "Herr", "61231 Bad Nauheim", "", "Lotse", "Farsi/Dari", "Muttersprache", ""],
    ["Probe", "", "1.1.1990", "", "61231", "", "Lotse", "Türkisch", "", ""],
])  # fmt: skip

ENGLISH = as_csv([
    ["No", "First Name", "Last Name", "Date of Birth", "Gender", "ZIP", "City", "Role", "Languages", "Email", "Comments"],
    ["1", "Ada", "Beispiel", "1980-01-12", "female", "61169", "Friedberg", "interpreter", "Arabic C1, Turkish B2", "ada@example.org", "speaks slowly"],
    ["2", "Bo", "Muster", "1971-05-03", "male", "61231", "Bad Nauheim", "guide", "Kurdish", "", ""],
], ",")  # fmt: skip

MERGED_NAMES = as_csv([
    ["Name, Vorname", "geb. am", "PLZ", "Rolle", "Sprachen"],
    ["Beispiel, Ada", "12.01.1980", "61169", "Dolmetscherin", "Türkisch"],
    ["von der Probe, Bo", "03.05.1971", "61231", "Lotse", "Dari"],
    ["", "03.05.1971", "61231", "Lotse", "Dari"],
])  # fmt: skip

LANGUAGES_WITH_LEVELS = as_csv([
    ["Nr", "Nachname", "Vorname", "geb. am", "PLZ", "Rolle", "Muttersprache", "Sprache 1", "Niveau 1", "Sprache 2", "Niveau 2", "Sprache 3", "Niveau 3", "Deutsch"],
    ["1", "Beispiel", "Ada", "12.01.1980", "61169", "LD", "Tigrinya", "Arabisch", "B2", "Englisch", "c1", "", "", "C1"],
    ["2", "Muster", "Bo", "03.05.1971", "61231", "LD", "", "Dari", "gut", "Paschtu", "MS", "", "", "B2"],
    ["3", "Probe", "Cem", "03.05.1972", "61231", "LD", "", "Türkisch", "", "Kurd.", "B1", "", "A2", "B2"],
    ["4", "Test", "Dua", "03.05.1973", "61231", "LD", "", "Türkisch, Dari", "B2", "", "", "", "", "B2"],
    ["5", "Leer", "Eda", "03.05.1974", "61231", "LD", "", "", "", "", "", "", "", "B2"],
])  # fmt: skip

CROSSES = as_csv([
    ["Nachname", "Vorname", "geb. am", "PLZ", "Rolle", "Arabisch", "Türkisch", "Dari", "Kurdisch", "Deutsch"],
    ["Beispiel", "Ada", "12.01.1980", "61169", "LD", "x", "", "X", "", "B2"],
    ["Muster", "Bo", "03.05.1971", "61231", "LD", "", "C1", "-", "nein", "B2"],
    ["Probe", "Cem", "03.05.1972", "61231", "LD", "", "Muttersprache", "", "x", "B2"],
    ["Test", "Dua", "03.05.1973", "61231", "LD", "(x)", "x", "", "", "B2"],
    ["Leer", "Eda", "03.05.1974", "61231", "LD", "", "", "", "", "B2"],
])  # fmt: skip

WEEK_GRID = as_csv([
    ["Nachname", "Vorname", "geb. am", "PLZ", "Rolle", "Sprachen", "Mo", "Di", "Mi", "Do", "Fr"],
    ["Beispiel", "Ada", "12.01.1980", "61169", "LD", "Dari", "x", "vorm.", "", "14-17", "nachm."],
    ["Muster", "Bo", "03.05.1971", "61231", "LD", "Dari", "ab 14 Uhr", "-", "nein", "vorm./nachm.", ""],
    ["Probe", "Cem", "03.05.1972", "61231", "LD", "Dari", "mal so mal so", "x", "", "", ""],
    ["Leer", "Eda", "03.05.1974", "61231", "LD", "Dari", "", "", "", "", ""],
])  # fmt: skip

TWO_HEADING_LINES = as_csv([
    ["Freiwillige, Stand Januar 2027"],
    ["Person", "", "", "", "Einsatz", "", "Führungszeugnis", "", "Verfügbarkeit", "", ""],
    ["Nachname", "Vorname", "geb. am", "PLZ", "Rolle", "Sprachen", "ausgestellt", "gesehen", "Mo", "Di", "Mi"],
    ["Beispiel", "Ada", "12.01.1980", "61169", "LD", "Dari", "01.06.2026", "10.06.2026", "x", "", "vm"],
    ["Muster", "Bo", "03.05.1971", "61231", "LD", "Dari", "", "", "", "9-12", ""],
])  # fmt: skip

GROUP_OVER_DAYS = as_csv([
    ["Nachname", "Vorname", "geb. am", "PLZ", "Rolle", "Sprachen", "Verfügbarkeit", "", "", ""],
    ["", "", "", "", "", "", "Mo vm", "Mo nm", "Di vm", "Mi vm"],
    ["Beispiel", "Ada", "12.01.1980", "61169", "LD", "Dari", "x", "", "x", ""],
])  # fmt: skip

SECTIONS_AND_TOTALS = as_csv([
    ["Nr", "Nachname", "Vorname", "geb. am", "PLZ", "Rolle", "Sprachen"],
    ["Team Nord"],
    ["1", "Beispiel", "Ada", "12.01.1980", "61169", "LD", "Dari"],
    [],
    ["Team Süd"],
    ["2", "Muster", "Bo", "03.05.1971", "61231", "IL", "Paschtu"],
    ["Nr", "Nachname", "Vorname", "geb. am", "PLZ", "Rolle", "Sprachen"],
    ["Summe", "2 Personen"],
    ["* Stand: Januar 2027, ohne Gewähr"],
])  # fmt: skip

WINDOWS = as_csv([
    ["Nachname", "Vorname", "geb. am", "PLZ", "Rolle", "Sprachen", "Schuhgröße", "Schuhgröße"],
    ["Größe", "Jörg", "12.01.1980", "61169", "LD", "Türkisch", "41", "42"],
    ["Übel", "Änne", "12.01.1981", "61169", "LD", "Türkisch; Französisch", "", ""],
], "\t", "cp1252", "\r\n")  # fmt: skip

FORMULAS = "﻿".encode() + as_csv([
    ["Nachname", "Vorname", "geb. am", "PLZ", "Rolle", "Sprachen", "E-Mail", "Telefon", "Bemerkung"],
    ['=HYPERLINK("http://example.org","Beispiel")', "Ada", "12.01.1980", "61169", "LD", "Dari", "", "", ""],
    ["Muster", "Bo", "03.05.1971", "61231", "LD", "Dari", '=HYPERLINK("mailto:bo@example.org")', "+49 171 5550002", ""],
    ["Probe", "Cem", "03.05.1972", "61231", "LD", "Dari", "", "#NV", ""],
    ["Test", "Dua", "#WERT!", "61231", "LD", "Dari", "", "", ""],
    ["Halb", "Eda", "03.05.1974", "61231", "LD", "Dari", "", "", "#N/A"],
])  # fmt: skip

EVERY_SECOND_WEEK = as_csv([
    ["Nachname", "Vorname", "geb. am", "PLZ", "Rolle", "Sprachen", "Wann?"],
    ["Beispiel", "Ada", "12.01.1980", "61169", "LD", "Dari", "jede 2. Woche Mo 8-12, Di 9-11"],
    ["Muster", "Bo", "03.05.1971", "61231", "LD", "Dari", "halb drei"],
    ["Probe", "Cem", "03.05.1972", "61231", "LD", "Dari", "Mo-Mi vormittags"],
])  # fmt: skip

REQUESTS = as_csv([
    ["Lfd.", "Institution", "Wann", "Uhrzeit", "Dauer", "Sprache", "Hinweise", "E-Mail"],
    ["1", "Kita Arche", "12. Jan 27", "14.30h", "1,5 Std.", "Syrisch", "bitte weibliche Dolmetscherin", ""],
    ["2", "Kita Arche", "KW 3", "10 Uhr", "90", "Dari", "", ""],
    ["3", "Kita Arche", "13.01.2027", "halb drei", "90", "Dari", "", ""],
    ["4", "Kita Arche", "14.01.2027", "14:30", "bis 16 Uhr", "Kurd.", "", ""],
    ["5", "Kita Arche", "15.01.2027", "9:00", "45", "arab./franz.", "", ""],
    ["6", "Kita Arche", "18.01.2027", "9:00", "45", "Farsi/Dari", "nur Frau!!", ""],
    ["7", "Kita Arche", "46399", "9:00", "45", "Dari", "", ""],
    ["8", "Kita Arche", "19.01.2027", "9:00", "bis 8 Uhr", "Dari", "", ""],
    ["9", "Kita Arche", "20.01.2027", "9:00", "45", "Dari", "", "leitung@example.org"],
    ["10", "Kita Unbekannt", "20.01.2027", "9:00", "45", "Dari", "", ""],
])  # fmt: skip

FORWARDED = b"""> Von: Sekretariat
> Gesendet: Montag
> Betreff: Termine
>
> Einrichtung;Datum;Uhrzeit;Dauer;Sprache;Anlass
> Kita Arche;12.01.2027;10:00;60 min;Dari;Elterngespr\xc3\xa4ch
> Kita Arche;13.01.2027;9.15 Uhr;1 h;Irakisch;Anmeldung
>
> Mit freundlichen Gr\xc3\xbc\xc3\x9fen
"""

ENGLISH_REQUESTS = as_csv([
    ["Institution", "Date", "Time", "Duration", "Language", "Subject", "Comments"],
    ["Kita Arche", "2027-01-12", "10:00", "60", "Arabic", "Parents' talk", ""],
    ["Kita Arche", "2027-01-13", "10:00", "1.5 h", "Kurmanji", "", ""],
    ["Kita Arche", "next week", "10:00", "60", "Arabic", "", ""],
], "\t")  # fmt: skip
