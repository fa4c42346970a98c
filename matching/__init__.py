"""Who goes where: finds, proves, explains and checks plans. Pure: no clock, database or HTTP."""

from matching import eligibility
from matching.budget import Budget, Progress
from matching.checker import Violation, check
from matching.engine import solve
from matching.explanation import Explanation, Repair, explain
from matching.fairness import fairness_index
from matching.index import RankIndex
from matching.objections import why_not
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
from matching.replanning import Replanned, replan
from matching.scarcity import Scarcity, scarcity
from matching.standing import Change, Standing
from matching.what_if import what_if

__all__ = [
    "Assignment",
    "Budget",
    "Busy",
    "Cap",
    "Change",
    "Explanation",
    "OpenSeat",
    "Pin",
    "Place",
    "Plan",
    "Problem",
    "Progress",
    "Quota",
    "RankIndex",
    "Ranked",
    "Reason",
    "Rejected",
    "Repair",
    "Replanned",
    "Scarcity",
    "Seat",
    "Span",
    "Standing",
    "Transport",
    "Travel",
    "Violation",
    "Volunteer",
    "Weights",
    "Window",
    "check",
    "eligibility",
    "explain",
    "fairness_index",
    "rank",
    "rejected",
    "replan",
    "scarcity",
    "solve",
    "what_if",
    "why_not",
]
