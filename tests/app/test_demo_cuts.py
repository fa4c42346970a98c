"""Cuts of the demo pool, solved again by a second formulation and by trying everything."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import Engine

from app import db, demo
from app.imports import service as imports
from app.imports.lists import read_folder
from app.planning import service as planning
from app.tables import Sponsor
from matching import Problem, check, eligibility, solve
from matching.candidates import find_candidates
from tests.matching.cases import best_by_trying
from tests.matching.test_solve import second_formulation


@pytest.fixture
def pool(engine: Engine, clock: object) -> Problem:
    """The problem of the pool's own lists."""
    with db.transaction(engine) as session:
        sponsor = Sponsor(name="Sprachpool Wetterau")
        session.add(sponsor)
        session.flush()
        judged = imports.verdicts(session, sponsor.id, read_folder(demo.FOLDER))
        imports.store(imports.Target(session, sponsor), judged)
        week = planning.gather(session, sponsor, date(2027, 1, 11), date(2027, 1, 16))
    return week.problem


def cut(pool: Problem, seats: slice) -> Problem:
    """Some seats of the pool, everybody in it, no groups."""
    chosen = sorted(pool.seats, key=lambda seat: (seat.spans[0].start, seat.id))[seats]
    return replace(pool, seats=tuple(chosen), all_or_none=(), same_option=(), at_most=())


def test_both_formulations_agree_on_cuts_of_the_pool(pool: Problem) -> None:
    assert len(pool.seats) == 95
    for start in range(0, 95, 19):
        task = cut(pool, slice(start, start + 19))
        plan = solve(task, method="exact")
        assert plan.status == "optimal"
        assert plan.bound == plan.objective
        assert check(task, plan) == []
        assert second_formulation(find_candidates(task), plan.factor) == plan.objective


def test_trying_everything_agrees_on_small_cuts_of_the_pool(pool: Problem) -> None:
    for start in range(0, 95, 10):
        task = cut(pool, slice(start, start + 4))
        able = [
            volunteer
            for volunteer in task.volunteers
            if any(
                not eligibility.reasons(task, volunteer, seat, option)
                for seat in task.seats
                for option in range(len(seat.spans))
            )
        ]
        task = replace(task, volunteers=tuple(able[:4]), blocks=frozenset())
        plan = solve(task, method="exact")
        assert plan.objective == best_by_trying(task, plan.factor)
