"""The command line: `lotsenwerk …`. Exit codes: 0 done, 1 refused with a reason, 2 wrong call."""

import gc
import json
import os
import signal
import sys
from contextlib import nullcontext
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
import uvicorn
from fastapi import FastAPI
from sqlalchemy import make_url
from sqlmodel import func, select

from app import commandline, db, demo, jobs, limits, migrations, printing, resealing, roles, web
from app.accounts import commands as accounts
from app.auditing import lag
from app.auditing.commands import commands as audit_commands
from app.backups import invariants, restoring, taking
from app.backups.refusals import BackupError
from app.clock import now, today
from app.console import (
    SponsorName,
    database,
    err,
    naming,
    out,
    refuse,
    the_sponsor,
    typed_day,
)
from app.errors import ApiError
from app.feedback.commands import commands as feedback_commands
from app.imports import service as imports
from app.imports import undoing
from app.imports.lists import read_folder
from app.imports.refusals import ListError
from app.main import VERSION, create_app
from app.planning import failures, kernels, solver, views
from app.planning import service as planning
from app.privacy.commands import commands as privacy_commands
from app.reports.commands import save_report
from app.settings import get_settings
from app.site import written
from app.tables import ImportBatch, Sponsor
from app.tour import play
from app.upkeep.commands import commands
from scheduling.wall_time import nearest_utc

cli = typer.Typer(
    name="lotsenwerk",
    help="Volunteer interpreters and guides: plan, offer, record, pay.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
cli.add_typer(accounts.commands, name="account")
cli.command()(accounts.create_admin)
cli.command(name="report")(save_report)
cli.add_typer(commands, name="jobs")
cli.add_typer(feedback_commands, name="feedback")
cli.add_typer(privacy_commands, name="privacy")
cli.add_typer(audit_commands, name="audit")

KEEP_ALIVE_SECONDS = 5
PORT = 8000
Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]


@cli.command()
def migrate() -> None:
    """Create or upgrade the tables."""
    with database(prepared=False, limits=db.MIGRATING) as engine:
        migrations.migrate(engine)
    out.print("The database is ready.")


@cli.command()
def doctor(
    deep: Annotated[
        bool, typer.Option("--deep", help="Also look whether all rows agree; takes longer.")
    ] = False,
) -> None:
    """Say what is missing before this database is served."""
    with database(prepared=False) as engine:
        found = migrations.findings(engine)
        if deep and not found:
            found = invariants.findings(engine)
        cells = [] if found else resealing.look(engine)
        found = found + resealing.findings(cells)
        warnings = [] if found else jobs.warnings(engine) + resealing.warnings(cells)
        warnings += [] if found else lag.warnings(engine)
    for sentence in found + warnings + written.notes(get_settings()):
        err.print(sentence, markup=False, soft_wrap=True)
    if found:
        raise typer.Exit(1)
    out.print("All is well." if not warnings else "It may be served.")


@cli.command()
def backup(
    file: Annotated[Path, typer.Argument(help="Where to write the backup, a ZIP file.")],
) -> None:
    """Back up the database, its queue, keys and unsent mails, also while it is served."""
    with database(prepared=False, limits=db.MIGRATING) as engine, naming("Backing up") as each:
        try:
            taken = taking.take(engine, file, get_settings(), program=VERSION, each=each)
        except BackupError as error:
            refuse(str(error))
    out.print(f"{file}: {taken.rows} rows, {taken.queue.rows} jobs.", markup=False, soft_wrap=True)


@cli.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A backup of either kind of database.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Everything that is in the database now goes.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before replacing.")] = False,
) -> None:
    """Put a backup into an empty database, or with --replace in place of what is there."""
    if replace and not yes:
        where = make_url(get_settings().url).render_as_string()
        typer.confirm(f"Everything in {where} is deleted and replaced. Go on?", abort=True)
    with database(prepared=False, limits=db.MIGRATING) as engine, naming("Restoring") as each:
        try:
            restored = restoring.restore(engine, file, get_settings(), replace=replace, each=each)
        except BackupError as error:
            refuse(str(error))
    for sentence in restored.remarks:
        err.print(f"Please look at this: {sentence}", markup=False, soft_wrap=True)
    taken = restored.manifest
    out.print(
        f"{taken.rows} rows and {taken.queue.rows} jobs of {taken.taken_at:%Y-%m-%d %H:%M} UTC"
        " are back.",
        markup=False,
        soft_wrap=True,
    )


@cli.command(name="import")
def import_lists(
    folder: Annotated[
        Path, typer.Argument(help="Folder with the pool's lists; `undo` takes an import back.")
    ],
    batch: Annotated[UUID | None, typer.Argument(help="After `undo`: which import.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Store nothing.")] = False,
    every: Annotated[bool, typer.Option("--all", help="Show rows without a remark, too.")] = False,
    as_json: Json = False,
    sponsor: SponsorName = None,
) -> None:
    """Read a pool's lists: volunteers, institutions, requests. Or: import undo ID."""
    if batch is not None and str(folder) != "undo":
        raise typer.BadParameter("give one folder, or `undo` and the id of an import")
    if batch is not None:
        _undo_import(batch)
        return
    if not folder.is_dir():
        refuse(f"{folder} is no folder: give the folder in which the lists lie.")
    try:
        lists = read_folder(folder)
    except ListError as error:
        refuse(error.sentence("de"))
    with database() as engine, db.transaction(engine) as session:
        target = the_sponsor(session, sponsor)
        judged = imports.verdicts(session, target.id if target else None, lists)
        stored = imports.Stored()
        if not dry_run:
            if target is None:
                target = Sponsor(name=sponsor or folder.resolve().name)
                session.add(target)
                session.flush()
            stored = imports.store(imports.Target(session, target, None, lists.sources), judged)
    if as_json:
        sys.stdout.write(json.dumps(judged.as_json(), ensure_ascii=False, indent=1) + "\n")
        return
    printing.import_report(out, judged, stored, dry_run=dry_run, every=every, ignored=lists.ignored)


def _undo_import(batch_id: UUID) -> None:
    """Take an import back: everything it wrote, or nothing."""
    with database() as engine:
        try:
            with db.transaction(engine) as session:
                if session.get(ImportBatch, batch_id) is None:
                    refuse(f"There is no import {batch_id} here.")
                rows = len(undoing.undo(session, None, batch_id).created)
        except ApiError as error:
            refuse(error.detail("de"))
    out.print(f"Import {batch_id} zurückgenommen: {rows} Einträge gelöscht.", markup=False)


def _as_of(first_day: date) -> datetime:
    """Nothing is stored: a week that has gone by is planned as if it were still to come."""
    return min(now(), nearest_utc(first_day, 0))


@cli.command()
def match(
    first: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"])],
    last: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"])],
    sponsor: SponsorName = None,
    as_json: Json = False,
    seconds: Annotated[float, typer.Option(min=0.1, max=3600)] = 10.0,
    seed: Annotated[int, typer.Option(min=0)] = 0,
) -> None:
    """Plan the open seats of these days (both included) and print the plan; nothing is stored."""
    days = typed_day(first), typed_day(last)
    with database() as engine:
        try:
            planning.check_days(*days)
            with db.transaction(engine) as session:
                chosen = the_sponsor(session, sponsor)
                if chosen is None:
                    refuse("There is no such sponsor here: import its lists first.")
                week = planning.gather(session, chosen, *days, as_of=_as_of(days[0]))
            with err.status("Planning …") if sys.stderr.isatty() else nullcontext():
                found = solver.solve(
                    week.problem,
                    seconds=seconds,
                    seed=seed,
                    memory_mb=get_settings().plan_memory_mb,
                    compiled=kernels.folder(get_settings().var),
                )
        except ApiError as error:
            refuse(error.detail("de"))
        except failures.SolverFailed as error:
            refuse(f"The engine gave no plan: {failures.sentence(error.failure, 'en')}")
    summary = views.summary(week, found.plan)
    if as_json:
        sys.stdout.write(json.dumps(summary, ensure_ascii=False, indent=1) + "\n")
        return
    printing.plan(out, summary)


@cli.command()
def export_openapi(
    path: Annotated[Path, typer.Argument()] = Path("openapi/openapi.json"),
    check: Annotated[bool, typer.Option(help="Compare only; 1 when it differs.")] = False,
) -> None:
    """Write the contract, or compare it with the committed one."""
    contract = create_app(db.make_engine("sqlite://")).openapi()
    text = json.dumps(contract, indent=1, ensure_ascii=False) + "\n"
    _export(path, text, check=check, command="export-openapi")


@cli.command()
def export_roles(
    path: Annotated[Path, typer.Argument()] = Path("docs/roles.md"),
    check: Annotated[bool, typer.Option(help="Compare only; 1 when it differs.")] = False,
) -> None:
    """Write who may call what into its page, or compare it with what stands there."""
    page = path.read_text(encoding="utf-8") if path.exists() else ""
    text = roles.written(page, create_app(db.make_engine("sqlite://")))
    _export(path, text, check=check, command="export-roles")


def _export(path: Path, text: str, *, check: bool, command: str) -> None:
    if not check:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    elif not path.exists() or path.read_text(encoding="utf-8") != text:
        refuse(f"{path} is not up to date: run `{commandline.typed(command)}` and commit it.")


@cli.command()
def serve(
    host: Annotated[str, typer.Option()] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535)] = PORT,
) -> None:
    """Serve the API; refuses when the database is not in order."""
    with database(limits=db.serving(get_settings())) as engine:
        is_sqlite = engine.dialect.name == "sqlite"
        app = create_app(engine, work_jobs=is_sqlite)
        with kernels.warming(kernels.folder(get_settings().var)) if is_sqlite else nullcontext():
            _listen(app, host, port, "info")


@cli.command()
def worker(
    concurrency: Annotated[
        int, typer.Option(min=1, max=16, help="How many jobs at once.")
    ] = jobs.CONCURRENCY,
) -> None:
    """Work the queue until stopped; any number of workers may run on PostgreSQL."""
    with database() as engine:
        if engine.dialect.name == "sqlite":
            refuse("On SQLite the serving process works the queue: no worker is needed.")
        create_app(engine)
        working = jobs.Worker(engine, concurrency=concurrency)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: working.stop())
        with kernels.warming(kernels.folder(get_settings().var)):
            working.run()
        out.print("Stopped.")


@cli.command()
def run(
    port: Annotated[int, typer.Option(min=1, max=65535)] = PORT,
) -> None:
    """Migrate, load the demo pool into an empty database, serve, work the queue."""
    os.environ.setdefault("LOTSENWERK_BASE_URL", f"http://127.0.0.1:{port}")
    get_settings.cache_clear()
    with database(prepared=False) as engine:
        migrations.migrate(engine)
        with db.transaction(engine) as session:
            if session.exec(select(func.count()).select_from(Sponsor)).one() == 0:
                out.print("The database is empty: loading the demo pool …")
                demo.load(session)
            is_demo = bool(demo.loaded(session))
        app = create_app(engine, work_jobs=True)
        _greet(port, is_demo=is_demo)
        with kernels.warming(kernels.folder(get_settings().var)):
            _listen(app, "127.0.0.1", port, "warning")


def _listen(app: FastAPI, host: str, port: int, log_level: str) -> None:
    """Serve without an access log: addresses hold links that work without an account.

    What is loaded by now stays: nobody looks through it for rubbish at each long report.
    """
    gc.collect()
    gc.freeze()
    uvicorn.Server(server_config(app, host, port, log_level)).run()


def server_config(app: FastAPI, host: str, port: int, log_level: str) -> uvicorn.Config:
    """How the service listens: whom it believes, and how much of a head it takes."""
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        log_level=log_level,
        access_log=False,
        server_header=False,
        http="h11",
        h11_max_incomplete_event_size=limits.HEADER_BYTES + limits.TARGET_BYTES,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        proxy_headers=True,
        forwarded_allow_ips=get_settings().trusted_proxies,
    )


def _greet(port: int, *, is_demo: bool) -> None:
    address = f"http://127.0.0.1:{port}"
    lines = [f"Lotsenwerk listens on {address}"]
    lines += [f"The app: {address}/app/"] if web.is_built() else []
    lines += [f"Contract: {address}/api/v1/openapi.json"]
    if is_demo:
        lines += ["", f"Accounts of the demo pool (password {demo.PASSWORD}):"]
        lines += [f"  {a.email:28} {a.what:32} key {a.key}" for a in demo.ACCOUNTS]
        lines += [
            f"Sign in at {address}/sign-in. Who pays or leads is asked for a code as well:",
            f"  {commandline.typed('demo-code')}",
        ]
        monday = demo.next_full_week(today())
        key = f"-H 'Authorization: Bearer {demo.COORDINATOR.key}'"
        body = json.dumps({"first_day": str(monday), "last_day": str(monday + timedelta(days=5))})
        lines += [
            "",
            "Three requests to try:",
            f"  curl -s {key} {address}/api/v1/me",
            f"  curl -s {key} '{address}/api/v1/requests?limit=2'",
            f"  curl -s {key} --json '{body}' {address}/api/v1/plans",
            "",
            f"Or watch the whole way, in a second terminal: {_tour(port)}",
        ]
    lines += ["", "Stop with Ctrl+C."]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


def _tour(port: int) -> str:
    """How the tour is started in a second terminal, for the address that is served here."""
    elsewhere = "" if port == PORT else f" --url http://127.0.0.1:{port}"
    return commandline.typed("tour") + elsewhere


@cli.command()
def demo_code() -> None:
    """Print the code that the demo pool's finance and lead are asked for; new every half minute."""
    out.print(demo.app_code(now()))


@cli.command()
def tour(
    url: Annotated[str, typer.Option()] = f"http://127.0.0.1:{PORT}",
) -> None:
    """Play a week of the demo pool on the running service: planned, asked, confirmed, paid."""
    try:
        for line in play(url):
            out.print(line, markup=False, highlight=False, soft_wrap=True)
    except RuntimeError as error:
        refuse(str(error))


def main() -> None:
    """The entry point."""
    cli()


if __name__ == "__main__":
    main()
