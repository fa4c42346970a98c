"""German and English words for what stands in an export."""

SECTIONS: dict[str, tuple[str, str]] = {
    "volunteer": ("Person", "Person"),
    "account": ("Zugang", "Account"),
    "enrolment": ("In welchen Pools", "Pools"),
    "membership": ("Aufgaben im Büro", "Roles in an office"),
    "contact": ("Ansprechperson für", "Contact of"),
    "language_skill": ("Sprachen", "Languages"),
    "training": ("Schulungen", "Trainings"),
    "clearance": ("Gesehene Nachweise", "Papers that were seen"),
    "availability_rule": ("Zeiten in der Woche", "Weekly times"),
    "availability_recurrence": ("Wiederkehrende Zeiten", "Times that come back"),
    "extra_time": ("Zusätzliche Zeiten", "Extra times"),
    "absence": ("Abwesenheiten", "Absences"),
    "busy_feed": ("Eigene Kalender", "Own calendars"),
    "busy_span": ("Belegte Zeiten daraus", "Busy times from them"),
    "exclusion": ("Wohin nicht", "Where not to go"),
    "proposal": ("Vorschläge des Programms", "Proposals of the program"),
    "offer": ("Anfragen an die Person", "Offers"),
    "offered_time": ("Andere Zeiten, die sie nannte", "Other times that were named"),
    "standby": ("Bereitschaften", "Standbys"),
    "lending": ("Anfragen anderer Pools", "Questions of other pools"),
    "assignment": ("Einsätze", "Bookings"),
    "service_record": ("Einsatznachweise", "Service records"),
    "claim": ("Abrechnungen", "Claims"),
    "claim_line": ("Zeilen der Abrechnungen", "Lines of claims"),
    "activity": ("Tätigkeiten ohne Termin", "Activities without an appointment"),
    "payment": ("Überweisungen", "Transfers"),
    "ledger_entry": ("Buchungen", "Lines of the books"),
    "declared_income": ("Angaben zu anderen Einnahmen", "Income declared from elsewhere"),
    "benefit_wish": ("Wunsch: Ansicht zu einer Sozialleistung", "Wish to see a benefit"),
    "course_participant": ("Kurse", "Courses"),
    "enrolment_change": ("Stand im Pool im Lauf der Zeit", "Standing in the pool over time"),
    "message": ("Nachrichten", "Messages"),
    "message_preference": ("Wünsche zu Nachrichten", "Message preferences"),
    "calendar_feed": ("Kalender-Adressen", "Calendar addresses"),
    "push_subscription": ("Geräte für Mitteilungen", "Devices for notifications"),
    "api_token": ("Schlüssel für Programme", "Keys for programs"),
    "session_token": ("Anmeldungen", "Sessions"),
    "erasure": ("Wünsche nach Löschung", "Wishes to be erased"),
    "audit_event": ("Protokoll: wer wann was getan oder gesehen hat", "Log of who did what"),
}
FIELDS: dict[str, str] = {
    "created_at": "angelegt", "pool": "Pool", "institution": "Einrichtung", "language": "Sprache",
    "day": "Tag", "start_minute": "von", "end_minute": "bis", "surname": "Nachname",
    "given_name": "Vorname", "birth_date": "geboren", "gender": "Geschlecht",
    "postal_code": "PLZ", "town": "Ort", "lat": "Breitengrad", "lon": "Längengrad",
    "phone": "Telefon", "email": "E-Mail", "iban": "IBAN", "note": "Notiz", "name": "Name",
    "locale": "Sprache der Nachrichten",
    "transport": "unterwegs mit", "german_level": "Deutsch", "only_kinds": "nur zu",
    "phone_only": "nur am Telefon", "quiet_from_minute": "Ruhe ab", "quiet_to_minute": "Ruhe bis",
    "most_day_assignments": "Einsätze am Tag", "most_day_minutes": "Minuten am Tag",
    "most_week_minutes": "Minuten in der Woche", "most_travel_minutes": "Minuten Weg",
    "long_days": "lange Tage", "erased_at": "gelöscht", "active": "aktiv", "roles": "Aufgaben",
    "role": "Aufgabe", "state": "Stand", "coordinating": "koordiniert",
    "listing_renewed_on": "Eintrag erneuert", "week_minutes": "Minuten in der Woche",
    "day_assignments": "Einsätze am Tag", "lendable": "auch für andere Pools",
    "source_key": "aus der Liste", "level": "Niveau", "assessed_by": "eingestuft von",
    "assessed_on": "eingestuft am", "units": "Einheiten", "done_on": "am", "kind": "Art",
    "issued_on": "ausgestellt", "seen_on": "gesehen", "valid_to": "gültig bis",
    "valid_from": "gültig ab", "weekday": "Wochentag", "soft": "nur auf Anfrage",
    "every_weeks": "alle Wochen", "season": "Schulzeit oder Ferien", "parity": "gerade/ungerade",
    "rule": "Regel", "first_day": "erster Tag", "last_day": "letzter Tag", "reason": "Grund",
    "starts_at": "Beginn", "ends_at": "Ende", "institution_kind": "Art der Einrichtung",
    "mode": "Form", "cost": "Punkte", "price": "Preis", "terms": "Gründe",
    "expires_at": "gültig bis", "answered_at": "beantwortet", "wave": "Runde",
    "late_yes_at": "Ja kam zu spät", "call_asked_at": "bat um Anruf",
    "by_office": "von der Koordination eingetragen",
    "travel_minutes": "Minuten Weg", "booked_via": "gebucht über",
    "cancel_reason": "Grund der Absage", "cancelled_at": "abgesagt",
    "cancelled_by": "abgesagt von Seite", "cancel_cause": "Ursache",
    "notice_minutes": "Minuten vorher", "pay_rule": "Regel der Entschädigung",
    "on_the_way_at": "auf dem Weg seit", "finished_at": "beendet",
    "feedback": "Rückmeldung der Einrichtung", "feedback_note": "Grund der Rückmeldung",
    "institution_outcome": "Ausgang laut Einrichtung",
    "reminded_at": "erinnert", "reconfirmed_at": "bestätigt", "started_at": "begonnen",
    "ended_at": "beendet", "break_minutes": "Pause", "minutes": "Minuten",
    "reported_minutes": "gemeldet", "confirmed_minutes": "bestätigte Minuten",
    "outcome": "Ausgang", "confirmed_at": "bestätigt", "month": "Monat",
    "funding_line": "Förderlinie", "amount_cents": "Betrag", "checked_at": "geprüft",
    "approved_at": "freigegeben", "payee_name": "Kontoinhaber/-in", "payee_iban": "IBAN",
    "return_reason": "Grund der Rückgabe", "paid_minutes": "bezahlte Minuten",
    "plan_key": "Satz", "reason_code": "Regel", "reason_params": "Angaben dazu",
    "event": "Anlass", "channel": "Weg", "recipient": "an", "subject": "Betreff", "body": "Text",
    "short": "Kurztext", "calendar": "Kalendereintrag", "sent_at": "gesendet",
    "read_at": "gelesen", "due_at": "fällig", "attempts": "Versuche", "failure": "Fehler",
    "digest": "gesammelt", "detail": "Umfang", "last_used_at": "zuletzt benutzt",
    "revoked_at": "widerrufen", "label": "Bezeichnung", "scopes": "Rechte", "used_at": "benutzt",
    "seen_at": "zuletzt gesehen", "factor_at": "zweiter Faktor", "proven_at": "bestätigt am",
    "held_until": "aufbewahrt bis", "done_at": "erledigt", "counts": "Zahlen", "proof": "Prüfwert",
    "via": "über", "action": "Vorgang", "subject_type": "betrifft", "details": "Einzelheiten",
    "rule_version": "Fassung der Regel", "by": "durch", "kilometres": "Kilometer",
    "fundable": "förderfähig", "source": "erfasst über", "reminders": "Erinnerungen",
    "doubts": "zu prüfen", "number": "Nummer", "travel_cents": "davon Fahrt",
    "held_from": "angehalten aus", "purpose": "Verwendungszweck", "paid_on": "gezahlt am",
    "returned_on": "zurück am", "return_code": "Grund der Bank", "recorded_at": "gebucht",
    "quantity": "Anzahl", "tax_year": "Steuerjahr", "benefit": "Leistung",
    "attendance": "Teilnahme", "certified_on": "Bescheinigung vom", "region_ags": "Kreis",
    "iban_changed_at": "IBAN geändert", "operator": "betreut die Anlage",
    "programme": "betreut das Landesprogramm", "password_set_at": "Passwort gesetzt",
    "totp_since": "App für Codes seit", "given": "gezeigt", "anchor_day": "gezählt ab",
    "code_tries": "Versuche mit dem Code", "published": "weitergegeben",
    "position": "Platz im Protokoll", "previous_hash": "Prüfwert davor", "hash": "Prüfwert",
    "etag": "Fassung", "fetched_at": "zuletzt geholt", "next_fetch_at": "wird geholt ab",
    "failures": "Fehler bisher",
}  # fmt: skip
VALUES = {
    "herself": "die Person selbst", "office": "das Büro", "service": "das Programm",
    True: "ja", False: "nein",
}  # fmt: skip
ENGLISH_VALUES = {True: "yes", False: "no"}
WORDS: dict[str, tuple[str, str]] = {
    "title": ("Auskunft über gespeicherte Daten", "What is stored about you"),
    "for": ("Für", "For"),
    "made": ("Stand", "As of"),
    "controllers": ("Verantwortlich", "Controllers"),
    "about": ("Wofür die Daten da sind", "What the data are for"),
    "purpose": ("Zweck", "Purpose"),
    "basis": ("Rechtsgrundlage", "Legal basis"),
    "kept": ("Löschung", "Erasure"),
    "receivers": ("Empfänger", "Receivers"),
    "rights": ("Ihre Rechte", "Your rights"),
    "rights_text": (
        "Sie können verlangen, dass Falsches berichtigt und Ihre Daten gelöscht werden. Sie können"
        " der Verarbeitung widersprechen und Ihre Daten mitnehmen. Wenden Sie sich an Ihren Pool."
        " Beschweren können Sie sich beim Hessischen Beauftragten für Datenschutz und"
        " Informationsfreiheit in Wiesbaden.",
        "You can ask that what is wrong is corrected and that your data are erased. You can object,"
        " and take your data with you. Please ask your pool. You can complain to the data"
        " protection commissioner of Hessen in Wiesbaden.",
    ),
    "more": (
        "Ältere Einträge stehen in der Datei im Format JSON.",
        "Older entries stand in the JSON file.",
    ),
    "letters": (
        "Manche Schriftzeichen fehlen dieser Anlage. Sie stehen in eckigen Klammern in lateinischen"
        " Buchstaben; in der Datei im Format JSON stehen sie unverändert.",
        "Some signs are missing here. They stand in brackets in Latin letters; the JSON file has"
        " them unchanged.",
    ),
}


def section(table: str, locale: str) -> str:
    """The heading for the rows of a table."""
    return SECTIONS[table][1 if locale == "en" else 0]


def field(column: str, locale: str) -> str:
    """The word for a column."""
    plain = column.replace("_", " ")
    return plain if locale == "en" else FIELDS.get(column, plain)


def word(name: str, locale: str) -> str:
    """A word or sentence of the document."""
    return WORDS[name][1 if locale == "en" else 0]
