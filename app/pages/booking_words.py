"""What the pages about a booking and a standby say, in plain German and English."""

MISTAKE = {
    "de": "Bitte wählen Sie eine der Antworten.",
    "en": "Please choose one of the answers.",
}
BOOKING = {
    "de": {
        "yes": "Ich komme",
        "no": "Ich kann nicht",
        "hint": "Wenn Sie nicht können: Wir suchen sofort jemand anderen. Ein Klick genügt.",
        "asked": ("Kommen Sie?", "Hallo {name}, bitte sagen Sie uns, ob Sie kommen."),
        "booked": ("Ihr Termin", "Hallo {name}, Sie haben diesen Termin übernommen."),
        "confirmed": ("Danke, bis bald!", "Sie haben gesagt, dass Sie kommen."),
        "begun": ("Ihr Termin", "Der Termin hat begonnen oder ist vorbei."),
        "cancelled": ("Sie sind nicht mehr eingeplant", "Sie müssen nichts mehr tun."),
    },
    "en": {
        "yes": "I will come",
        "no": "I cannot come",
        "hint": "If you cannot: we look for somebody else at once. One click is enough.",
        "asked": ("Will you come?", "Hello {name}, please tell us whether you will come."),
        "booked": ("Your appointment", "Hello {name}, you have taken this appointment."),
        "confirmed": ("Thank you, see you soon!", "You have said that you will come."),
        "begun": ("Your appointment", "The appointment has begun or is over."),
        "cancelled": ("You are no longer planned", "There is nothing left to do."),
    },
}
STANDBY = {
    "de": {
        "yes": "Ja, ich stehe bereit",
        "no": "Nein, es geht nicht",
        "hint": "Sie müssen keinen Grund nennen. Ein Nein hat keine Nachteile für Sie.",
        "asked": (
            "Könnten Sie einspringen?",
            "Hallo {name}, hier ist jemand gebucht. Stehen Sie bereit, falls die Person ausfällt?",
        ),
        "ready": (
            "Danke, Sie stehen bereit",
            "Wir melden uns nur, wenn wir Sie brauchen. Bis dahin bleibt Ihre Zeit frei.",
        ),
        "declined": ("Danke für Ihre Antwort", "Sie haben abgesagt. Sie müssen nichts mehr tun."),
        "called": ("Sie springen ein", "Die Bestätigung mit allem Nötigen kommt als Nachricht."),
        "released": ("Nicht mehr nötig", "Wir brauchen Sie hier nicht mehr. Vielen Dank!"),
    },
    "en": {
        "yes": "Yes, I stand by",
        "no": "No, I cannot",
        "hint": "You need not give a reason. A no has no disadvantage for you.",
        "asked": (
            "Could you step in?",
            "Hello {name}, somebody is booked here. Would you stand by in case they cannot come?",
        ),
        "ready": (
            "Thank you, you stand by",
            "We only get in touch if we need you. Until then your time stays free.",
        ),
        "declined": ("Thank you for your answer", "You have said no. There is nothing to do."),
        "called": ("You step in", "The confirmation with all you need comes as a message."),
        "released": ("No longer needed", "You are not needed here any more. Thank you!"),
    },
}
