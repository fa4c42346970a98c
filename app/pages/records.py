"""`/c/{token}`: an institution confirms a service record without an account."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse

from app import freetext, links
from app.bodies import as_one_line
from app.clock import ZONE
from app.db import SessionDep
from app.errors import locale_of
from app.hours import service as hours
from app.hours.details import Detail
from app.hours.schemas import MAX_MINUTES
from app.hours.verdicts import Word
from app.offers.texts import language_name
from app.pages.record_words import ANSWERED, OUTCOMES, STATES, WORDS
from app.pages.render import PageRoute, render
from app.requests.near import shown
from app.tables import LinkPurpose, Outcome, RecordState, Verdict

router = APIRouter(route_class=PageRoute, include_in_schema=False)
Text = Annotated[str, Form()]
SHORTEST, LONGEST = 3, 300
"""Letters of what the institution says instead."""
OTHERWISE = (Outcome.PERFORMED, Outcome.CLIENT_NO_SHOW, Outcome.CUT_SHORT)
"""How an appointment may have gone, where its time is not right."""


@dataclass(frozen=True)
class Answer:
    """The form as it came: nothing in it is trusted."""

    answer: str = ""
    minutes: str = ""
    note: str = ""
    outcome: str = ""
    feedback: str = ""
    feedback_note: str = ""

    @property
    def whole_minutes(self) -> int | None:
        """The minutes, when they are a number between 0 and 600."""
        typed = self.minutes.strip()
        number = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 5 else -1
        return number if 0 <= number <= MAX_MINUTES else None

    @property
    def mistakes(self) -> list[str]:
        """Names of the fields that must be looked at again."""
        if self.answer not in ("yes", "no"):
            return ["answer"]
        found = ["minutes"] if self.whole_minutes is None else []
        fewest = SHORTEST if self.answer == "no" else 0
        fits = fewest <= len(self.note.strip()) <= LONGEST
        if not fits or freetext.seems_personal(self.note):
            found.append("note")
        if not self._is_fit_line:
            found.append(f"feedback_note_{self.answer}")
        return found

    @property
    def _is_fit_line(self) -> bool:
        """Whether the line beside a poor one can be kept; else nobody sees or keeps it."""
        line = self.feedback_note
        is_fit = len(line) <= LONGEST and not freetext.seems_personal(line)
        return is_fit or self.feedback != Verdict.POOR

    @property
    def word(self) -> Word:
        """What is said besides the time; how it went only where the time was otherwise."""
        outcome = self.outcome if self.answer == "no" else ""
        return Word(
            Verdict(self.feedback) if self.feedback in set(Verdict) else None,
            self.feedback_note,
            Outcome(outcome) if outcome in OTHERWISE else None,
        )


@router.get("/c/{token}")
def show_record(token: str, request: Request, session: SessionDep) -> HTMLResponse:
    """What was reported, and the two answers; or that it is answered already."""
    link = links.open_link(session, LinkPurpose.CONFIRM_RECORD, token)
    return _page(request, hours.by_link(session, link))


@router.post("/c/{token}")
def answer_record(
    token: str,
    request: Request,
    session: SessionDep,
    answer: Text = "",
    minutes: Text = "",
    note: Text = "",
    outcome: Text = "",
    feedback: Text = "",
    feedback_note: Text = "",
) -> HTMLResponse:
    """Confirm or dispute; the second time it only shows what was answered first."""
    link = links.open_link(session, LinkPurpose.CONFIRM_RECORD, token)
    detail = hours.by_link(session, link, lock=True)
    line = as_one_line(feedback_note)
    said = Answer(answer, minutes, as_one_line(note), outcome, feedback, line)
    if detail.record.state != RecordState.REPORTED:
        return _page(request, detail)
    if said.mistakes or said.whole_minutes is None:
        return _page(request, detail, said)
    hours.confirm_by_link(
        session,
        link,
        said.whole_minutes,
        agreed=said.answer == "yes",
        note=said.note,
        word=said.word,
    )
    return _page(request, hours.by_link(session, link))


def _page(request: Request, detail: Detail, said: Answer | None = None) -> HTMLResponse:
    """The record, and beside it the form or what was answered."""
    locale = locale_of(request)
    words = WORDS[locale]
    mistakes = said.mistakes if said else []
    return render(
        request,
        "record.html",
        status=422 if mistakes else 200,
        title=_title(locale, detail),
        words=words,
        facts=_facts(locale, detail),
        record=detail.record,
        name=detail.volunteer.shown_name,
        answered=_answered(locale, detail),
        said=said or Answer(),
        note=said.note if said else "",
        outcomes={str(one): words[f"was_{one}"] for one in OTHERWISE},
        verdicts={str(one): words[one] for one in Verdict},
        mistakes={field: words[f"{field}_error"] for field in mistakes},
    )


def _title(locale: str, detail: Detail) -> str:
    state = STATES[locale].get(RecordState(detail.record.state))
    return state[0] if state else WORDS[locale]["title"]


def _answered(locale: str, detail: Detail) -> list[str]:
    """What became of the record, in sentences; empty while it waits for an answer."""
    record = detail.record
    state = STATES[locale].get(RecordState(record.state))
    if state is None:
        return []
    sentences = [state[1].format(minutes=record.minutes)]
    if record.confirmed_at:
        at = record.confirmed_at.astimezone(ZONE)
        sentences.append(ANSWERED[locale].format(day=shown(at.date(), locale), time=f"{at:%H:%M}"))
    return sentences


def _facts(locale: str, detail: Detail) -> list[tuple[str, str]]:
    """Label and value: what was reported, without anything about a client."""
    words, record, place = WORDS[locale], detail.record, detail.institution
    start, end = record.started_at.astimezone(ZONE), record.ended_at.astimezone(ZONE)
    facts = [
        ("day", shown(start.date(), locale)),
        ("place", ", ".join(filter(None, [place.name, place.street, place.town]))),
        ("language", _language(locale, detail.seat.language)),
        ("person", detail.volunteer.shown_name),
        ("outcome", OUTCOMES[locale][Outcome(record.outcome)]),
        ("time", words["clock"].format(start=f"{start:%H:%M}", end=f"{end:%H:%M}")),
        ("duration", words["minutes"].format(minutes=record.reported_minutes)),
    ]
    if record.break_minutes:
        pause = words["minutes"].format(minutes=record.break_minutes)
        facts.insert(-1, ("break", pause))
    return [(words[key], value) for key, value in facts]


def _language(locale: str, tag: str | None) -> str:
    return language_name(tag, locale) or WORDS[locale]["no_language"]
