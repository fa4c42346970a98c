"""What a search that found nobody says to the institution: plain words, and what to do next."""

from collections.abc import Sequence
from typing import Any

from app.messages.telling import Text

Reasons = Sequence[dict[str, Any]]

GERMAN = {
    "no_language": "Zurzeit spricht bei uns niemand mit freier Zeit diese Sprache gut genug.",
    "no_time": "Alle, die die Sprache sprechen, haben zu dieser Zeit keine Zeit.",
    "no_region": "Alle, die die Sprache sprechen, wohnen zu weit weg.",
    "policy": "Niemand, der oder die die Sprache spricht, geht zu dieser Art von Stelle.",
    "budget": "In diesem Jahr sind dafür schon alle Einsätze vergeben, die bezahlt werden können.",
    "declined_by_all": "Wir haben alle gefragt, die infrage kommen. Niemand hat zugesagt.",
    "too_late": "Die Zeit bis zum Termin hat nicht gereicht.",
    "": "Niemand, der oder die infrage kommt, kann diesen Termin übernehmen.",
}
ENGLISH = {
    "no_language": "At present nobody with time to spare speaks this language well enough.",
    "no_time": "Everybody who speaks the language has no time then.",
    "no_region": "Everybody who speaks the language lives too far away.",
    "policy": "Nobody who speaks the language goes to this kind of place.",
    "budget": "All assignments that can be paid for this are taken this year.",
    "declined_by_all": "We have asked everybody who could go. Nobody has said yes.",
    "too_late": "There was not enough time before the appointment.",
    "": "Nobody who could go can take this appointment.",
}


def why(reasons: Reasons, locale: str = "de") -> str:
    """The first reason in plain words; nobody is named or counted."""
    table = ENGLISH if locale == "en" else GERMAN
    code = str(reasons[0]["code"]) if reasons else ""
    return table.get(code, table[""])


def unfilled(when: str, language: str, reason: str, locale: str = "de") -> Text:
    """Nobody was found for the appointment: it does not take place with us."""
    if locale == "en":
        return Text(
            f"Nobody found: {when}",
            f"""Hello,

we are sorry: we have found nobody for your appointment.

When: {when}
Language: {language}
Why: {reason}

What you can do:
- Move the appointment and ask again. With more notice we find somebody more often.
- Ask whether telephone or video would do.
- Ask a professional interpreter.

The coordination office is glad to help.
""",
        )
    return Text(
        f"Niemand gefunden: {when}",
        f"""Guten Tag,

leider haben wir für Ihren Termin niemanden gefunden.

Wann: {when}
Sprache: {language}
Grund: {reason}

Was Sie tun können:
- Verschieben Sie den Termin und fragen Sie neu. Mit mehr Vorlauf finden wir öfter jemanden.
- Prüfen Sie, ob es auch am Telefon oder per Video geht.
- Fragen Sie einen Dolmetschdienst.

Die Koordination hilft Ihnen gern weiter.
""",
    )


def one_missing(when: str, language: str, reason: str, locale: str = "de") -> Text:
    """Nobody was found for one of several people; the others come, or are still being sought."""
    if locale == "en":
        return Text(
            f"One person is missing: {when}",
            f"""Hello,

for your appointment we have found nobody for one of the languages yet.

When: {when}
Language: {language}
Why: {reason}

The others stay as planned. Please tell us if you would rather move the appointment.
""",
        )
    return Text(
        f"Eine Person fehlt: {when}",
        f"""Guten Tag,

für Ihren Termin haben wir für eine der Sprachen bisher niemanden gefunden.

Wann: {when}
Sprache: {language}
Grund: {reason}

Bei den anderen bleibt es. Bitte sagen Sie uns, wenn Sie den Termin lieber verschieben.
""",
    )
