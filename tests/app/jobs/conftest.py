"""Work that the tests give, and nothing else."""

import threading
from collections import Counter
from uuid import UUID

import pytest
from sqlalchemy import Engine

from app import jobs
from tests.app.jobs.asking import NAME, Register


@pytest.fixture(autouse=True)
def nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """No periodic work but that of the test."""
    for name in list(jobs.PERIODIC):
        monkeypatch.delitem(jobs.PERIODIC, name)


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch) -> Register:
    """Makes a function the work behind `NAME`."""
    return lambda function: monkeypatch.setitem(jobs.REGISTRY, NAME, function)


@pytest.fixture
def done(register: Register) -> list[UUID]:
    """The subjects whose work was done."""
    subjects: list[UUID] = []
    register(lambda _engine, subject: subjects.append(subject))
    return subjects


@pytest.fixture
def counted(register: Register) -> Counter[UUID]:
    """How often the work of each job ran."""
    runs: Counter[UUID] = Counter()
    turn = threading.Lock()

    def work(_engine: Engine, subject_id: UUID) -> None:
        with turn:
            runs[subject_id] += 1

    register(work)
    return runs
