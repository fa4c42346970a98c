"""From what an institution sends to what is written, with the questions it raises."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from app import access, freetext
from app.access import Actor
from app.errors import Forbidden, Invalid
from app.institutions import service as institutions
from app.requests import tasks
from app.requests.schemas import RequestDetails, SeatWrite
from app.requests.storing import NewRequest, Question, SeatSpec
from app.requests.times import Slot
from app.sponsors import policies
from app.sponsors import service as sponsors
from app.tables import Institution, PolicyEffect
from scheduling import languages

KEPT_AS_SENT = frozenset({
    "urgency_reason", "people_count", "consent_substitution", "contact_name", "contact_phone",
    "room", "cost_centre",
})  # fmt: skip
"""Members of a body that are columns of the same name."""


class InstitutionUnclear(Invalid):
    """Someone who acts for several institutions did not say for which one."""

    de = "Bitte angeben, für welche Einrichtung das ist."
    en = "Please say for which institution this is."


class UrgencyUnexplained(Invalid):
    """Something is called urgent without saying why."""

    de = "Bitte angeben, warum es dringend ist."
    en = "Please say why it is urgent."


class OfficeSaysCritical(Forbidden):
    """An institution calls its own request critical."""

    de = "Ob jemand in Bereitschaft steht (critical), entscheidet die Koordination."
    en = "Whether somebody stands by (critical) is decided by the coordination office."


class WishMissing(Invalid):
    """A hard wish says what is wished for."""

    de = "Bitte angeben, ob es eine Frau oder ein Mann sein muss."
    en = "Please say whether it has to be a woman or a man."


def refuse_critical(actor: Actor, sponsor_id: UUID) -> None:
    """Only the office says that somebody stands by."""
    if sponsor_id not in actor.sponsor_ids:
        raise OfficeSaysCritical


def place_of(session: Session, actor: Actor, body: RequestDetails) -> tuple[Institution, UUID]:
    """The institution that asks and the sponsor that is asked: partners with an agreement."""
    institution_id = body.institution_id
    if institution_id is None:
        if len(actor.institution_ids) != 1:
            raise InstitutionUnclear
        institution_id = next(iter(actor.institution_ids))
    visible = access.visible_institutions(actor)
    institution = access.load(session, visible, Institution, institution_id)
    sponsor_id = access.sponsor_for(actor, body.sponsor_id)
    institutions.require_partner(session, institution.id, sponsor_id)
    return institution, sponsor_id


def seat_spec(body: SeatWrite) -> tuple[SeatSpec, tuple[Question, ...]]:
    """A seat with its language understood, or with the question which one is meant."""
    if body.gender_hard and body.gender is None:
        raise WishMissing
    is_tag = body.language in languages.catalogue()
    answer = languages.understand(body.language) if body.language and not is_tag else None
    questions: tuple[Question, ...] = ()
    tag = body.language if is_tag else answer.tag if answer else None
    if answer and tag is None:
        params = {"written": body.language, "candidates": ", ".join(answer.candidates)}
        questions = ((f"language:{body.language}", params),)
    elif not body.language and body.role == "interpreter":
        questions = (("language:", {"written": "", "candidates": ""}),)
    spec = SeatSpec(
        role=str(body.role),
        language=tag,
        written=body.language,
        min_level=body.min_level,
        mode=str(body.mode),
        gender=body.gender,
        gender_hard=body.gender_hard,
    )
    return spec, questions


def policy_questions(
    session: Session, sponsor_id: UUID, institution: Institution, roles: set[str], topic: str
) -> list[Question]:
    """The question for a coordinator when a rule forbids this place or topic."""
    rules = sponsors.rules(session, sponsor_id)
    label = institution.kind_label or institution.kind
    for role in sorted(roles):
        found = policies.verdict(rules, role, institution.kind, topic)
        if found.effect == PolicyEffect.FORBID:
            return [(f"policy:{label}", {"kind": label, "reason": found.reason})]
    return []


def personal_questions(texts: dict[str, str]) -> list[Question]:
    """A question for each free text that seems to hold data about a client."""
    return [
        (f"personal_data:{name}", {})
        for name in tasks.FREE_TEXTS
        if freetext.seems_personal(texts.get(name, ""))
    ]


def new_request(
    session: Session,
    place: tuple[Institution, UUID],
    body: RequestDetails,
    slots: Sequence[Slot],
    received_at: datetime,
) -> NewRequest:
    """What is written for a body, at these times."""
    institution, sponsor_id = place
    if body.urgent and not body.urgency_reason:
        raise UrgencyUnexplained
    specs = [seat_spec(seat) for seat in body.seats]
    questions = [question for _, asked in specs for question in asked]
    roles = {spec.role for spec, _ in specs}
    texts = {name: getattr(body, name) for name in tasks.FREE_TEXTS}
    words = " ".join(texts.values())
    questions += policy_questions(session, sponsor_id, institution, roles, words)
    questions += personal_questions(texts)
    return NewRequest(
        sponsor_id=sponsor_id,
        institution=institution,
        slots=tuple(slots),
        seats=tuple(spec for spec, _ in specs),
        received_at=received_at,
        topic=body.topic,
        note=body.note,
        case_number=body.case_number,
        same_person_wished=body.same_person_wished,
        urgent=body.urgent,
        questions=tuple(dict(questions).items()),
        more=body.model_dump(include=set(KEPT_AS_SENT)),
    )
