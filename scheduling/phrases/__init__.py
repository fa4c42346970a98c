"""Phrases people write about their time, read and told back."""

from scheduling.phrases.absence import Absence, read_absence
from scheduling.phrases.availability import AvailabilityAnswer, read_availability
from scheduling.phrases.description import describe
from scheduling.phrases.kinds import Parity, Season
from scheduling.phrases.windows import WeeklyWindow

__all__ = [
    "Absence",
    "AvailabilityAnswer",
    "Parity",
    "Season",
    "WeeklyWindow",
    "describe",
    "read_absence",
    "read_availability",
]
