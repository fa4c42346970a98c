"""What the office is told when it sends somebody beyond what can be paid."""

from uuid import UUID

from sqlmodel import Session

from allowance import duration, euro
from app.seam import build
from app.seam.asked import Asked
from app.seam.people import Horizon
from app.tables import Institution, Request, RequestOption, Seat, Sponsor, Volunteer
from matching import eligibility

WORDS = {
    "year": (
        "Die Stunden des Jahres reichen dafür nicht (frei: {left}). Die Zeit zählt, bezahlt wird"
        " bis zur Grenze.",
        "The hours of the year are not enough for this (left: {left}). The time counts, pay ends at"
        " the limit.",
    ),
    "tax_year": (
        "Der Steuerfreibetrag reicht dafür nicht (frei: {left}). Bitte mit dem Steuerbüro klären.",
        "The tax-free amount is not enough for this (left: {left}). Please ask a tax adviser.",
    ),
}
"""By the period of a cap that a person of the office may pass."""
GRANT = (
    "Das Geld der Förderung reicht dafür nicht mehr. Bitte vorher klären, wer das bezahlt.",
    "The money of the grant is not enough for this. Please find out first who pays.",
)


def warnings(
    session: Session, seat_id: UUID, option_id: UUID, volunteer_id: UUID, locale: str
) -> list[str]:
    """What of her pay or of the grant this seat would go beyond.

    She may be asked or booked by hand already.
    """
    seat, option = session.get_one(Seat, seat_id), session.get_one(RequestOption, option_id)
    request = session.get_one(Request, seat.request_id)
    institution = session.get_one(Institution, request.institution_id)
    problem = build.problem(
        session,
        session.get_one(Sponsor, seat.sponsor_id),
        [Asked(request, institution, [option], [seat])],
        [session.get_one(Volunteer, volunteer_id)],
        Horizon.of(option.day, option.day),
        ignore_load_of=[seat.id],
        with_grants=True,
    )
    found = eligibility.reasons(problem, problem.volunteers[0], problem.seats[0], 0)
    # Beyond what a client may have nobody is asked or booked: a limit of seats is a grant's.
    of_grant = [GRANT[locale == "en"]] if problem.at_most else []
    return of_grant + [
        WORDS[period][locale == "en"].format(left=_left(period, int(reason.params["left"]), locale))
        for reason in found
        if (period := str(reason.params.get("period"))) in WORDS
    ]


def _left(period: str, left: int, locale: str) -> str:
    return euro(left, locale) if period == "tax_year" else duration(left, locale)
