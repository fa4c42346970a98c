"""What a volunteer gets in writing: a statement for each payrun and a certificate for each year."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import allowance
from allowance import Line, Reason
from app import latin, typesetting
from app.messages.wording import known
from app.payouts.paper_parts import (
    LINES,
    MONTHS,
    NO_RULE,
    PAYMENTS,
    ROLES,
    TRAININGS,
    Fields,
    clock,
    euro,
    number,
    part,
    rule,
    table,
)
from app.payouts.paper_words import in_table, in_words, month, role, together, word


@dataclass(frozen=True)
class StatementLine:
    """One line of a claim.

    Attributes
    ----------
    day : date
        Local day of the work.
    what : str
        Kind of place or of activity in the reader's language; never a client.
    line : Line
        As it was paid. In a correction minutes, cents and travel are negative or 0.
    correction : bool
        Whether it is part of a counter-booking.
    """

    day: date
    what: str
    line: Line
    correction: bool = False


@dataclass(frozen=True)
class TaxYear:
    """What was received under one tax rule in one year.

    Attributes
    ----------
    rule : str
        `26a`, `26`, or `none` where the sponsor has chosen no rule.
    received_cents : int
        From this sponsor by the day of payment, with this payment, without travel.
    elsewhere_cents : int
        As she has declared.
    """

    rule: str
    year: int
    received_cents: int
    elsewhere_cents: int = 0


@dataclass(frozen=True)
class Statement:
    """Abrechnung for one volunteer and one payrun.

    Attributes
    ----------
    iban : str
        Of her account; only its last four digits are written. Empty where there is none.
    paid_on : date or None
        None while the money has not left.
    issued_on : date
        Day of the document.
    contact : str
        Name, telephone and address of who answers questions.
    notes : sequence of Reason
        Of the claims.
    waived : sequence of date
        First days of the months for which she wanted no money.
    """

    sponsor: str
    volunteer: str
    payrun_number: int
    paid_on: date | None
    issued_on: date
    iban: str
    lines: Sequence[StatementLine]
    taxes: Sequence[TaxYear]
    contact: str
    notes: Sequence[Reason] = ()
    waived: Sequence[date] = ()


@dataclass(frozen=True)
class RoleYear:
    """What somebody did in a role in a year, by the day of the work."""

    role: str
    assignments: int
    minutes: int


@dataclass(frozen=True)
class RolePayment:
    """What somebody was paid for a role in a year, by the day of payment, without travel.

    `rule` is `26a`, `26`, or `none` where the sponsor has chosen no rule.
    """

    role: str
    rule: str
    amount_cents: int


@dataclass(frozen=True)
class TrainingDone:
    """A course; units have 45 minutes."""

    title: str
    done_on: date
    units: int


@dataclass(frozen=True)
class Certificate:
    """Bescheinigung for one volunteer and one year; it names no client and no institution.

    Attributes
    ----------
    languages : sequence of str
        Names in the reader's language.
    travel_cents : int
        Paid for kilometres in the year: no tax rule counts it.
    signatory : str
        Who signs; empty when that is open.
    """

    sponsor: str
    volunteer: str
    year: int
    issued_on: date
    roles: Sequence[RoleYear]
    payments: Sequence[RolePayment] = ()
    languages: Sequence[str] = ()
    trainings: Sequence[TrainingDone] = ()
    travel_cents: int = 0
    signatory: str = ""


def statement(one: Statement, locale: str) -> bytes:
    """The statement as PDF, for screen readers and to be kept (PDF/UA-1, PDF/A-2a).

    Parameters
    ----------
    one : Statement
        In any script; control characters become blanks.
    locale : str
        `de` or `en`; anything else reads German.

    Raises
    ------
    ValueError
        For a correction that adds, any other line that takes back, a reason without a sentence or
        a year without a tax limit.
    """
    _check(one.lines)
    total = sum(each.line.amount_cents for each in one.lines)
    content = _paper(
        title=word("statement", locale, number=str(one.payrun_number)),
        about=one,
        locale=locale,
        facts=[
            ("sponsor", one.sponsor),
            ("for", one.volunteer),
            ("payrun", str(one.payrun_number)),
            ("payment", _when(one, locale)),
            ("account", _account(one.iban, locale)),
            ("amount", euro(total, locale)),
            ("issued", in_words(one.issued_on, locale)),
        ],
    )
    content["opening"] = [word("units" if one.lines else "no_lines", locale)]
    content["parts"] = [
        *_months(one.lines, locale),
        *_notes(one, locale),
        *_taxes(one.taxes, locale),
        part(word("wrong", locale), words=[word("ask", locale), one.contact or one.sponsor]),
    ]
    return _made(content, locale)


def certificate(one: Certificate, locale: str) -> bytes:
    """The certificate as PDF, for screen readers and to be kept (PDF/UA-1, PDF/A-2a).

    Parameters
    ----------
    one : Certificate
        In any script; control characters become blanks.
    locale : str
        `de` or `en`; anything else reads German.

    Raises
    ------
    ValueError
        For a role or a tax rule that has no name.
    """
    content = _paper(
        title=word("certificate", locale, year=str(one.year)),
        about=one,
        locale=locale,
        facts=[("name", one.volunteer), ("sponsor", one.sponsor), ("year", str(one.year))],
    )
    content["opening"] = [word("worked", locale)]
    content["parts"] = [
        _role_part(one.roles, locale),
        *_language_parts(one.languages, locale),
        *_training_parts(one.trainings, locale),
        *_payment_parts(one, locale),
    ]
    content["closing"] = [
        word("thanks", locale),
        word("issued_on", locale, day=in_words(one.issued_on, locale)),
    ]
    content["signature"] = [word("place_day", locale), word("signature", locale)]
    content["signatory"] = one.signatory
    return _made(content, locale)


def _paper(
    *, title: str, about: Statement | Certificate, locale: str, facts: Iterable[tuple[str, str]]
) -> Fields:
    """What every paper has."""
    return {
        "locale": known(locale),
        "title": title,
        "author": about.sponsor,
        "name": about.volunteer,
        "date": [about.issued_on.year, about.issued_on.month, about.issued_on.day],
        "facts": [[word(name, locale), value] for name, value in facts],
        "note": "",
        "opening": [],
        "parts": [],
        "closing": [],
        "signature": [],
        "signatory": "",
    }


def _made(content: Fields, locale: str) -> bytes:
    return typesetting.pdf(typesetting.PAPER, latin.printable(content), word("letters", locale))


def _check(lines: Iterable[StatementLine]) -> None:
    """Refuse signs that contradict the word "Korrektur"."""
    for each in lines:
        figures = (
            each.line.minutes, each.line.paid_minutes,
            each.line.amount_cents, each.line.travel_cents,
        )  # fmt: skip
        if each.correction and max(figures) > 0:
            raise ValueError(f"The correction of {each.day} adds something: give it negative.")
        if not each.correction and min(figures) < 0:
            raise ValueError(f"The line of {each.day} takes something back: call it a correction.")


def _when(one: Statement, locale: str) -> str:
    if one.paid_on is None:
        return word("to_be_paid", locale)
    return word("paid_on", locale, day=in_words(one.paid_on, locale))


def _account(iban: str, locale: str) -> str:
    """By which she knows it again."""
    digits = "".join(iban.split())[-4:]
    return word("account_ends", locale, digits=digits) if digits else word("no_account", locale)


def _months(lines: Sequence[StatementLine], locale: str) -> list[Fields]:
    """A table for each month, and one of the months when there are several."""
    by_month: dict[date, list[StatementLine]] = defaultdict(list)
    for each in sorted(lines, key=lambda each: each.day):
        by_month[each.day.replace(day=1)].append(each)
    parts = [
        part(month(first, locale), table=_month(some, locale)) for first, some in by_month.items()
    ]
    if len(parts) > 1:
        cells = [
            [month(first, locale), *_times(some), *_amounts(some, locale)]
            for first, some in by_month.items()
        ]
        foot = [word("sum", locale), *_times(lines), *_amounts(lines, locale)]
        parts.append(part(word("total", locale), table=table(MONTHS, locale, cells, foot)))
    return parts


def _month(lines: Sequence[StatementLine], locale: str) -> Fields:
    foot = [word("sum", locale), "", *_times(lines), "", *_amounts(lines, locale)]
    return table(LINES, locale, [_row(each, locale) for each in lines], foot)


def _row(each: StatementLine, locale: str) -> list[str]:
    what = word("correction", locale, what=each.what) if each.correction else each.what
    why = _why(each, locale)
    return [in_table(each.day, locale), what, *_times([each]), why, *_amounts([each], locale)]


def _why(each: StatementLine, locale: str) -> str:
    """The sentence for the amount; a correction tells that of what it takes back."""
    if not each.correction:
        return together(allowance.explain(each.line, locale))
    return word("taken_back", locale, why=allowance.explain(each.line.opposite(), locale))


def _times(lines: Sequence[StatementLine]) -> list[str]:
    return [
        clock(sum(each.line.minutes for each in lines)),
        clock(sum(each.line.paid_minutes for each in lines)),
    ]


def _amounts(lines: Sequence[StatementLine], locale: str) -> list[str]:
    return [
        number(sum(each.line.travel_cents for each in lines), locale),
        number(sum(each.line.amount_cents for each in lines), locale),
    ]


def _notes(one: Statement, locale: str) -> list[Fields]:
    """What to look at, in a list; nothing where there is nothing."""
    points = [together(allowance.explain_note(note, locale)) for note in one.notes]
    points += [word("waived", locale, month=month(first, locale)) for first in one.waived]
    if any(each.correction for each in one.lines):
        points.append(word("corrected", locale))
    return [part(word("notes", locale), points=points)] if points else []


def _taxes(taxes: Sequence[TaxYear], locale: str) -> list[Fields]:
    """What came in under each tax rule and what is left, with a word on what that is not."""
    if not taxes:
        return []
    said = [_tax(each, locale) for each in taxes]
    return [part(word("tax", locale), words=[*said, word("no_advice", locale)])]


def _tax(each: TaxYear, locale: str) -> str:
    received = word(
        "received", locale, year=str(each.year), received=euro(each.received_cents, locale)
    )
    said = [f"{rule(each.rule, locale)}: {received}"]
    if each.elsewhere_cents:
        said.append(word("elsewhere", locale, elsewhere=euro(each.elsewhere_cents, locale)))
    if each.rule == NO_RULE:
        return " ".join([*said, word("no_limit", locale)])
    limit = allowance.tax_limit(each.rule, each.year)
    said.append(word("limit", locale, limit=euro(limit, locale)))
    return " ".join([*said, _room(each, limit, locale)])


def _room(each: TaxYear, limit: int, locale: str) -> str:
    paid = each.received_cents + each.elsewhere_cents
    if left := allowance.headroom(each.rule, each.year, paid):
        return word("left", locale, left=euro(left, locale))
    if paid == limit:
        return word("reached", locale)
    return word("over", locale, over=euro(paid - limit, locale))


def _role_part(roles: Sequence[RoleYear], locale: str) -> Fields:
    cells = [[role(one.role, locale), str(one.assignments), clock(one.minutes)] for one in roles]
    foot = [
        word("sum", locale),
        str(sum(one.assignments for one in roles)),
        clock(sum(one.minutes for one in roles)),
    ]
    summed = table(ROLES, locale, cells, foot if len(cells) > 1 else ())
    return part(word("roles", locale), table=summed)


def _language_parts(languages: Sequence[str], locale: str) -> list[Fields]:
    if not languages:
        return []
    return [part(word("languages", locale), words=[word("interpreted", locale)], points=languages)]


def _training_parts(trainings: Sequence[TrainingDone], locale: str) -> list[Fields]:
    if not trainings:
        return []
    done = sorted(trainings, key=lambda one: one.done_on)
    cells = [[in_table(one.done_on, locale), one.title, str(one.units)] for one in done]
    return [part(word("trainings", locale), table=table(TRAININGS, locale, cells))]


def _payment_parts(one: Certificate, locale: str) -> list[Fields]:
    """What was paid for each role and under which rule, and for travel, with the sum."""
    cells = [
        [role(paid.role, locale), rule(paid.rule, locale), number(paid.amount_cents, locale)]
        for paid in one.payments
    ]
    if one.travel_cents:
        cells.append([word("trips", locale), "–", number(one.travel_cents, locale)])
    if not cells:
        return []
    total = one.travel_cents + sum(paid.amount_cents for paid in one.payments)
    foot = [word("sum", locale), "", number(total, locale)]
    said = [f"{word('payment_day', locale, year=str(one.year))} {word('no_advice', locale)}"]
    summed = table(PAYMENTS, locale, cells, foot)
    return [part(word("allowance", locale), words=said, table=summed)]
