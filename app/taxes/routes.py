"""Tax rules, income from elsewhere, the tax ledger, and what a benefit leaves."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request

from app.access import Herself, Lead, OfficeOrHerself, SumReader
from app.bodies import Day
from app.clock import today
from app.db import SessionDep, UnitOfWork
from app.errors import locale_of
from app.paging import Cursor, Limit, Page, page_of
from app.tables import DeclaredIncome, TaxChoice, Volunteer
from app.taxes import benefits, choices, declared
from app.taxes import service as taxes
from app.taxes.schemas import (
    FIRST_YEAR,
    LAST_YEAR,
    BenefitRead,
    BenefitWishWrite,
    DeclaredIncomeCreate,
    DeclaredIncomeRead,
    TaxChoiceCreate,
    TaxChoiceRead,
    TaxLedgerRead,
)

router = APIRouter(route_class=UnitOfWork, tags=["taxes"])
InYear = Annotated[
    int | None,
    Query(ge=FIRST_YEAR, le=LAST_YEAR, description="Year of payment; this one if not given"),
]


@router.get("/tax-choices")
def list_tax_choices(
    request: Request,
    session: SessionDep,
    actor: SumReader,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[TaxChoiceRead]:
    """What my sponsors have decided: by which tax rule each role is paid, from which year on.

    Without a decision the lower limit is reckoned with. Nothing here is tax advice.
    """
    rows, following = page_of(session, choices.visible(actor), TaxChoice.id, limit, cursor)
    locale = locale_of(request)
    return Page(items=[taxes.choice(row, locale) for row in rows], next=following)


@router.post("/tax-choices", status_code=201)
def choose_tax_rule(
    body: TaxChoiceCreate, request: Request, session: SessionDep, actor: Lead
) -> TaxChoiceRead:
    """Write down what the sponsor has decided with its tax adviser, and why."""
    return taxes.choice(choices.choose(session, actor, body), locale_of(request))


@router.delete("/tax-choices/{tax_choice_id}", status_code=204)
def remove_tax_choice(tax_choice_id: UUID, session: SessionDep, actor: Lead) -> None:
    """Take a decision back that was written down wrongly.

    From now on it does not hold. What is drawn as of an earlier day still goes by it.
    """
    choices.remove(session, actor, tax_choice_id)


@router.get("/declared-incomes")
def list_declared_incomes(
    session: SessionDep,
    actor: OfficeOrHerself,
    volunteer_id: UUID | None = None,
    year: Annotated[
        int | None, Query(ge=FIRST_YEAR, le=LAST_YEAR, description="Tax year; all if not given")
    ] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[DeclaredIncomeRead]:
    """What volunteers told my sponsors that they were paid elsewhere, or what I told mine."""
    query = declared.filtered(actor, volunteer_id, year)
    rows, following = page_of(session, query, DeclaredIncome.id, limit, cursor)
    return Page(items=declared.reads(session, rows), next=following)


@router.post("/declared-incomes", status_code=201)
def declare_income(
    body: DeclaredIncomeCreate, session: SessionDep, actor: OfficeOrHerself
) -> DeclaredIncomeRead:
    """Say what I was paid elsewhere in a tax year, or pass a volunteer's word on.

    It is told to one sponsor, and no other one sees it. The newest word counts; 0 takes it back.
    """
    row = declared.declare(session, actor, body)
    return declared.reads(session, [row])[0]


@router.get("/tax-ledger")
def get_tax_ledger(
    request: Request,
    session: SessionDep,
    actor: OfficeOrHerself,
    year: InYear = None,
    volunteer_id: UUID | None = None,
    sponsor_id: UUID | None = None,
    as_of: Annotated[
        Day | None, Query(description="As it stood at the end of this day; today if not given")
    ] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[TaxLedgerRead]:
    """What each volunteer was paid in a year, by tax rule, and how much is still free.

    The year is that of the payment, not of the work, and travel does not count. A sponsor sees its
    own payments and what she has told it. A volunteer sees what all her pools have paid her.
    """
    view = taxes.view_of(actor, sponsor_id, volunteer_id)
    query = taxes.people(actor, view, volunteer_id)
    rows, following = page_of(session, query, Volunteer.id, limit, cursor)
    items = taxes.read(
        session, view, rows, year or today().year, as_of=as_of, locale=locale_of(request)
    )
    return Page(items=items, next=following)


@router.put("/me/benefit-wish", status_code=204)
def wish_benefit_view(body: BenefitWishWrite, session: SessionDep, actor: Herself) -> None:
    """Switch on what a benefit leaves me. Nobody else learns that I did."""
    benefits.wish(session, actor, body.benefit)


@router.delete("/me/benefit-wish", status_code=204)
def forget_benefit_wish(session: SessionDep, actor: Herself) -> None:
    """Switch it off again; nothing of it is kept."""
    benefits.forget(session, actor)


@router.get("/me/benefits")
def get_my_benefits(
    request: Request, session: SessionDep, actor: Herself, year: InYear = None
) -> BenefitRead:
    """What I was paid beside my benefit, by month or year, if I have switched it on."""
    locale = locale_of(request)
    return benefits.view(session, actor, year or today().year, locale)
