"""The words of the page on which an institution confirms a service record, in plain language."""

from app.tables import Outcome, RecordState

LINE_ERROR = {
    "de": "Bitte schreiben Sie kurz, was nicht gut war (höchstens 300 Zeichen), ohne Namen,"
    " Geburtsdatum, Telefonnummer oder Krankheit.",
    "en": "Please write briefly what was not good (at most 300 characters), without names, dates"
    " of birth, telephone numbers or illnesses.",
}
WORDS = {
    "de": {
        "title": "Einsatz bestätigen",
        "lead": "{name} hat diese Zeit gemeldet. Stimmt das?",
        "day": "Datum",
        "place": "Ort",
        "language": "Sprache",
        "person": "Wer war da",
        "time": "Zeit",
        "clock": "{start} bis {end} Uhr",
        "break": "Pause",
        "duration": "Dauer",
        "outcome": "Ergebnis",
        "minutes": "{minutes} Minuten",
        "no_language": "keine Angabe",
        "yes_title": "Die Zeit stimmt",
        "yes": "Ja, {minutes} Minuten bestätigen",
        "no_title": "Die Zeit stimmt nicht",
        "no_hint": "Dann meldet sich die Koordination bei Ihnen.",
        "minutes_label": "Wie viele Minuten waren es?",
        "minutes_hint": "Zum Beispiel 60. Schreiben Sie 0, wenn kein Termin war.",
        "note_label": "Was war anders?",
        "note_hint": "Bitte keine Namen von Klientinnen oder Klienten schreiben.",
        "outcome_label": "Wie war der Termin? (freiwillig)",
        "was_performed": "Er hat stattgefunden",
        "was_client_no_show": "Die Person, um die es ging, ist nicht gekommen",
        "was_cut_short": "Er war kürzer als geplant",
        "feedback_label": "Wie war es? (freiwillig)",
        "feedback_hint": "Das liest die Koordination.",
        "good": "Gut",
        "fair": "Es ging",
        "poor": "Nicht gut",
        "feedback_note_label": "Was war nicht gut? (freiwillig)",
        "no": "Andere Zeit melden",
        "errors": "Bitte noch einmal ansehen",
        "minutes_error": "Bitte die Minuten als Zahl von 0 bis 600 schreiben.",
        "note_error": "Bitte schreiben Sie kurz, was anders war (3 bis 300 Zeichen), ohne"
        " Namen, Geburtsdatum, Telefonnummer oder Krankheit.",
        "feedback_note_yes_error": LINE_ERROR["de"],
        "feedback_note_no_error": LINE_ERROR["de"],
        "answer_error": "Bitte wählen Sie eine der beiden Antworten.",
    },
    "en": {
        "title": "Confirm an appointment",
        "lead": "{name} reported this time. Is it right?",
        "day": "Date",
        "place": "Place",
        "language": "Language",
        "person": "Who was there",
        "time": "Time",
        "clock": "{start} to {end}",
        "break": "Break",
        "duration": "Duration",
        "outcome": "Result",
        "minutes": "{minutes} minutes",
        "no_language": "not given",
        "yes_title": "The time is right",
        "yes": "Yes, confirm {minutes} minutes",
        "no_title": "The time is not right",
        "no_hint": "Then the coordination office will contact you.",
        "minutes_label": "How many minutes was it?",
        "minutes_hint": "For example 60. Write 0 if there was no appointment.",
        "note_label": "What was different?",
        "note_hint": "Please do not write names of clients.",
        "outcome_label": "How was the appointment? (optional)",
        "was_performed": "It took place",
        "was_client_no_show": "The person it was about did not come",
        "was_cut_short": "It was shorter than planned",
        "feedback_label": "How was it? (optional)",
        "feedback_hint": "The coordination office reads this.",
        "good": "Good",
        "fair": "Fair",
        "poor": "Not good",
        "feedback_note_label": "What was not good? (optional)",
        "no": "Report another time",
        "errors": "Please look again",
        "minutes_error": "Please write the minutes as a number from 0 to 600.",
        "note_error": "Please write briefly what was different (3 to 300 characters),"
        " without names, dates of birth, telephone numbers or illnesses.",
        "feedback_note_yes_error": LINE_ERROR["en"],
        "feedback_note_no_error": LINE_ERROR["en"],
        "answer_error": "Please choose one of the two answers.",
    },
}

STATES = {
    "de": {
        RecordState.CONFIRMED: ("Danke, das ist bestätigt", "Es gelten {minutes} Minuten."),
        RecordState.DISPUTED: (
            "Danke, Ihre Antwort ist da",
            "Die Zeiten sind verschieden. Die Koordination meldet sich bei Ihnen.",
        ),
        RecordState.RESOLVED: (
            "Das ist schon geklärt",
            "Die Koordination hat entschieden: Es gelten {minutes} Minuten.",
        ),
    },
    "en": {
        RecordState.CONFIRMED: ("Thank you, this is confirmed", "{minutes} minutes count."),
        RecordState.DISPUTED: (
            "Thank you, we have your answer",
            "The times differ. The coordination office will contact you.",
        ),
        RecordState.RESOLVED: (
            "This is settled already",
            "The coordination office decided: {minutes} minutes count.",
        ),
    },
}

ANSWERED = {
    "de": "Beantwortet am {day} um {time} Uhr. Sie müssen nichts mehr tun.",
    "en": "Answered on {day} at {time}. There is nothing left to do.",
}

OUTCOMES = {
    "de": {
        Outcome.PERFORMED: "Der Termin hat stattgefunden",
        Outcome.CLIENT_NO_SHOW: "Die Person, um die es ging, ist nicht gekommen",
        Outcome.CUT_SHORT: "Der Termin war früher zu Ende als geplant",
        Outcome.ABORTED: "Der Termin wurde abgebrochen",
        Outcome.CANCELLED_LATE: "Der Termin wurde kurzfristig abgesagt",
    },
    "en": {
        Outcome.PERFORMED: "The appointment took place",
        Outcome.CLIENT_NO_SHOW: "The person it was about did not come",
        Outcome.CUT_SHORT: "The appointment ended earlier than planned",
        Outcome.ABORTED: "The appointment was broken off",
        Outcome.CANCELLED_LATE: "The appointment was cancelled at short notice",
    },
}
