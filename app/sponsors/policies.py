"""What may be asked for: the sponsor's own rule, else the default. Never code in a route."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.tables import PolicyEffect, PolicyRule

FORBIDDEN_KINDS = frozenset({
    "court", "police", "bamf", "jobcenter", "employment_agency", "immigration_office", "doctor",
    "hospital", "therapy", "lawyer", "notary",
})  # fmt: skip
FORBIDDEN_TOPICS = {
    "written_translation": ("schriftliche übersetzung", "übersetzung von", "dokument übersetzen"),
    "legal_proceedings": (
        "gericht", "anwalt", "anwältin", "polizei", "vernehmung", "asylanhörung", "abschiebung",
        "notar", "strafverfahren", "klage", "widerspruchsverfahren",
    ),
    "medical_treatment": (
        "operation", "op-aufklärung", "arztgespräch", "arzttermin", "diagnose", "therapie",
        "psychiatr", "krankenhaus",
    ),
}  # fmt: skip
TRAINED_KINDS_FOR_GUIDES = frozenset({"doctor", "hospital", "therapy"})
REASON_DE = "Ehrenamtliche dürfen hier nicht dolmetschen. Bitte vereidigte Dolmetscher fragen."


@dataclass(frozen=True)
class Verdict:
    """What holds for one role at one kind of institution and topic, and why."""

    effect: PolicyEffect
    reason: str = ""


def topic_of(text: str) -> str:
    """The forbidden topic hidden in a request's words, or an empty string."""
    return topic_and_word(text)[0]


def topic_and_word(text: str) -> tuple[str, str]:
    """The forbidden topic with the word that names it, both empty where there is none."""
    folded = text.casefold()
    for topic, words in FORBIDDEN_TOPICS.items():
        for word in words:
            if word in folded:
                return topic, word
    return "", ""


def _default(role: str, institution_kind: str, topic: str) -> Verdict:
    if role == "interpreter" and (institution_kind in FORBIDDEN_KINDS or topic):
        return Verdict(PolicyEffect.FORBID, REASON_DE)
    if role == "guide" and institution_kind in TRAINED_KINDS_FOR_GUIDES:
        return Verdict(PolicyEffect.ALLOW_WITH_TRAINING)
    return Verdict(PolicyEffect.ALLOW)


def verdict(
    rules: Iterable[PolicyRule], role: str, institution_kind: str, topic_text: str
) -> Verdict:
    """The most specific own rule (kind and topic, kind, topic), else the default."""
    topic = topic_of(topic_text)
    own = {(r.institution_kind, r.topic): r for r in rules if r.role == role}
    for key in ((institution_kind, topic), (institution_kind, ""), ("", topic)):
        if key in own and key != ("", ""):
            return Verdict(PolicyEffect(own[key].effect), own[key].reason)
    return _default(role, institution_kind, topic)
