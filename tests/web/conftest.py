"""A real browser before the real service on a real database; both live at the tests' present."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright
from sqlalchemy import Engine

from app.web import FOLDER, PAGE
from tests.cast import Cast
from tests.databases import Databases
from tests.web import stories
from tests.web.phones import PATIENCE
from tests.web.service import AHEAD, Service, Starter

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
expect.set_options(timeout=PATIENCE)
FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--mute-audio"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for each process of the tests."""
    if CHROMIUM is None:
        pytest.skip("there is no chromium: install it to try the pages")
    if not (FOLDER / PAGE).is_file():
        pytest.skip("the app is not built: run `make web`")
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield made
        made.close()


@dataclass(frozen=True)
class Ground:
    """What a service of the tests stands on."""

    databases: Databases
    gathered: tuple[Engine, Cast]
    starter: Starter


@pytest.fixture(scope="session")
def ground(databases: Databases, gathered: tuple[Engine, Cast]) -> Iterator[Ground]:
    """Databases to be copied, and who starts the service."""
    starter = Starter()
    yield Ground(databases, gathered, starter)
    starter.stop()


@pytest.fixture
def service(ground: Ground, tmp_path: Path) -> Iterator[Service]:
    """The service with everybody in its database."""
    with served(ground, tmp_path / "var") as made:
        yield made


@pytest.fixture(scope="session")
def busy(ground: Ground, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The same with something on every page: to be looked at, never changed."""
    with served(ground, tmp_path_factory.mktemp("busy") / "var") as made:
        made.shown = stories.everything(made)
        yield made


@contextmanager
def served(ground: Ground, var: Path, ahead: float = AHEAD) -> Iterator[Service]:
    """The service on a copy of the database in which everybody is."""
    template, cast = ground.gathered
    with ground.databases.fresh(like=template) as engine:
        made = Service(engine, cast, var, ground.starter, ahead=ahead)
        made.start()
        try:
            yield made
        finally:
            made.stop()
