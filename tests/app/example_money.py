"""What belongs to money beside a claim and a payrun, one of each kind."""

from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session, select

from app.tables import (
    Activity,
    BankEntry,
    BenefitWish,
    CapException,
    Claim,
    ClaimLine,
    ClientCase,
    ClosedMonth,
    ColumnTemplate,
    Course,
    CourseParticipant,
    DeclaredIncome,
    EnrolmentChange,
    GrantNotice,
    LedgerEntry,
    OwnRatePlan,
    Payment,
    PaymentPart,
    Payrun,
    RatePlanChoice,
    ServiceRecord,
    StatementPaper,
    TaxChoice,
)
from tests.app.example_times import HOUR

HOUSE = "DE02500105170137075030"
"""The account from which the example is paid."""
STATEMENT_OF_THE_BANK = f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Id>S7</Id>
<Acct><Id><IBAN>{HOUSE}</IBAN></Id></Acct><Ntry><Amt Ccy="EUR">20.00</Amt>
<CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2027-01-04</Dt></BookgDt>
<AcctSvcrRef>b7</AcctSvcrRef></Ntry></Stmt></BkToCstmrStmt></Document>""".encode()
"""One line of it, which has to do with no payrun."""
OWN_KEY = "own_interpreter"
RULE = {
    "title_de": "Eigener Satz",
    "title_en": "Own rate",
    "role": "interpreter",
    "unit": "started",
    "unit_minutes": 30,
    "amount_cents": 900,
    "valid_from": "2027-01-01",
    "source": "Beschluss",
    "status": "verified",
    "funding_line": "own",
}


def activity(sponsor_id: UUID, volunteer_id: UUID, starts_at: datetime, **more: object) -> Activity:
    """An hour of consultation."""
    values: dict[str, object] = {
        "sponsor_id": sponsor_id,
        "volunteer_id": volunteer_id,
        "role": "guide",
        "kind": "consultation",
        "started_at": starts_at,
        "ended_at": starts_at + HOUR,
        "minutes": 60,
    }
    return Activity(**values | more)


def course_of(sponsor_id: UUID) -> Course:
    """A basic course that is over and not settled yet."""
    return Course(
        sponsor_id=sponsor_id,
        kind="basic_interpreter",
        title="Basiskurs",
        moderator="Ingrid Muster",
        units=24,
        starts_on=date(2026, 11, 2),
        ends_on=date(2026, 11, 6),
    )


def attended(course: Course, volunteer_id: UUID) -> CourseParticipant:
    """Somebody who took part in full and has her certificate."""
    return CourseParticipant(
        sponsor_id=course.sponsor_id,
        course_id=course.id,
        volunteer_id=volunteer_id,
        attendance="attended",
        units=course.units,
        certified_on=date(2026, 11, 9),
    )


def claimed(session: Session, record: ServiceRecord, before: datetime) -> dict[str, UUID]:
    """The claim of a record, a payrun, a chosen rate, and what else belongs to money."""
    at = {"sponsor_id": record.sponsor_id}
    payrun = Payrun(
        **at, number=1, amount_cents=2000, payer_name="Landkreis Wetterau", payer_iban=HOUSE
    )
    choice = RatePlanChoice(
        **at, source_key="wir_guide", valid_from=date(2027, 1, 1), valid_to=date(2027, 6, 30)
    )
    claim = Claim(
        **at, volunteer_id=record.volunteer_id, month=date(2026, 12, 1), funding_line="wir",
        state="submitted", minutes=60, amount_cents=2000,
    )  # fmt: skip
    session.add_all([payrun, choice, claim])
    session.flush()
    session.add(
        ClaimLine(
            **at, claim_id=claim.id, service_record_id=record.id, volunteer_id=record.volunteer_id,
            started_at=record.started_at, ended_at=record.ended_at, day=record.started_at.date(),
            minutes=60, paid_minutes=60, amount_cents=2000, plan_key="wir_interpreter",
            reason_code="flat", reason_params={"unit": "assignment"},
        )
    )  # fmt: skip
    ids = {"payrun_id": payrun.id, "choice_id": choice.id, "claim_id": claim.id}
    return ids | _beside(session, claim, payrun, before)


def _beside(session: Session, claim: Claim, payrun: Payrun, before: datetime) -> dict[str, UUID]:
    """One row of every kind; `before` is a moment at which she did nothing else."""
    at, hers = {"sponsor_id": claim.sponsor_id}, {"volunteer_id": claim.volunteer_id}
    done = activity(claim.sponsor_id, claim.volunteer_id, before)
    notice = GrantNotice(
        **at,
        funding_line="wir",
        year=2027,
        purpose="interpreters",
        amount_cents=500_000,
        starts_on=date(2027, 1, 1),
        ends_on=date(2027, 12, 31),
    )
    course = course_of(claim.sponsor_id)
    own = OwnRatePlan(**at, key=OWN_KEY, rule=RULE)
    template = ColumnTemplate(
        **at,
        report="proof-of-use",
        name="Land",
        columns=[{"key": "minutes", "heading": "Stunden"}],
    )
    payment = Payment(
        **at,
        **hers,
        payrun_id=payrun.id,
        number=1,
        payee_name="Muster, Mia",
        payee_iban="DE02120300000000202051",
        amount_cents=payrun.amount_cents,
        state="returned",
    )
    income = DeclaredIncome(**at, **hers, tax_year=2027, rule="26a", amount_cents=10_000)
    tax = TaxChoice(**at, role="interpreter", rule="26a", from_year=2026, reason="Steuerberatung")
    closed = ClosedMonth(**at, month=date(2026, 1, 1))
    session.add_all([done, notice, course, own, template, payment, income, tax, closed])
    session.flush()
    participant = attended(course, claim.volunteer_id)
    session.add_all([
        participant,
        PaymentPart(
            **at,
            payment_id=payment.id,
            claim_id=claim.id,
            amount_cents=claim.amount_cents,
            returned=True,
        ),
        BankEntry(
            **at, statement_id="S1", reference="1", booked_on=date(2027, 1, 4),
            amount_cents=-2000, kind="unknown",
        ),
        LedgerEntry(
            **at, **hers, kind="work", day=date(2026, 12, 22), subject_type="service_record",
            subject_id=claim.id, role="interpreter", minutes=60,
        ),
        EnrolmentChange(**at, **hers, state="released", roles=["interpreter"]),
    ])  # fmt: skip
    session.flush()
    _wish(session, claim.volunteer_id)
    return {
        "activity_id": done.id,
        "notice_id": notice.id,
        "course_id": course.id,
        "participant_id": participant.id,
        "own_plan_id": own.id,
        "template_id": template.id,
        "payment_id": _paid_before(session, claim),
        "income_id": income.id,
        "tax_choice_id": tax.id,
        "closed_month_id": closed.id,
    }


def _paid_before(session: Session, claim: Claim) -> UUID:
    """A transfer of an earlier payrun, which has left."""
    at, hers = {"sponsor_id": claim.sponsor_id}, {"volunteer_id": claim.volunteer_id}
    day, cents = date(2027, 1, 4), claim.amount_cents
    payrun = Payrun(**at, number=2, amount_cents=cents, state="paid", paid_on=day)
    session.add(payrun)
    session.flush()
    payment = Payment(
        **at, **hers, payrun_id=payrun.id, number=1, payee_name="Muster, Mia",
        payee_iban="DE02120300000000202051", amount_cents=cents, state="paid", paid_on=day,
    )  # fmt: skip
    session.add(payment)
    session.flush()
    session.add_all([
        PaymentPart(
            **at, payment_id=payment.id, claim_id=claim.id, amount_cents=cents, returned=True
        ),
        StatementPaper(**at, **hers, payment_id=payment.id, locale="en", pdf=b"%PDF-1.7"),
        LedgerEntry(
            **at, **hers, kind="paid", day=date(2026, 12, 22), paid_on=day,
            subject_type="claim_line", subject_id=claim.id, payment_id=payment.id,
            role="interpreter", amount_cents=cents,
        ),
    ])  # fmt: skip
    session.flush()
    return payment.id


def exception_of(session: Session, case: ClientCase) -> UUID:
    """Two more assignments of a client."""
    made = CapException(
        sponsor_id=case.sponsor_id,
        client_case_id=case.id,
        grant_year=2027,
        extra=2,
        granted_on=date(2027, 1, 4),
    )
    session.add(made)
    session.flush()
    return made.id


def _wish(session: Session, volunteer_id: UUID) -> None:
    """One for each person."""
    known = select(BenefitWish).where(BenefitWish.volunteer_id == volunteer_id)
    if session.exec(known).first() is None:
        session.add(BenefitWish(volunteer_id=volunteer_id, benefit="asylblg"))
        session.flush()
