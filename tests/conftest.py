"""What every test may ask for."""

import hashlib
import os
from collections.abc import AsyncIterator, Iterator
from copy import deepcopy
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import time_machine
from httpx import ASGITransport, AsyncClient
from hypothesis import settings
from sqlalchemy import Engine, text

from app import engines
from tests.databases import SERVER, Databases
from tests.throwaway_postgres import in_memory

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
# Tests call as often as they like; those about it set limits of their own.
for kind in ("", "_COSTLY", "_PUBLIC"):
    os.environ[f"LOTSENWERK_RATE_LIMIT{kind}"] = "0"
# The continuous check looks at the same examples each time; at a desk new ones are tried.
settings.register_profile("same", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("same")
# A slow machine is no error: what is about the wait itself sets a time of its own.
engines.WAIT_SECONDS = 60.0
engines.CONNECT_SECONDS = 60
NOW = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)
"""A Monday: the tests' present."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On a server only what asks for a database: the rest would say the same again.

    What is marked `postgres` speaks of a server alone, and waits for that run; what is marked
    `sqlite` is not tried there.
    """
    marked = "sqlite" if SERVER else "postgres"
    left_out = [one for one in items if one.get_closest_marker(marked) or (SERVER and _alone(one))]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [one for one in items if one not in set(left_out)]


def _alone(item: pytest.Item) -> bool:
    """Whether a test of the service works without a database."""
    asks = "databases" in getattr(item, "fixturenames", ())
    return not asks and item.path.is_relative_to(ROOT / "tests" / "app")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Where everything is required, a skipped test is a failed one."""
    outcome = yield
    report = outcome.get_result()
    if REQUIRED and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, but LOTSENWERK_REQUIRE={','.join(REQUIRED)}: {report.longrepr}"


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    import_module("app.main")  # every kind of job is known, as in the service
    with TemporaryDirectory(prefix="lotsenwerk-", dir=in_memory()) as folder:
        made = Databases(Path(folder))
        made.prepare()
        yield made
        made.remove()


@pytest.fixture(scope="session")
def gathered(databases: Databases) -> Iterator[tuple[Engine, "Cast"]]:
    """Everybody, once, to be copied."""
    from tests.cast import gather

    with databases.fresh() as made:
        with time_machine.travel(NOW, tick=False):
            cast = gather(made)
        made.dispose()
        yield made, cast


@pytest.fixture
def engine(databases: Databases, request: pytest.FixtureRequest) -> Iterator[Engine]:
    """A fresh, migrated database; with everybody in it where a test asks for them."""
    peopled = "cast" in request.fixturenames
    like = request.getfixturevalue("gathered")[0] if peopled else None
    with databases.fresh(like=like) as made:
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
def cast(
    engine: Engine,
    gathered: tuple[Engine, "Cast"],
    clock: time_machine.Traveller,
    var: Path,
) -> "Cast":
    """Everybody, in a database of their own."""
    from tests.cast import gather

    # Empty where the cast was asked for only while the test ran.
    return gather(engine) if _is_empty(engine) else deepcopy(gathered[1])


def _is_empty(engine: Engine) -> bool:
    with engine.connect() as connection:
        return connection.scalar(text("SELECT count(*) FROM account")) == 0


@pytest.fixture
async def client(engine: Engine, var: Path) -> AsyncIterator[AsyncClient]:
    """The API, called without a network."""
    from tests.serving import serving

    transport = ASGITransport(app=serving(engine))
    async with AsyncClient(transport=transport, base_url="http://test/api/v1") as made:
        yield made


from tests.cast import Cast  # noqa: E402 - the settings above come first
