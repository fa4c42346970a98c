"""When a volunteer can: phrases read, windows and rules replaced, nothing guessed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session, col

from app.access import Actor
from app.auditing import records
from app.clock import today
from app.errors import Invalid
from app.tables import AvailabilityRecurrence, AvailabilityRule, Volunteer
from app.volunteers import dossiers, outside, reading, sentences
from app.volunteers.keeping import touch
from app.volunteers.schemas_times import (
    MOST_WEEKS,
    AvailabilitySaved,
    AvailabilityWrite,
    PhraseQuestion,
    PhraseRead,
    PhraseWrite,
    RecurrenceWrite,
    WindowRead,
)
from scheduling import phrases, recurrence

ON_REQUEST = tuple(phrases.WeeklyWindow(day, 8 * 60, 18 * 60, soft=True) for day in range(5))
"""Who says nothing but "n. V." is asked Monday to Friday, 8 to 18, and ranks last."""


class PhraseUnclear(Invalid):
    """An availability phrase was not understood."""

    slug, title = "phrase-unclear", "Phrase not understood"
    de = "Nicht verstanden: {part}. Bitte zum Beispiel so schreiben: Mo-Fr 8-12, Di auch 14-17."
    en = "Not understood: {part}. Please write for example: Mo-Fr 8-12, Di auch 14-17."


class WeekUnclear(Invalid):
    """Time that does not come every week: nobody knows in which; `anchor_day` takes a choice."""

    slug, title = "week-unclear", "Which week?"
    de = "{question}"
    en = "{question_en}"


class RuleUnusable(Invalid):
    """A rule that comes back is refused: `code` and the sentence say why."""

    slug, title = "rule-refused", "Rule refused"
    de = "Die Regel „{rule}“ geht so nicht: {why}"
    en = "The rule “{rule}” cannot be used: {why_en}"


@dataclass(frozen=True)
class Wanted:
    """The rows that are to replace what was there."""

    rules: list[AvailabilityRule]
    recurrences: list[AvailabilityRecurrence]


def save(
    session: Session, actor: Actor, volunteer: Volunteer, body: AvailabilityWrite, *, preview: bool
) -> AvailabilitySaved:
    """Replace windows and rules, or only show what that would be; unclear words change nothing."""
    wanted = _wanted(volunteer.id, body)
    before = dossiers.load(session, [volunteer], sponsor_ids=frozenset())[0]
    after = replace(before, rules=wanted.rules, recurrences=wanted.recurrences)
    if preview:
        found = outside.reads(actor, outside.newly(session, before, after))
    else:
        found = outside.settle(session, actor, before, after, keep_work=body.keep_work)
        _store(session, volunteer, wanted)
        records.changed(session, actor, volunteer, "availability")
    return AvailabilitySaved(**dict(reading.availability_read(after)), work_outside=found)


def _store(session: Session, volunteer: Volunteer, wanted: Wanted) -> None:
    for table in (AvailabilityRule, AvailabilityRecurrence):
        session.exec(delete(table).where(col(table.volunteer_id) == volunteer.id))
    session.add_all([*wanted.rules, *wanted.recurrences])
    touch(session, volunteer)


def _wanted(volunteer_id: UUID, body: AvailabilityWrite) -> Wanted:
    if body.phrase is not None:
        rules = rules_from(volunteer_id, _understood(body.phrase), body.anchor_day)
    else:
        rules = [
            AvailabilityRule(volunteer_id=volunteer_id, **window.model_dump())
            for window in body.windows or []
        ]
    asked = question(rules)
    if asked is not None:
        raise WeekUnclear(
            question=asked.question,
            question_en=asked.question_en,
            choices=[day.isoformat() for day in asked.choices],
        )
    return Wanted(rules, [_recurrence(volunteer_id, one) for one in body.recurrences])


def _answer(phrase: str) -> phrases.AvailabilityAnswer:
    """What a phrase says; weeks so rare that no window can hold them are not understood."""
    answer = phrases.read_availability(phrase)
    if any(window.every_weeks > MOST_WEEKS for window in answer.windows):
        return phrases.AvailabilityAnswer((), not_understood=(phrase,))
    return answer


def _understood(phrase: str) -> phrases.AvailabilityAnswer:
    answer = _answer(phrase)
    if answer.not_understood:
        raise PhraseUnclear(part=", ".join(answer.not_understood))
    if not answer.windows and not answer.on_request:
        raise PhraseUnclear(part=phrase)
    return answer


def _recurrence(volunteer_id: UUID, body: RecurrenceWrite) -> AvailabilityRecurrence:
    try:
        rule = recurrence.guard(body.rule, body.first_day, today())
    except recurrence.RuleRefused as error:
        raise RuleUnusable(
            rule=body.rule[:60], code=error.code, why=error.de, why_en=error.en
        ) from error
    return AvailabilityRecurrence(
        volunteer_id=volunteer_id, **body.model_dump(exclude={"rule"}), rule=rule
    )


def rules_from(
    volunteer_id: UUID, answer: phrases.AvailabilityAnswer, anchor_day: date | None = None
) -> list[AvailabilityRule]:
    """The rows for what was understood; "on request" becomes soft windows.

    `anchor_day` is any day of a week that "jede 2. Woche" means.
    """
    windows = answer.windows
    if answer.on_request and not windows:
        windows = ON_REQUEST
    return [
        AvailabilityRule(
            volunteer_id=volunteer_id,
            weekday=w.weekday,
            start_minute=w.start_minute,
            end_minute=w.end_minute,
            soft=w.soft,
            every_weeks=w.every_weeks,
            season=w.season,
            parity=w.parity,
            anchor_day=anchor_day if w.every_weeks > 1 else None,
            valid_from=answer.valid_from,
            valid_to=answer.valid_to,
        )
        for w in windows
    ]


def read_phrase(body: PhraseWrite) -> PhraseRead:
    """What a phrase says, what is not understood of it, and what it leaves open."""
    answer = _answer(body.phrase)
    # The rows are never stored: any id does.
    rules = reading.in_order(rules_from(UUID(int=0), answer, body.anchor_day))
    asked = question(rules)
    return PhraseRead(
        windows=[WindowRead(**rule.model_dump()) for rule in rules],
        understood=sentences.understood(rules, "de"),
        understood_en=sentences.understood(rules, "en"),
        not_understood=list(answer.not_understood),
        questions=[asked] if asked else [],
    )


def question(rules: Sequence[AvailabilityRule]) -> PhraseQuestion | None:
    """Which week is meant, where a window does not come every week and nobody said which."""
    unclear = [rule for rule in rules if rule.every_weeks > 1 and rule.anchor_day is None]
    if not unclear:
        return None
    widest = max(unclear, key=lambda rule: rule.every_weeks)
    days = _choices(widest)
    return PhraseQuestion(
        member="anchor_day",
        question=sentences.which_week(widest, days, "de"),
        question_en=sentences.which_week(widest, days, "en"),
        choices=days,
    )


def _choices(rule: AvailabilityRule) -> list[date]:
    """The next days of its weekday, one for each week that may be meant."""
    first = today() + timedelta(days=(rule.weekday - today().weekday()) % 7)
    return [first + timedelta(weeks=step) for step in range(rule.every_weeks)]
