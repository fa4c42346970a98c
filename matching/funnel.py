"""How many volunteers are left for a seat after each question."""

from collections.abc import Mapping

import numpy as np

from matching.codes import FunnelCode
from matching.look import Look
from matching.reach import blocking
from matching.standing import Standing

STEPS: tuple[tuple[FunnelCode, tuple[str, ...]], ...] = (
    (FunnelCode.SPEAKS, ("language", "consent", "level")),
    (FunnelCode.RELEASED, ("role", "open_question", "papers")),
    (FunnelCode.ALLOWED, ("gender", "excluded", "only_kinds", "blocked")),
    (FunnelCode.NEAR, ("mode", "too_far")),
    (FunnelCode.FREE, ("unavailable", "busy")),
    (FunnelCode.UNDER_CAPS, ("cap",)),
)


def funnel(standing: Standing, seat: int, look: Look) -> Mapping[FunnelCode, int]:
    """Count the volunteers left after each question, each on the date that suits her best.

    Every number counts those who also pass all questions before it; the last one asks the plan.
    """
    counts = {FunnelCode.POOL: len(standing.problem.volunteers)}
    left = np.ones(len(look.volunteer), dtype=np.bool_)
    for step, codes in STEPS:
        for code in codes:
            left &= ~look.fails[code]
        counts[step] = len(np.unique(look.volunteer[left]))
    return counts | {FunnelCode.UNTAKEN: _untaken(standing, seat)}


def _untaken(standing: Standing, seat: int) -> int:
    candidates, schedule = standing.candidates, standing.schedule
    free = [p for p in candidates.of_seat(seat).tolist() if not blocking(schedule, p)]
    return len(np.unique(candidates.volunteer[free])) if free else 0
