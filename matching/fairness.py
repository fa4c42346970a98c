"""How evenly the hours of a plan are spread over the volunteers."""

import numpy as np

from matching.plan import Plan
from matching.problem import Problem


def fairness_index(problem: Problem, plan: Plan) -> float:
    """Give Jain's index of the volunteers' hours: 1 when all have the same, 1/n when one has all.

    (sum of x)² / (n · sum of x²), with x the minutes in the plan plus the quarter's lead, not
    below zero; 1 when nobody has anything.

    References
    ----------
    Jain, R., Chiu, D., Hawe, W. (1984). A quantitative measure of fairness.
    """
    index = problem.volunteer_index
    minutes = [volunteer.lead_minutes for volunteer in problem.volunteers]
    for made in plan.assignments:
        span = problem.seats[problem.seat_index[made.seat]].spans[made.option]
        minutes[index[made.volunteer]] += span.minutes
    hours = np.maximum(0, np.array(minutes, dtype=np.float64))
    squares = float(hours @ hours)
    return 1.0 if squares == 0 else float(hours.sum()) ** 2 / (len(hours) * squares)
