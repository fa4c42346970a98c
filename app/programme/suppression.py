"""Which numbers of the programme's tables are hidden: those of few volunteers or few sponsors.

A cell is unsafe when fewer than 5 volunteers or fewer than 3 sponsors stand behind it. The totals
of a table with two dimensions are the cells of the tables with one: they are hidden there and here
alike. How the others are chosen that protect it stands in `app.suppression`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from app import suppression
from app.suppression import Mask as Mask

LEAST_VOLUNTEERS, LEAST_SPONSORS = 5, 3
WIDTH = 5
"""So many filled appointments, and so many hours, wide is what may be known of a hidden number."""
HOUR = 60
WIDTHS = (WIDTH, WIDTH * HOUR)


@dataclass(frozen=True)
class Cell:
    """What stands behind one number of a table."""

    appointments: int = 0
    filled: int = 0
    minutes: int = 0
    volunteers: int = 0
    sponsors: int = 0
    languages: int = 0

    @property
    def cases(self) -> int:
        """Appointments that were asked for."""
        return self.appointments

    @property
    def is_safe(self) -> bool:
        """Whether it may be shown: nothing at all, or enough people and sponsors."""
        enough = self.volunteers >= LEAST_VOLUNTEERS and self.sponsors >= LEAST_SPONSORS
        return self.appointments == 0 or enough

    @property
    def slack(self) -> tuple[int, int]:
        """How far its numbers can fall: filled appointments to 1, minutes to 0."""
        return max(self.filled - 1, 0), self.minutes


def line(cells: Sequence[Cell]) -> Mask | None:
    """Which cells of a table with one dimension are hidden beside its total; None: all of them."""
    return suppression.line(cells, WIDTHS)


def table(
    cells: Sequence[Sequence[Cell]], rows: Sequence[Cell], columns: Sequence[Cell]
) -> tuple[Mask, Mask, Mask] | None:
    """Which inner cells, row totals and column totals are hidden; None: no table is shown."""
    return suppression.table(cells, rows, columns, WIDTHS)
