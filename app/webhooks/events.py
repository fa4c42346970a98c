"""What receivers may hear of: stable names for what the audit records, and what goes along.

An entry of the audit that stands in no list here is told to nobody; a test asks for a decision on
each new one. A payload holds ids, codes and numbers: no names, no texts, nothing about clients.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints, ValidationError, create_model
from pydantic.json_schema import SkipJsonSchema, models_json_schema

from app.tables import AuditEvent

Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_.:-]{0,59}$")]
"""A word of the program, never one that somebody wrote."""

Nothing = SkipJsonSchema[None]
"""A member without a value is left out, so the contract knows no null."""


def _without_default(schema: dict[str, Any]) -> None:
    schema.pop("default")


def _sometimes(**more: Any) -> Any:
    """A member that is left out when there is nothing to say."""
    return Field(default=None, json_schema_extra=_without_default, **more)


class NoData(BaseModel):
    """Nothing beside the ids: what is new stands at the subject's own address."""


class AnswerData(NoData):
    """By which way the answer came: the app, a link in a message, the office."""

    via: Code | Nothing = _sometimes()


class AcceptedData(AnswerData):
    """The booking that the yes became."""

    assignment_id: UUID | Nothing = _sometimes(validation_alias="assignment")


class BookedData(NoData):
    """By which way it was booked: an offer, the telephone, who stood by."""

    via: Code | Nothing = _sometimes()


class CauseData(NoData):
    """Why it was called off."""

    cause: Code | Nothing = _sometimes()


class EndedData(NoData):
    """The state it has now, who ended it, why, and how many minutes before its time."""

    state: Code | Nothing = _sometimes()
    side: Code | Nothing = _sometimes()
    cause: Code | Nothing = _sometimes()
    notice_minutes: int | Nothing = _sometimes()


class CalledData(NoData):
    """The booking that came of it."""

    assignment_id: UUID | Nothing = _sometimes(validation_alias="assignment")


class ReasonsData(NoData):
    """Why nobody was found."""

    reasons: list[Code] | Nothing = _sometimes()


class QuestionsData(NoData):
    """How many people are asked for it."""

    questions: int | Nothing = _sometimes()


class StateData(NoData):
    """The state it has now."""

    state: Code | Nothing = _sometimes()


class ChangedData(NoData):
    """The names of the members that were changed."""

    fields: list[Code] | Nothing = _sometimes()


class DatesData(NoData):
    """How many dates there are."""

    dates: int | Nothing = _sometimes()


class ScopeData(NoData):
    """Which dates were meant: this one, the following ones, all."""

    scope: Code | Nothing = _sometimes()


class PeopleData(NoData):
    """How many people it takes, or which members were changed."""

    people: int | Nothing = _sometimes()
    fields: list[Code] | Nothing = _sometimes()


class ReleasedData(NoData):
    """How many people were asked."""

    offers: int | Nothing = _sometimes()


class MinutesData(NoData):
    """The minutes that were said."""

    minutes: int | Nothing = _sometimes()


class AmountData(NoData):
    """The amount in cents."""

    amount_cents: int | Nothing = _sometimes()


class PaidData(NoData):
    """The day of payment."""

    paid_on: date | Nothing = _sometimes()


class EventSubject(BaseModel):
    """What happened to: the kind of object and its id."""

    type: Code
    id: UUID


class Envelope(BaseModel):
    """What is sent: the same `id` means the same event, however often it comes."""

    id: UUID = Field(description="The event's; the same when it is sent again")
    type: str
    time: datetime = Field(description="When it happened")
    sponsor_id: UUID
    subject: EventSubject
    replay: bool = Field(description="Whether somebody asked for it to be sent again")
    data: NoData


@dataclass(frozen=True)
class Happening:
    """Something receivers may hear of: its stable name, what it says, what goes along."""

    name: str
    says: str
    data: type[NoData] = NoData


TEST = Happening("webhook.test", "Somebody at the sponsor tries out whether you hear.")
DAY_CHANGED = Happening(
    "parents_day.changed", "The needs or the texts of a parents' day were changed.", PeopleData
)
CATALOGUE: dict[str, Happening] = {
    "request.create": Happening("request.created", "Somebody asked for help.", StateData),
    "request.triage:open": Happening(
        "request.opened", "People may be asked from now on.", StateData
    ),
    "request.triage:rejected": Happening(
        "request.rejected", "The request was turned down.", StateData
    ),
    "request.edit": Happening("request.changed", "The request was changed.", ChangedData),
    "request.move": Happening("request.moved", "The request has another time.", PeopleData),
    "request.cancel": Happening(
        "request.cancelled", "The request was called off, with its bookings and offers.", CauseData
    ),
    "request.unfilled": Happening("request.unfilled", "Nobody was found for the request."),
    "series.create": Happening(
        "series.created", "Several dates were asked for at once.", DatesData
    ),
    "series.change": Happening("series.changed", "Dates of a series were changed.", ScopeData),
    "series.cancel": Happening("series.cancelled", "Dates of a series were called off.", ScopeData),
    "parents_day.create": Happening(
        "parents_day.created", "A school asked for people for a parents' day.", PeopleData
    ),
    "parents_day.change": DAY_CHANGED,
    "parents_day.edit": DAY_CHANGED,
    "parents_day.cancel": Happening(
        "parents_day.cancelled", "A parents' day was called off.", PeopleData
    ),
    "plan.ready": Happening("plan.ready", "A plan can be looked at and released."),
    "plan.fail": Happening("plan.failed", "A plan could not be made."),
    "plan.cancel": Happening("plan.cancelled", "Somebody stopped a plan."),
    "plan.release": Happening("plan.released", "A plan became offers.", ReleasedData),
    "search.begin": Happening("search.begun", "Somebody is sought for a seat."),
    "search.exhausted": Happening("search.exhausted", "Nobody is left to be asked for a seat."),
    "search.make_room": Happening(
        "search.making_room",
        "Open questions were put differently, so that somebody can be asked for a seat.",
        QuestionsData,
    ),
    "search.filled": Happening("search.filled", "Somebody was found for a seat."),
    "search.unfilled": Happening("search.unfilled", "Nobody was found for a seat.", ReasonsData),
    "search.stopped": Happening("search.stopped", "Nobody is sought for a seat any more."),
    "offer.make": Happening("offer.made", "A volunteer was asked."),
    "offer.accept": Happening(
        "offer.accepted", "A volunteer said yes and is booked.", AcceptedData
    ),
    "offer.decline": Happening("offer.declined", "A volunteer said no.", AnswerData),
    "offer.expire": Happening("offer.expired", "A volunteer did not answer in time."),
    "offer.withdraw": Happening("offer.withdrawn", "The office took a question back."),
    "offer.late_yes": Happening(
        "offer.accepted_late", "A volunteer said yes when it was too late.", AnswerData
    ),
    "offer.other_time": Happening(
        "offer.other_time", "A volunteer cannot at that time, but named others.", AnswerData
    ),
    "offer.call_me": Happening(
        "offer.call_asked", "A volunteer asks to be called before she answers.", AnswerData
    ),
    "assignment.book": Happening(
        "booking.made", "A volunteer is booked; open offers for the seat end with it.", BookedData
    ),
    "assignment.cancel": Happening(
        "booking.cancelled", "A booking ended before its time.", EndedData
    ),
    "assignment.reconfirm": Happening(
        "booking.reconfirmed", "A volunteer said that the appointment stands."
    ),
    "assignment.no_show": Happening("booking.no_show", "Somebody did not come.", EndedData),
    "assignment.no_show_undo": Happening(
        "booking.no_show_undone", "It was a mistake: somebody did come.", StateData
    ),
    "standby.ask": Happening("standby.asked", "A volunteer was asked to stand by.", StateData),
    "standby.accept": Happening("standby.accepted", "A volunteer stands by."),
    "standby.decline": Happening("standby.declined", "A volunteer does not stand by."),
    "standby.call": Happening(
        "standby.called", "Who stood by goes in the place of somebody else.", CalledData
    ),
    "service_record.report": Happening(
        "service_record.reported", "A volunteer said how long it took.", MinutesData
    ),
    "service_record.correct": Happening(
        "service_record.corrected", "A volunteer corrected what she had said.", MinutesData
    ),
    "service_record.confirmed": Happening(
        "service_record.confirmed", "The institution confirmed the hours.", MinutesData
    ),
    "service_record.disputed": Happening(
        "service_record.disputed", "The institution says that it was otherwise.", MinutesData
    ),
    "service_record.resolved": Happening(
        "service_record.resolved", "The office decided which hours count.", MinutesData
    ),
    "service_record.revise": Happening(
        "service_record.revised", "The office corrected hours that had counted.", MinutesData
    ),
    "service_record.late_cancellation": Happening(
        "service_record.called_off_late",
        "An appointment that was called off late is paid for.",
        MinutesData,
    ),
    "activity.report": Happening(
        "activity.reported", "A volunteer said what she did without an appointment.", MinutesData
    ),
    "activity.correct": Happening(
        "activity.corrected", "Hours without an appointment were corrected.", MinutesData
    ),
    "activity.confirm": Happening(
        "activity.confirmed", "The office confirmed hours without an appointment.", MinutesData
    ),
    "activity.reject": Happening(
        "activity.rejected", "The office did not take hours without an appointment.", MinutesData
    ),
    "activity.withdraw": Happening(
        "activity.withdrawn", "Hours without an appointment were taken back.", MinutesData
    ),
    "claim.build": Happening("claim.built", "A month of a volunteer was added up.", AmountData),
    "claim.submit": Happening("claim.submitted", "A claim waits to be checked.", AmountData),
    "claim.check": Happening("claim.checked", "A claim was found right.", AmountData),
    "claim.approve": Happening("claim.approved", "A claim may be paid.", AmountData),
    "claim.return": Happening(
        "claim.returned", "A claim was given back with a reason.", AmountData
    ),
    "claim.hold": Happening("claim.held", "A claim was stopped; nobody pays it.", AmountData),
    "claim.release": Happening("claim.released", "A held claim goes on.", AmountData),
    "claim.waive": Happening("claim.waived", "A volunteer does not want the money.", AmountData),
    "claim.reject": Happening("claim.rejected", "A claim was turned down.", AmountData),
    "claim.reverse": Happening(
        "claim.reversing", "A paid claim is to be taken back by a counter-booking.", AmountData
    ),
    "claim.repay": Happening(
        "claim.repaid", "A volunteer has paid back what she was paid too much.", AmountData
    ),
    "claim.report": Happening(
        "claim.reported", "A paid claim stands in a proof of use.", AmountData
    ),
    "claim_approval.ask": Happening(
        "claim_approval.asked", "The treasurer was asked to approve claims.", AmountData
    ),
    "claim_approval.approved": Happening(
        "claim_approval.approved", "The treasurer has approved claims.", AmountData
    ),
    "claim_approval.returned": Happening(
        "claim_approval.returned", "The treasurer has returned claims.", AmountData
    ),
    "payrun.draw": Happening("payrun.drawn", "Claims were put together to be paid.", AmountData),
    "payrun.paid": Happening("payrun.paid", "A payrun was paid.", PaidData),
    "payrun.reverse": Happening(
        "payrun.reversed", "A payrun was taken back before any money had left.", AmountData
    ),
    "payment.return": Happening("payment.returned", "A transfer came back.", AmountData),
    "lending.ask": Happening("lending.asked", "One pool asks another one for somebody."),
    "lending.agree": Happening(
        "lending.agreed", "The other pool lends somebody; she is being asked."
    ),
    "lending.book": Happening("lending.booked", "Somebody of another pool said yes."),
    "lending.decline": Happening("lending.declined", "Nobody is lent."),
    "lending.withdraw": Happening("lending.withdrawn", "A question to another pool has ended."),
}
"""By what the audit records; after a colon the state without which it is not told."""
BY_NAME: dict[str, Happening] = {one.name: one for one in (*CATALOGUE.values(), TEST)}
NAMES: tuple[str, ...] = tuple(sorted({one.name for one in CATALOGUE.values()}))
"""What a webhook can ask for."""
ACTIONS: frozenset[str] = frozenset(key.partition(":")[0] for key in CATALOGUE)
"""What the audit calls them."""


def happening(action: str, details: Mapping[str, Any]) -> Happening | None:
    """What an entry of the audit means to receivers; None when it is none of their business."""
    with_state = CATALOGUE.get(f"{action}:{details.get('state')}")
    return with_state or CATALOGUE.get(action)


def _model(one: Happening) -> type[Envelope]:
    """The shape of one event, for the contract and for what is sent."""
    words = one.name.replace(".", "_").split("_")
    title = "".join(word.capitalize() for word in words) + "Event"
    kind: Any = Literal[one.name]
    return create_model(
        title, __base__=Envelope, __doc__=one.says, type=(kind, ...), data=(one.data, ...)
    )


MODELS: dict[str, type[Envelope]] = {one.name: _model(one) for one in BY_NAME.values()}


def payload(name: str, event: AuditEvent, *, replay: bool) -> bytes:
    """What is sent about an entry of the audit, as JSON in UTF-8."""
    content = {
        "id": event.id,
        "type": name,
        "time": event.created_at,
        "sponsor_id": event.sponsor_id,
        "subject": {"type": event.subject_type, "id": event.subject_id},
        "replay": replay,
        "data": _data(BY_NAME[name].data, event.details),
    }
    return MODELS[name].model_validate(content).model_dump_json(exclude_none=True).encode()


def _data(kind: type[NoData], details: Mapping[str, Any]) -> NoData:
    """The members that receivers may see; one that is no code or number is left out."""
    try:
        return kind.model_validate(details)
    except ValidationError as error:
        wrong = {found["loc"][0] for found in error.errors()}
        return kind.model_validate({k: v for k, v in details.items() if k not in wrong})


_HEADERS = {
    "webhook-id": "The event's id; the same when it is sent again",
    "webhook-timestamp": "When this was sent, in seconds since 1970",
    "webhook-signature": "`v1,` and the signature in base64; two with a blank after a rotation",
}


def contract() -> tuple[dict[str, Any], dict[str, Any]]:
    """What stands in the OpenAPI document: the webhooks by name, and their schemas."""
    at = "#/components/schemas/"
    _, found = models_json_schema(
        [(model, "serialization") for model in MODELS.values()], ref_template=at + "{model}"
    )
    hooks = {name: {"post": _operation(name, at)} for name in sorted(MODELS)}
    return hooks, found["$defs"]


def _operation(name: str, at: str) -> dict[str, Any]:
    says = BY_NAME[name].says
    return {
        "tags": ["webhooks"],
        "summary": name,
        "description": says,
        "operationId": f"webhook_{name.replace('.', '_')}",
        "parameters": [
            {
                "name": header,
                "in": "header",
                "required": True,
                "description": text,
                "schema": {"type": "string"},
            }
            for header, text in _HEADERS.items()
        ],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"$ref": at + MODELS[name].__name__}}},
        },
        "responses": {
            "2XX": {"description": "Taken; anything else is sent again later"},
            "410": {"description": "Never send anything again: the webhook is switched off"},
        },
    }
