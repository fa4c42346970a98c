"""Phrases people write about their time, read and told back."""

from scheduling.phrases.absence import Absence, read_absence
from scheduling.phrases.availability import AvailabilityAnswer, WeeklyWindow, read_availability
from scheduling.phrases.description import describe

__all__ = [
    "Absence",
    "AvailabilityAnswer",
    "WeeklyWindow",
    "describe",
    "read_absence",
    "read_availability",
]
