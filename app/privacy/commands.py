"""`lotsenwerk privacy`: retention, the record of processing, keys and seals."""

import json
import shlex
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from app import commandline, db, pseudonyms, resealing
from app.console import database, err, naming, out, refuse
from app.errors import ApiError
from app.privacy import keys, outbox, record, retaining
from app.privacy.retaining import Found
from app.tables import Sponsor

commands = typer.Typer(help="Retention, the record of processing, keys and seals.")
Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
SponsorName = Annotated[
    str | None, typer.Option("--sponsor", help="Name of the sponsor; without it every one.")
]
OneSponsor = Annotated[str, typer.Option("--sponsor", help="Name of the sponsor.")]


def _sponsor(session: Session, name: str) -> Sponsor:
    found = session.exec(select(Sponsor).where(col(Sponsor.name) == name)).one_or_none()
    return found or refuse(f'There is no sponsor "{name}" here.')


@commands.command()
def retention(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count only, change nothing.")] = False,
    as_json: Json = False,
    sponsor: SponsorName = None,
) -> None:
    """Empty and delete what is kept too long, with a proof of what went; it also runs daily."""
    with database() as engine:
        chosen = None
        if sponsor is not None:
            with db.transaction(engine, read_only=True) as session:
                chosen = _sponsor(session, sponsor).id
        if dry_run:
            found = retaining.dry(engine, chosen)
        else:
            with naming("Clearing") as each:
                found = retaining.run(engine, chosen, lambda one: each(one.rule))
                outbox.clear(engine)
    if as_json:
        rows = [asdict(one) for one in found]
        sys.stdout.write(json.dumps(rows, default=str, ensure_ascii=False, indent=1) + "\n")
        return
    _print(found, dry_run=dry_run)


def _print(found: list[Found], *, dry_run: bool) -> None:
    table = Table("sponsor", "what", "class", "older than", "rows", box=None)
    for one in found:
        if one.rows:
            table.add_row(one.sponsor, one.rule, one.kind, str(one.cutoff), str(one.rows))
    if table.row_count:
        out.print(table)
    rows = sum(one.rows for one in found)
    out.print(f"{rows} rows would go." if dry_run else f"{rows} rows went.")


@commands.command(name="record")
def write_record(
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Where to write the file.")
    ] = None,
) -> None:
    """The record of processing activities (Art. 30 GDPR), in German, as Markdown."""
    text = record.markdown()
    if output is None:
        sys.stdout.write(text)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        refuse(f"{output} cannot be written: {error.strerror}.")
    out.print(f"{output} is written.", markup=False)


@commands.command()
def reseal(
    check: Annotated[
        bool, typer.Option("--check", help="Count only; 1 when something is under an old key.")
    ] = False,
) -> None:
    """Seal everything anew with today's key; then the old one may leave LOTSENWERK_OLD_SECRETS."""
    with database(prepared=False) as engine, naming("Sealing") as each:
        if check:
            cells = resealing.look(engine)
        else:
            cells = resealing.reseal(engine, lambda one: each(f"{one.name}, {one.renewed}"))
        hanging = _hanging(engine)
    for one in cells:
        out.print(
            f"{one.name}: {one.current} current, {one.old - one.renewed} under an old key,"
            f" {one.closed} that no key opens, {one.renewed} sealed anew",
            markup=False,
            soft_wrap=True,
        )
    for sentence in [*resealing.findings(cells), *resealing.warnings(cells), *hanging]:
        err.print(sentence, markup=False, soft_wrap=True)
    if resealing.findings(cells) or (check and resealing.warnings(cells)):
        raise typer.Exit(1)


def _hanging(engine: Engine) -> list[str]:
    """Pools whose client cases still hang on the service's own key."""
    with db.transaction(engine, read_only=True) as session:
        left = pseudonyms.legacy_cases(session)
    rotate = commandline.typed("privacy rotate-pseudonyms --sponsor")
    return [
        f"{name}: {count} client cases hang on the service's own key. Keep it among the old ones"
        f" until `{rotate} {shlex.quote(name)}` and --destroy 0."
        for name, count in left
    ]


@commands.command()
def rotate_pseudonyms(
    sponsor: OneSponsor,
    destroy: Annotated[
        int | None,
        typer.Option(min=0, help="Destroy this retired version instead; its cases are cut off."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before destroying.")] = False,
) -> None:
    """A new key for a sponsor's client cases, or the end of an old one."""
    if destroy is not None and not yes:
        typer.confirm(
            "No case of this key can ever be matched to its number again. Go on?", abort=True
        )
    with database() as engine:
        try:
            with db.transaction(engine) as session:
                said = _change_keys(session, _sponsor(session, sponsor), destroy)
        except ApiError as error:
            refuse(error.detail("en"))
    out.print(said, markup=False)


def _change_keys(session: Session, sponsor: Sponsor, destroy: int | None) -> str:
    if destroy is None:
        made = keys.rotate(session, None, sponsor.id)
        return f"New client cases are made with key {made.version}."
    gone = keys.destroy(session, None, sponsor.id, destroy)
    return f"Key {destroy} is destroyed: {gone.cases} cases match no number any more."
