"""Until when a paper that was seen holds, and until when somebody stands in the list."""

from collections.abc import Iterable
from datetime import date

from allowance.grants import months_later
from app.tables import Clearance, ClearanceKind

CONDUCT_ISSUED_WITHIN_MONTHS = 3
CONDUCT_YEARS = 5
LISTING_MONTHS = 12
NO_END = date(2200, 1, 1)
"""A paper without a last day, or with one in another age, does not end."""

NAMES = {
    ClearanceKind.CONDUCT: ("das Führungszeugnis", "the certificate of conduct"),
    ClearanceKind.MEASLES: ("der Masernnachweis", "the measles proof"),
    ClearanceKind.DECLARATION: ("die Erklärung", "the declaration"),
    "listing": ("der Eintrag in der Liste", "the listing"),
}
"""Papers that run out, in German and English."""


def counts(paper: Clearance) -> bool:
    """Whether it holds at all: a Führungszeugnis is issued at most 3 months before it is seen."""
    if paper.kind != ClearanceKind.CONDUCT:
        return True
    return paper.issued_on is not None and (
        paper.issued_on
        <= paper.seen_on
        <= months_later(paper.issued_on, CONDUCT_ISSUED_WITHIN_MONTHS)
    )


def _last_day(paper: Clearance) -> date:
    """Its own end; a Führungszeugnis is seen again every 5 years at the latest."""
    end = paper.valid_to or NO_END
    if paper.kind == ClearanceKind.CONDUCT:
        return min(end, months_later(paper.seen_on, 12 * CONDUCT_YEARS))
    return end


def ends_on(paper: Clearance) -> date | None:
    """The last day of one paper; nothing where it does not end."""
    last = _last_day(paper)
    return None if last >= NO_END else last


def last_day(papers: Iterable[Clearance], kind: ClearanceKind, day: date) -> date | None:
    """The last day of the longest paper of a kind among those seen by `day`."""
    ends = [
        _last_day(paper)
        for paper in papers
        if paper.kind == kind and paper.seen_on <= day and counts(paper)
    ]
    return max(ends, default=None)


def listed_until(renewed_on: date) -> date:
    """The last day on which somebody stands in the list."""
    return months_later(min(renewed_on, NO_END), LISTING_MONTHS)
