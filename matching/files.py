"""The file formats in one place: parsed JSON to and from problems and plans."""

from matching.planfiles import PLAN_FORMAT, read_plan, write_plan
from matching.problemfiles import read_problem
from matching.reader import parse
from matching.writer import PROBLEM_FORMAT, write_problem

__all__ = [
    "PLAN_FORMAT",
    "PROBLEM_FORMAT",
    "parse",
    "read_plan",
    "read_problem",
    "write_plan",
    "write_problem",
]
