"""What volunteering pays: rate plans, claims, caps and tax limits, to the cent."""

from allowance.caps import (
    assignments_within,
    client_assignments_left,
    minutes_within,
    year_minutes_left,
)
from allowance.claims import Claim, Line, Reason, build_claim, claim_notes
from allowance.contradictions import PlanContradiction
from allowance.explanations import duration, explain, explain_note
from allowance.hours import agreed_minutes, read_hours
from allowance.limits import (
    TAX_LIMITS,
    TaxLimit,
    grant_year,
    headroom,
    payment_year,
    tax_limit,
    tax_year,
)
from allowance.money import euro, round_half_up
from allowance.plans import RatePlan, catalogue, plan_for, validate
from allowance.work import OUTCOMES, Contradiction, Used, Work, refuse_overlaps

__all__ = [
    "OUTCOMES",
    "TAX_LIMITS",
    "Claim",
    "Contradiction",
    "Line",
    "PlanContradiction",
    "RatePlan",
    "Reason",
    "TaxLimit",
    "Used",
    "Work",
    "agreed_minutes",
    "assignments_within",
    "build_claim",
    "catalogue",
    "claim_notes",
    "client_assignments_left",
    "duration",
    "euro",
    "explain",
    "explain_note",
    "grant_year",
    "headroom",
    "minutes_within",
    "payment_year",
    "plan_for",
    "read_hours",
    "refuse_overlaps",
    "round_half_up",
    "tax_limit",
    "tax_year",
    "validate",
    "year_minutes_left",
]
