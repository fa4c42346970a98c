"""What the page for answering an offer says, in plain German and English."""

WORDS = {
    "de": {
        "title": "Können Sie helfen?",
        "lead": "Hallo {name}, wir fragen Sie für diesen Termin.",
        "late_lead": "Hallo {name}, die Frist ist um, aber wir suchen noch. Können Sie?",
        "yes": "Ja, ich übernehme den Termin",
        "no": "Nein, es geht nicht",
        "no_hint": "Sie müssen keinen Grund nennen. Ein Nein hat keine Nachteile für Sie.",
        "call_hint": "Sie möchten erst sprechen, oder es ginge zu einer anderen Zeit?",
        "call": "Bitte rufen Sie mich an",
        "called": "Die Koordination ruft Sie an. Sie können hier trotzdem antworten.",
        "answer_error": "Bitte wählen Sie Ja oder Nein.",
    },
    "en": {
        "title": "Can you help?",
        "lead": "Hello {name}, we are asking you for this appointment.",
        "late_lead": "Hello {name}, the time to answer is over, but we are still looking. Can you?",
        "yes": "Yes, I will come",
        "no": "No, I cannot",
        "no_hint": "You need not give a reason. A no has no disadvantage for you.",
        "call_hint": "You would like to talk first, or another time would suit you?",
        "call": "Please call me",
        "called": "The coordination office will call you. You can answer here all the same.",
        "answer_error": "Please choose yes or no.",
    },
}
STATES = {
    "de": {
        "accepted": (
            "Danke, der Termin steht!",
            "Sie haben diesen Termin übernommen. Wenn Ihnen etwas dazwischenkommt: Der Link dafür"
            " steht in der Bestätigung.",
        ),
        "declined": ("Danke für Ihre Antwort", "Sie haben abgesagt. Sie müssen nichts mehr tun."),
        "expired": ("Die Zeit ist abgelaufen", "Sie müssen nichts mehr tun. Danke trotzdem!"),
        "cancelled": ("Sie sind nicht mehr eingeplant", "Sie müssen nichts mehr tun."),
        "withdrawn": ("Schon erledigt", "Wir brauchen hier keine Hilfe mehr. Danke trotzdem!"),
        "late": (
            "Danke für Ihre Zusage",
            "Sie kam leider zu spät: Der Termin ist vergeben oder die Frist ist um. Wir haben sie"
            " notiert und melden uns, wenn wir Sie doch brauchen.",
        ),
    },
    "en": {
        "accepted": (
            "Thank you, it is settled!",
            "You have taken this appointment. If something comes up: the link for that is in the"
            " confirmation.",
        ),
        "declined": ("Thank you for your answer", "You have said no. There is nothing to do."),
        "expired": ("The time has passed", "There is nothing to do. Thank you all the same!"),
        "cancelled": ("You are no longer planned", "There is nothing to do."),
        "withdrawn": ("Settled already", "No help is needed here any more. Thank you!"),
        "late": (
            "Thank you for your yes",
            "It came too late: the appointment is taken or the time to answer is over. We have"
            " noted it and will call if you are needed after all.",
        ),
    },
}
