"""Who goes where: finds, proves, explains and checks plans. Pure: no clock, database or HTTP."""

from matching import eligibility
from matching.budget import Budget, Progress
from matching.checker import Violation, check
from matching.engine import solve
from matching.plan import Assignment, OpenSeat, Plan, Reason
from matching.problem import (
    Busy,
    Cap,
    Pin,
    Place,
    Problem,
    Quota,
    Seat,
    Span,
    Transport,
    Travel,
    Volunteer,
    Weights,
    Window,
)
from matching.ranking import Ranked, Rejected, rank, rejected

__all__ = [
    "Assignment",
    "Budget",
    "Busy",
    "Cap",
    "OpenSeat",
    "Pin",
    "Place",
    "Plan",
    "Problem",
    "Progress",
    "Quota",
    "Ranked",
    "Reason",
    "Rejected",
    "Seat",
    "Span",
    "Transport",
    "Travel",
    "Violation",
    "Volunteer",
    "Weights",
    "Window",
    "check",
    "eligibility",
    "rank",
    "rejected",
    "solve",
]
