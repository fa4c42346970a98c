"""`lotsenwerk jobs`: what failed, how much waits, and trying again by hand."""

from typing import Annotated
from uuid import UUID

import typer
from rich.table import Table

from app import db, jobs
from app.console import database, err, out, refuse
from app.errors import ApiError
from app.jobs import JobView
from app.tables import JobState

MOST = 200
commands = typer.Typer(help="What the queue is at, and what failed.", invoke_without_command=True)


@commands.callback()
def show(context: typer.Context) -> None:
    """Print what failed, and how many jobs there are by state and name."""
    if context.invoked_subcommand is not None:
        return
    with database() as engine, db.transaction(engine) as session:
        failed = jobs.listed(session, JobState.FAILED, limit=MOST)
        counted = jobs.counted(session)
        periodic = jobs.failures(session)
    for name, failure in periodic:
        err.print(f"Periodic work {name} failed: {failure}", markup=False, soft_wrap=True)
    _print_counts(counted)
    _print_failed(failed)


def _print_counts(counted: list[tuple[JobState, str, int]]) -> None:
    if not counted:
        out.print("There are no jobs.")
        return
    table = Table("state", "name", "jobs", box=None)
    for state, name, count in counted:
        table.add_row(state, name, str(count))
    out.print(table)


def _print_failed(failed: list[JobView]) -> None:
    for job in failed:
        out.print(
            f"{job.id}  {job.updated_at:%Y-%m-%d %H:%M} UTC  {job.name}  {job.failure}",
            markup=False,
            soft_wrap=True,
        )
    if len(failed) == MOST:
        out.print("… and more.")


@commands.command()
def retry(job_id: Annotated[UUID, typer.Argument(help="As `lotsenwerk jobs` prints it.")]) -> None:
    """Let a job that was given up be tried again."""
    with database() as engine:
        try:
            with db.transaction(engine) as session:
                jobs.retry(session, job_id)
        except ApiError as error:
            refuse(error.detail("en"))
    out.print(f"{job_id} will be tried again.", markup=False)
