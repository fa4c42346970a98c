"""`lotsenwerk audit`: is the chain as it was written, and how did it end?"""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy import Engine
from sqlmodel import col, select

from app import db
from app.auditing import anchors, verifying
from app.auditing.anchors import Anchor
from app.auditing.verifying import Verified
from app.console import database, err, out, refuse
from app.tables import Sponsor

commands = typer.Typer(help="The chain of the audit: verify it, and keep its end elsewhere.")


@commands.command()
def verify(
    file: Annotated[
        Path | None,
        typer.Option(
            "--anchors", help="Anchors that were kept elsewhere.", exists=True, dir_okay=False
        ),
    ] = None,
    sponsor: Annotated[str | None, typer.Option("--sponsor", help="Name of one sponsor.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
) -> None:
    """Say of every entry that was changed, taken out, put in or exchanged; 1 when there is one."""
    kept = _read(file) if file else []
    # Also where triggers are missing: then all the more.
    with database(prepared=False) as engine:
        only = _named(engine, sponsor) if sponsor else None
        with _counting(engine) as each:
            found = verifying.verify(engine, kept, only=only, each=each)
    if as_json:
        sys.stdout.write(_json(found) + "\n")
    else:
        _print(found)
    if any(one.findings for one in found):
        raise typer.Exit(1)


@commands.command()
def anchor(
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="A file; what is in it stays.")
    ] = None,
) -> None:
    """Print how each chain ends as lines of JSON, to be kept where nobody here can write."""
    with database() as engine:
        lines = "".join(one.line() + "\n" for one in anchors.anchor_all(engine))
    if output is None:
        sys.stdout.write(lines)
        return
    try:
        with output.open("a", encoding="utf-8") as file:
            file.write(lines)
    except OSError as error:
        refuse(f"{output} cannot be written: {error.strerror}.")
    out.print(f"{output}: {lines.count(chr(10))} anchors added.", markup=False, soft_wrap=True)


def _read(file: Path) -> list[Anchor]:
    try:
        with file.open(encoding="utf-8") as lines:
            return list(anchors.read(lines))
    except (anchors.Unreadable, UnicodeDecodeError) as error:
        refuse(f"{file} holds no anchors: {error}.")


def _named(engine: Engine, name: str) -> UUID:
    with db.transaction(engine, read_only=True) as session:
        found = session.exec(select(Sponsor.id).where(col(Sponsor.name) == name)).first()
    return found or refuse(f'There is no sponsor "{name}" here.')


@contextmanager
def _counting(engine: Engine) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal."""
    if not err.is_terminal:
        yield lambda _: None
        return
    columns = TextColumn("Verifying"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=err, transient=True) as progress:
        task = progress.add_task("", total=verifying.total(engine))
        yield lambda some: progress.advance(task, some)


def _json(found: Sequence[Verified]) -> str:
    ok = not any(one.findings for one in found)
    content = {"ok": ok, "sponsors": [asdict(one) for one in found]}
    return json.dumps(content, ensure_ascii=False, indent=1, default=str)


def _print(found: Sequence[Verified]) -> None:
    for one in found:
        name = one.sponsor or f"Sponsor {one.sponsor_id}, which is not here any more"
        for finding in one.findings:
            err.print(f"{name}: {finding.sentence}", style="red", markup=False, soft_wrap=True)
        if one.more:
            err.print(f"{name}: and {one.more} more.", markup=False, soft_wrap=True)
        how = "NOT as they were written" if one.findings else "as they were written"
        out.print(
            f"{name}: {one.chained} entries {how}, {one.anchors} anchors looked at,"
            f" {one.unchained} entries not linked yet.",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )
