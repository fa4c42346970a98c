"""How far a run is: written down about once a second, in short transactions of their own."""

import logging
import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, select, update

from app import db
from app.planning import solver
from app.tables import Plan, PlanState
from matching import Progress

WRITE_SECONDS = 1.0
PREPARING = "preparing"
"""The phase before the engine begins: nothing to compare yet."""

log = logging.getLogger(__name__)


@dataclass
class Diary:
    """What is written down about one run."""

    engine: Engine
    plan_id: UUID
    seconds_allowed: float
    written: float = 0.0

    def watch(self) -> solver.Watch:
        """The run's ear and voice."""
        return solver.Watch(self.is_cancelled, self.tell)

    def tell(self, progress: Progress) -> None:
        """Write a report down, unless the last one has just been; a busy database is no reason."""
        if time.monotonic() - self.written < WRITE_SECONDS:
            return
        self.written = time.monotonic()
        try:
            with db.transaction(self.engine) as session:
                _write(session, self.plan_id, figures(progress, self.seconds_allowed))
        except DBAPIError:
            log.warning("plan %s: its progress could not be written", self.plan_id)

    def is_cancelled(self) -> bool:
        """Whether the run has been called off, as far as the database can be asked."""
        try:
            with db.transaction(self.engine, read_only=True) as session:
                query = select(Plan.state).where(col(Plan.id) == self.plan_id)
                return session.exec(query).one() == PlanState.CANCELLED
        except DBAPIError:
            log.warning("plan %s: its state could not be read", self.plan_id)
            return False


def _write(session: Session, plan_id: UUID, found: dict[str, Any]) -> None:
    session.exec(
        update(Plan)
        .where(col(Plan.id) == plan_id, col(Plan.state) == PlanState.RUNNING)
        .values(progress=found)
    )


def figures(progress: Progress, seconds_allowed: float) -> dict[str, Any]:
    """A report as it is stored; `gap` is (bound - objective) / |bound|."""
    begun = progress.method != PREPARING
    objective, bound = progress.objective if begun else None, progress.bound
    gap = None
    if objective is not None and bound:
        gap = (bound - objective) / abs(bound)
    return {
        "phase": progress.method,
        "iteration": progress.iteration,
        "objective": objective,
        "bound": bound,
        "gap": gap,
        "seconds": round(progress.seconds, 3),
        "seconds_allowed": seconds_allowed,
    }
