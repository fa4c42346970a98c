"""What the page on which a treasurer approves claims says, in plain language."""

from app.tables import ApprovalState

WORDS = {
    "de": {
        "title": "Abrechnungen freigeben",
        "lead": "Guten Tag {name}, diese Abrechnungen sind geprüft. Geben Sie sie frei?",
        "sponsor": "Träger",
        "count": "Anzahl",
        "sum": "Summe",
        "counter": "{month} (wird zurückgenommen)",
        "asked": "Gefragt am",
        "row": "Monat {month}, {hours} Stunden",
        "list": "Die Abrechnungen",
        "yes_title": "Alles stimmt",
        "yes": "Ja, alle freigeben",
        "no_title": "Etwas stimmt nicht",
        "no_hint": "Dann gehen alle zurück. Die Koordination prüft sie noch einmal.",
        "note_label": "Was stimmt nicht?",
        "note_hint": "Bitte kurz, ohne private Dinge (3 bis 300 Zeichen).",
        "no": "Alle zurückgeben",
        "errors": "Bitte noch einmal ansehen",
        "note_error": "Bitte schreiben Sie kurz, was nicht stimmt (3 bis 300 Zeichen), ohne"
        " Namen, Geburtsdatum, Telefonnummer oder Krankheit.",
        "answer_error": "Bitte wählen Sie eine der beiden Antworten.",
    },
    "en": {
        "title": "Approve claims",
        "lead": "Hello {name}, these claims were checked. Do you approve them?",
        "sponsor": "Sponsor",
        "count": "Number",
        "sum": "Sum",
        "counter": "{month} (to be taken back)",
        "asked": "Asked on",
        "row": "Month {month}, {hours} hours",
        "list": "The claims",
        "yes_title": "Everything is right",
        "yes": "Yes, approve all of them",
        "no_title": "Something is wrong",
        "no_hint": "Then all of them go back. The coordination office checks them again.",
        "note_label": "What is wrong?",
        "note_hint": "Briefly, please, and nothing private (3 to 300 characters).",
        "no": "Return all of them",
        "errors": "Please look again",
        "note_error": "Please write briefly what is wrong (3 to 300 characters),"
        " without names, dates of birth, telephone numbers or illnesses.",
        "answer_error": "Please choose one of the two answers.",
    },
}
STATES = {
    "de": {
        ApprovalState.APPROVED: ("Danke, alles ist freigegeben", "Sie müssen nichts mehr tun."),
        ApprovalState.RETURNED: (
            "Danke, alles ist zurückgegeben",
            "Die Koordination prüft noch einmal. Danach bekommen Sie einen neuen Link.",
        ),
        ApprovalState.OVERTAKEN: (
            "Dieser Link gilt nicht mehr",
            "Seit der Mail hat sich etwas geändert. Wenn Sie noch etwas freigeben sollen, bekommen"
            " Sie einen neuen Link.",
        ),
    },
    "en": {
        ApprovalState.APPROVED: ("Thank you, all are approved", "There is nothing left to do."),
        ApprovalState.RETURNED: (
            "Thank you, all are returned",
            "The coordination office checks them again. Then you get a new link.",
        ),
        ApprovalState.OVERTAKEN: (
            "This link is no longer valid",
            "Something has changed since the mail. If there still is something to approve, you get"
            " a new link.",
        ),
    },
}
