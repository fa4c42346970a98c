"""What every test may ask for."""

import hashlib
import os
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from httpx import ASGITransport, AsyncClient
from hypothesis import settings
from sqlalchemy import Engine

from app import engines
from tests.databases import SERVER, Databases

REQUIRED = tuple(filter(None, os.environ.get("LOTSENWERK_REQUIRE", "").split(",")))
ROOT = Path(__file__).parents[1]
SOURCES = b"".join(path.read_bytes() for path in sorted(ROOT.glob("matching/*.py")))
# Compiled functions are kept from run to run as long as no source of the engine changes.
os.environ.setdefault(
    "NUMBA_CACHE_DIR", str(ROOT / "var" / "kernels" / hashlib.sha256(SOURCES).hexdigest()[:16])
)
os.environ["LOTSENWERK_PASSWORD_MEMORY_KIB"] = "1024"
os.environ["LOTSENWERK_SECRET"] = "only for tests"
os.environ["LOTSENWERK_BASE_URL"] = "http://test"
# The continuous check looks at the same examples each time; at a desk new ones are tried.
settings.register_profile("same", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("same")
# A slow machine is no error: what is about the wait itself sets a time of its own.
engines.WAIT_SECONDS = 60.0
NOW = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)
"""A Monday: the tests' present."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On a server only what asks for a database: the rest would say the same again."""
    if not SERVER:
        return
    others = [one for one in items if "databases" not in getattr(one, "fixturenames", ())]
    left_out = [one for one in others if one.path.is_relative_to(ROOT / "tests" / "app")]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [one for one in items if one not in set(left_out)]


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Where everything is required, a skipped test is a failed one."""
    outcome = yield
    report = outcome.get_result()
    if REQUIRED and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, but LOTSENWERK_REQUIRE={','.join(REQUIRED)}: {report.longrepr}"


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    made = Databases(tmp_path_factory.mktemp("databases"))
    made.prepare()
    yield made
    made.remove()


@pytest.fixture
def engine(databases: Databases) -> Iterator[Engine]:
    """A fresh, migrated database."""
    with databases.fresh() as made:
        yield made


@pytest.fixture
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for what the service writes."""
    from app.settings import get_settings

    monkeypatch.setenv("LOTSENWERK_VAR", str(tmp_path / "var"))
    get_settings.cache_clear()
    yield tmp_path / "var"
    get_settings.cache_clear()


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """The tests' present, which may be moved."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def cast(engine: Engine, clock: time_machine.Traveller, var: Path) -> "Cast":
    """Everybody, in a database of their own."""
    from tests.cast import gather

    return gather(engine)


@pytest.fixture
async def client(engine: Engine, var: Path) -> AsyncIterator[AsyncClient]:
    """The API, called without a network."""
    from app.main import create_app

    transport = ASGITransport(app=create_app(engine))
    async with AsyncClient(transport=transport, base_url="http://test/api/v1") as made:
        yield made


from tests.cast import Cast  # noqa: E402 - the settings above come first
