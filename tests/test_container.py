"""The image and the composition: no engine runs here, so they are read and compared with the code.

The script that makes the database role does run, on a PostgreSQL of its own.
"""

import json
import os
import re
import shlex
import subprocess
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import typer
import yaml
from sqlalchemy import Engine

from app.cli import cli
from app.db import make_engine
from app.main import create_app
from app.migrations import findings, migrate
from app.settings import Settings
from app.web import FOLDER
from tests.throwaway_postgres import Server, binaries

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = ROOT / "deploy" / "postgres.sql"
COMMANDS = typer.main.get_command(cli).commands  # type: ignore[attr-defined]
SETTINGS = {f"LOTSENWERK_{name.upper()}" for name in Settings.model_fields}
# What the images themselves understand: PostgreSQL's entry point, our script, libpq.
FOREIGN = {"POSTGRES_PASSWORD", "DB_PASSWORD", "PGPASSWORD"}
PASSWORD = 'it\'s a \\ "pass word"'


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile as (instruction, rest), with continued lines joined."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n", " ", "\n".join(lines))
    pairs = (line.split(maxsplit=1) for line in joined.splitlines() if line.strip())
    return [(name.upper(), rest) for name, rest in pairs]


def of(name: str) -> list[str]:
    """What follows each instruction of this name."""
    return [rest for instruction, rest in instructions() if instruction == name]


def environment_of_image() -> dict[str, str]:
    """The variables the image sets."""
    return dict(part.split("=", 1) for rest in of("ENV") for part in shlex.split(rest))


@pytest.fixture(scope="module")
def composition() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    return content


@pytest.fixture(scope="module")
def services(composition: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = composition["services"]
    return found


def called_well(arguments: list[str]) -> bool:
    """Whether the command line has this command with these options."""
    command = COMMANDS.get(arguments[0])
    if command is None:
        return False
    known = {option for parameter in command.params for option in parameter.opts}
    return {part for part in arguments[1:] if part.startswith("-")} <= known


def copied() -> list[str]:
    """Every path of the checkout that the image takes."""
    taken = [rest for rest in of("COPY") if not rest.startswith("--from=")]
    return [source.rstrip("/") for rest in taken for source in rest.split()[:-1]]


def test_every_path_the_image_copies_exists() -> None:
    assert copied()
    assert [path for path in copied() if not (ROOT / path).exists()] == []


def test_the_build_context_holds_what_is_copied_and_nothing_else() -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").split("\n")
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    assert sorted(rule[1:] for rule in rules if rule.startswith("!")) == sorted(copied())


def test_the_image_holds_what_the_product_reads_at_run_time() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {
        "tests",
        "bench",
        "deploy",
    }
    assert packages | {"alembic", "alembic.ini", "pyproject.toml"} <= set(copied())


def test_the_image_serves_the_app_that_was_built_for_it() -> None:
    built = next(rest for rest in of("COPY") if rest.startswith("--from=web "))
    workdir = of("WORKDIR")[-1]
    assert built.split()[1:] == [f"{workdir}/web/build", "./web/build"]
    assert FOLDER == ROOT / "web" / "build"
    assert "npm ci" in of("RUN")[0], "libraries of the app come from its lock alone"


def test_libraries_are_installed_from_the_lock_alone() -> None:
    installs = [rest for rest in of("RUN") if "pip install" in rest]
    assert "--require-hashes -r requirements.lock" in installs[0]
    assert all("--no-deps" in rest or "--require-hashes" in rest for rest in installs)


def test_the_image_does_not_run_as_root() -> None:
    user = of("USER")[-1].split(":")[0]
    assert user not in ("root", "0")
    names = [name for name, _ in instructions()]
    assert names.index("USER") > max(at for at, name in enumerate(names) if name == "RUN")


def test_data_lies_on_the_volume() -> None:
    assert of("VOLUME") == [environment_of_image()["LOTSENWERK_VAR"]]


def test_the_image_serves_to_the_outside_unless_told_otherwise() -> None:
    assert json.loads(of("ENTRYPOINT")[0]) == ["lotsenwerk"]
    command = json.loads(of("CMD")[0])
    assert called_well(command)
    assert command == ["serve", "--host", "0.0.0.0"]  # noqa: S104 - inside a container


def test_the_image_asks_a_route_that_exists_whether_it_is_alive() -> None:
    check = of("HEALTHCHECK")[0]
    port, path = re.search(r"http://127\.0\.0\.1:(\d+)(/\w+)", check).groups()  # type: ignore[union-attr]
    app = create_app(make_engine("sqlite://"))
    assert path in {getattr(route, "path", "") for route in app.routes} | set(
        app.openapi()["paths"]
    )
    ports = [p.default for p in COMMANDS["serve"].params if p.name == "port"]
    assert [int(port)] == ports
    assert of("EXPOSE") == [port]


def test_every_setting_is_handed_on_and_nothing_else(services: dict[str, dict[str, Any]]) -> None:
    given = {name for s in services.values() for name in s.get("environment", {})}
    given |= {name for name in environment_of_image() if name.startswith("LOTSENWERK_")}
    assert given - FOREIGN == SETTINGS


def test_no_secret_stands_in_the_composition() -> None:
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    secret = re.findall(r"^ +(\w*(?:PASSWORD|SECRET)): *(.*)$", text, re.M)
    assert {name for name, _ in secret} == {*FOREIGN, "LOTSENWERK_SECRET"}
    assert [value for _, value in secret if not re.fullmatch(r"\$\{\w+:\?[^}]+\}", value)] == []


def test_every_command_of_the_composition_exists(services: dict[str, dict[str, Any]]) -> None:
    commands = [s["command"] for s in services.values() if "command" in s]
    assert {command[0] for command in commands} == {"migrate", "worker"}
    assert all(called_well(command) for command in commands)


def test_services_wait_for_services_that_can_tell(services: dict[str, dict[str, Any]]) -> None:
    waits = [
        (services[name], wait["condition"])
        for service in services.values()
        for name, wait in service.get("depends_on", {}).items()
    ]
    told = {"service_healthy", "service_completed_successfully"}
    assert {condition for _, condition in waits} == told
    for awaited, condition in waits:
        if condition == "service_healthy":
            assert awaited["healthcheck"]["test"]
        else:
            assert awaited["restart"] == "no"


def test_everything_mounted_exists(composition: dict[str, Any]) -> None:
    for service in composition["services"].values():
        for source in (mount.split(":")[0] for mount in service.get("volumes", [])):
            is_file = source.startswith(".")
            assert (ROOT / source).is_file() if is_file else source in composition["volumes"]


def test_only_a_proxy_on_the_same_machine_reaches_the_service(
    services: dict[str, dict[str, Any]],
) -> None:
    published = {name: s["ports"] for name, s in services.items() if "ports" in s}
    assert published == {"api": ["127.0.0.1:8000:8000"]}


def test_the_services_share_one_database_and_one_folder(
    services: dict[str, dict[str, Any]],
) -> None:
    ours = [services[name] for name in ("migrate", "api", "worker")]
    assert all(service["environment"] == ours[0]["environment"] for service in ours)
    assert all(service["volumes"] == ["data:/data"] for service in ours)
    url = Settings(database_url=ours[0]["environment"]["LOTSENWERK_DATABASE_URL"]).url
    assert url == "postgresql+psycopg://lotsenwerk@db:5432/lotsenwerk"


def test_the_script_of_the_role_knows_no_password() -> None:
    text = SCRIPT.read_text(encoding="utf-8")
    assert re.findall(r"PASSWORD (\S+?);", text) == [":'password'"]
    assert re.findall(r"\\getenv password (\w+)", text) == ["DB_PASSWORD"]


@pytest.fixture
def server() -> Iterator[Server]:
    """A new PostgreSQL on which nobody has made a role."""
    folder = binaries()
    if folder is None:
        pytest.skip("PostgreSQL is not installed")
    made = Server(folder)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)  # the log stays open for the server
            made.start()
        with psycopg.connect(address(made, "postgres"), autocommit=True) as connection:
            connection.execute("DROP ROLE lotsenwerk")
        yield made
    finally:
        made.stop()


def address(server: Server, role: str, database: str = "postgres") -> str:
    """How psql and psycopg reach the server."""
    return f"host=127.0.0.1 port={server.port} user={role} dbname={database}"


def run_script(server: Server, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run the script as PostgreSQL's own entry point does: by psql, as superuser."""
    clean = {name: value for name, value in os.environ.items() if name != "DB_PASSWORD"}
    return subprocess.run(
        [server.bin / "psql", "--no-psqlrc", "-f", SCRIPT, address(server, "postgres")],
        env={**clean, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def engine_of(server: Server, role: str) -> Engine:
    return make_engine(server.url("lotsenwerk", role))


def test_the_role_of_the_script_may_migrate_and_serve(server: Server) -> None:
    refused = run_script(server)
    assert refused.returncode != 0, "without a password nothing may be made"
    done = run_script(server, DB_PASSWORD=PASSWORD)
    assert done.returncode == 0, done.stderr
    with psycopg.connect(address(server, "postgres")) as connection:
        query = "SELECT rolpassword FROM pg_authid WHERE rolname = 'lotsenwerk'"
        (kept,) = connection.execute(query).fetchone() or ("",)
    assert kept.startswith("SCRAM-SHA-256$")
    ours, superuser = engine_of(server, "lotsenwerk"), engine_of(server, "postgres")
    try:
        migrate(ours)
        assert findings(ours) == []
        assert any("superuser" in sentence for sentence in findings(superuser))
    finally:
        ours.dispose()
        superuser.dispose()
