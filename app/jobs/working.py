"""Running jobs one after another, by the service's clock: the one thread, and the tests."""

import logging

from sqlalchemy import Engine

from app import origin
from app.jobs.queue import of
from app.jobs.registry import REGISTRY, in_short
from app.jobs.view import Claimed
from app.origin import Origin

log = logging.getLogger(__name__)


def carry_out(engine: Engine, job: Claimed) -> str:
    """Do the work; why it failed, or nothing."""
    try:
        with origin.coming_by(Origin.JOB):
            REGISTRY[job.name](engine, job.subject_id)
    except Exception as error:  # a broken job must not stop the others
        log.exception("job %s on %s failed", job.name, job.subject_id)
        return in_short(error)
    return ""


def work_one(engine: Engine) -> bool:
    """Run the next due job; whether there was one."""
    queue = of(engine)
    queue.give_back_lost(engine)
    job = queue.claim(engine)
    if job is None:
        return False
    queue.settle(engine, job, carry_out(engine, job))
    return True


def work_all(engine: Engine) -> int:
    """Run everything that is due, and what it asked for; how many jobs ran."""
    count = 0
    while work_one(engine):
        count += 1
    return count
