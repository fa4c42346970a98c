"""What a text raises before it is sent: the field, the words, and what to do about them."""

from app import freetext
from app.requests import tasks
from app.requests.schemas import Concern
from app.requests.storing import NewRequest
from app.sponsors import policies

GERMAN = {
    "name": "Das klingt nach einem Namen: „{words}“. Bitte weglassen.",
    "birth_date": "Das klingt nach einem Geburtsdatum: „{words}“. Bitte weglassen.",
    "phone": "Das klingt nach einer Telefonnummer: „{words}“. Bitte weglassen.",
    "email": "Das klingt nach einer E-Mail-Adresse: „{words}“. Bitte weglassen.",
    "health": "Das klingt nach einer Angabe zur Gesundheit: „{words}“. Bitte weglassen.",
}
ENGLISH = {
    "name": "This sounds like a name: “{words}”. Please leave it out.",
    "birth_date": "This sounds like a birth date: “{words}”. Please leave it out.",
    "phone": "This sounds like a telephone number: “{words}”. Please leave it out.",
    "email": "This sounds like an email address: “{words}”. Please leave it out.",
    "health": "This sounds like something about health: “{words}”. Please leave it out.",
}


def of_new(new: NewRequest, locale: str) -> list[Concern]:
    """What somebody would have to look at, by the field that it is about."""
    urgency = str(new.more.get("urgency_reason", ""))
    texts = {"topic": new.topic, "note": new.note, "urgency_reason": urgency}
    personal = [_personal(name, texts[name], locale) for name in tasks.FREE_TEXTS]
    forbidden = [
        _forbidden(code, params["reason"], texts)
        for code, params in new.questions
        if code.startswith("policy:")
    ]
    return [concern for concern in [*personal, *forbidden] if concern is not None]


def _personal(field: str, text: str, locale: str) -> Concern | None:
    found = freetext.personal_words(text)
    if found is None:
        return None
    kind, words = found
    sentence = (ENGLISH if locale == "en" else GERMAN)[kind].format(words=words)
    return Concern(code=f"personal_data:{field}", field=field, words=words, sentence=sentence)


def _forbidden(code: str, reason: str, texts: dict[str, str]) -> Concern:
    """A rule about a topic belongs to the text that names it, one about a place to no field."""
    for field, text in texts.items():
        _, word = policies.topic_and_word(text)
        if word:
            return Concern(code=code, field=field, words=word, sentence=reason)
    return Concern(code=code, field="", words="", sentence=reason)
