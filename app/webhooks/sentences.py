"""Why a delivery failed and why a webhook is off, in German and English."""

FAILURES = {
    "de": {
        "": "",
        "status": "Der Empfänger hat die Nachricht nicht angenommen.",
        "too_slow": "Der Empfänger hat nicht innerhalb von zehn Sekunden geantwortet.",
        "unreachable": "Der Empfänger ist nicht erreichbar.",
        "certificate": "Das Zertifikat des Empfängers ist nicht gültig.",
        "unknown_host": "Den Namen in der Adresse gibt es nicht.",
        "forbidden_host": "Die Adresse führt in ein internes Netz. Dorthin wird nichts geschickt.",
        "silent": "Der Empfänger hat einen Tag lang nichts angenommen.",
        "off": "Der Webhook wurde vorher abgeschaltet.",
        "event": "Dieses Ereignis gibt es nicht mehr.",
        "scheme": "Die Adresse muss mit https:// beginnen.",
        "password": "In der Adresse darf kein Passwort stehen.",
        "host": "Die Adresse braucht einen öffentlichen Namen, ohne eigenen Port.",
        "address": "Das ist keine Adresse, an die etwas geschickt werden kann.",
    },
    "en": {
        "": "",
        "status": "The receiver did not take it.",
        "too_slow": "The receiver did not answer within ten seconds.",
        "unreachable": "The receiver cannot be reached.",
        "certificate": "The receiver's certificate is not valid.",
        "unknown_host": "There is no such name as in the address.",
        "forbidden_host": "The address leads inside a network. Nothing is sent there.",
        "silent": "The receiver has not taken anything for a day.",
        "off": "The webhook was switched off before.",
        "event": "This event does not exist any more.",
        "scheme": "The address must begin with https://.",
        "password": "There must be no password in the address.",
        "host": "The address needs a public name, without a port of its own.",
        "address": "This is no address to which anything can be sent.",
    },
}
OFF = {
    "de": {
        "": "",
        "office": "Von Ihnen abgeschaltet.",
        "gone": "Der Empfänger hat geantwortet, dass er nichts mehr haben will (410).",
        "given_up": "Zu viele Nachrichten hintereinander kamen einen Tag lang nicht an.",
    },
    "en": {
        "": "",
        "office": "Switched off by you.",
        "gone": "The receiver answered that it wants nothing more (410).",
        "given_up": "Too many deliveries in a row could not be made for a day.",
    },
}


def failure(code: str, locale: str) -> str:
    """What went wrong, in words."""
    return FAILURES[locale].get(code, FAILURES[locale]["unreachable"])


def off(reason: str, locale: str) -> str:
    """Why nothing is sent any more, in words."""
    return OFF[locale][reason]
