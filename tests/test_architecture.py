"""The rules of the house, read from the code itself."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts

from app import access, db
from app.main import create_app

ROOT = Path(__file__).resolve().parent.parent
PURE = ("matching", "scheduling", "allowance")
MAY_COMMIT = {"app/db.py", "app/engines.py", "alembic/env.py"}
MAY_READ = {
    "matching/__main__.py": {"pathlib", "sys", "print", "read_text", "write_text"},
    "matching/budget.py": {"time"},
    "matching/schemas.py": {"importlib", "read_text"},
    "scheduling/reference.py": {"importlib", "read_text"},
    "allowance/grants.py": {"importlib", "read_text"},
    "allowance/plans.py": {"importlib", "read_text"},
    "allowance/transfers.py": {"importlib", "read_bytes"},
}
"""The named places at which a pure package touches the world."""
WORLD = {
    "asyncio", "http", "httpx", "importlib", "io", "logging", "os", "pathlib", "secrets", "shutil",
    "socket", "sqlalchemy", "sqlite3", "sqlmodel", "subprocess", "sys", "tempfile", "threading",
    "time", "urllib", "uuid", "fastapi", "pydantic", "multiprocessing",
}  # fmt: skip
TOUCHES = {
    "now", "today", "utcnow", "environ", "getenv", "open", "read_text", "read_bytes", "write_text",
    "write_bytes", "input", "print",
}  # fmt: skip
MAX_LINES = 450


def sources(*folders: str) -> Iterator[Path]:
    """Every Python file in these folders."""
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


def named(path: Path) -> str:
    """The path as it stands in the lists above."""
    return path.relative_to(ROOT).as_posix()


def commits(code: str) -> list[int]:
    """Lines on which something is committed."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "commit"
    ]


def touches(code: str) -> set[str]:
    """What a file imports or calls that belongs to the world outside."""
    found = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names} & WORLD
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found |= {(node.module or "").split(".")[0]} & WORLD
        elif isinstance(node, ast.Attribute):
            found |= {node.attr} & (TOUCHES - {"open"})
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            found |= {node.func.id} & TOUCHES
    return found


def inner_imports(code: str) -> list[int]:
    """Lines of imports that stand inside a function."""
    return [
        inner.lineno
        for outer in ast.walk(ast.parse(code))
        if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(outer)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]


def test_only_the_database_module_commits() -> None:
    found = {
        named(path)
        for path in sources("app", "alembic", *PURE)
        if commits(path.read_text(encoding="utf-8"))
    }
    assert found == MAY_COMMIT


def test_pure_packages_touch_the_world_only_where_it_is_named() -> None:
    found = {
        named(path): touched
        for path in sources(*PURE)
        if (touched := touches(path.read_text(encoding="utf-8")))
    }
    beyond = {
        name: touched - MAY_READ.get(name, set())
        for name, touched in found.items()
        if touched - MAY_READ.get(name, set())
    }
    assert beyond == {}
    assert set(found) == set(MAY_READ), "a named exception is no longer needed"


@pytest.mark.parametrize(
    "code",
    [
        "from datetime import datetime\ndatetime.now()",
        "import os\nos.environ['A']",
        "open('list.csv')",
        "from time import monotonic",
        "from pathlib import Path",
        "import sqlalchemy.orm",
    ],
)
def test_the_look_for_impurity_finds_it(code: str) -> None:
    assert touches(code)


def test_the_look_for_commits_finds_them() -> None:
    assert commits("def save(session):\n    session.commit()") == [2]
    assert inner_imports("def late():\n    import os") == [2]


def test_imports_keep_the_layers() -> None:
    # In a process of its own: it switches off the loggers of the one that calls it.
    asked = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command as ask; ask()",
    ]
    done = subprocess.run(
        [*asked, "--no-cache", "--config", str(ROOT / "pyproject.toml")],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_layer_of_the_plan_stands_in_the_contract() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    layers = next(c["layers"] for c in contracts if c["type"] == "layers")
    order = [part.strip() for layer in layers for part in re.split(r"[|:]", layer)]
    features = (
        "reports", "payouts", "hours", "planning", "offers", "seam", "requests", "volunteers",
        "institutions", "sponsors", "accounts",
    )  # fmt: skip
    places = [order.index(feature) for feature in features]
    assert places == sorted(places)
    assert order.index("imports") < order.index("requests")
    folders = {path.parent.name for path in (ROOT / "app").glob("*/__init__.py")}
    modules = {path.stem for path in (ROOT / "app").glob("*.py")} - {"__init__"}
    assert set(order) == folders | modules


def test_imports_stand_at_the_top_of_the_file() -> None:
    found = {
        named(path): lines
        for path in sources("app", *PURE)
        if (lines := inner_imports(path.read_text(encoding="utf-8")))
    }
    assert found == {}


def test_a_table_never_travels_over_http() -> None:
    for path in sources("app"):
        if path.name == "schemas.py":
            assert "SQLModel" not in path.read_text(encoding="utf-8"), named(path)


def _calls(dependant: Dependant) -> Iterator[object]:
    for inner in dependant.dependencies:
        yield inner.call
        yield from _calls(inner)


def api_routes() -> list[tuple[str, APIRoute]]:
    """Every route of the application with its full path."""
    app = create_app(db.make_engine("sqlite://"))
    contexts = iter_route_contexts(app.routes)
    return [
        (str(context.path), context.original_route)
        for context in contexts
        if isinstance(context.original_route, APIRoute)
    ]


def test_every_route_has_an_actor_or_is_public_by_name() -> None:
    without = {
        (method, path)
        for path, route in api_routes()
        if access.current_actor not in _calls(route.dependant)
        for method in route.methods
    }
    assert {path for _, path in without} == access.PUBLIC | access.PUBLIC_POSTS
    assert [one for one in sorted(without) if not access.is_public(*one)] == []


def test_every_route_that_writes_is_one_transaction() -> None:
    for path, route in api_routes():
        if route.methods and not route.methods <= db.READ_METHODS:
            assert isinstance(route, db.UnitOfWork), path


def test_files_stay_short() -> None:
    long = {
        named(path): lines
        for path in sources("app", "tests", "bench", *PURE)
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > MAX_LINES
    }
    assert long == {}


def test_nothing_is_left_for_later_in_the_code() -> None:
    mark = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b")
    texts = ("*.py", "*.html", "*.css", "*.toml", "*.md")
    for folder in ("app", "alembic", "tests", "bench", "docs", *PURE):
        for pattern in texts:
            for path in (ROOT / folder).rglob(pattern):
                assert not mark.search(path.read_text(encoding="utf-8")), named(path)


def test_modules_are_named_after_what_they_hold() -> None:
    vague = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc"}
    assert [named(p) for p in sources("app", *PURE) if p.stem in vague] == []
