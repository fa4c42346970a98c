"""Tables on the terminal, for people."""

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from app import commandline
from app.imports import report
from app.imports.judging import Judged
from app.imports.schemas import RowRead
from app.imports.service import Stored
from app.planning import sentences

_LISTS = {"volunteers": "Freiwillige", "institutions": "Einrichtungen", "requests": "Anfragen"}
_FATES = {
    "accepted": "übernommen",
    "ask": "nachfragen",
    "rejected": "nicht übernommen",
    "unchanged": "schon bekannt",
}


def import_report(
    out: Console,
    judged: Judged,
    stored: Stored,
    *,
    dry_run: bool,
    every: bool = False,
    ignored: Sequence[str] = (),
) -> None:
    """What became of each row and how it was read; rows without a remark only when asked for."""
    table = Table("Liste", "Zeile", "Ergebnis", "Was zu tun ist", "So gelesen")
    rows = report.rows(judged)
    shown = [row for row in rows if every or _is_remarkable(row)]
    for row in shown:
        said = "\n".join(row.sentences)
        table.add_row(
            _LISTS[row.kind], escape(row.label), _FATES[row.fate], escape(said), _read_as(row)
        )
    out.print(table)
    for name in ignored:
        out.print(f"Nicht gelesen: {name}", markup=False, soft_wrap=True)
    if len(shown) < len(rows):
        out.print(f"{len(rows) - len(shown)} Zeilen ohne Hinweis: mit --all zu sehen.")
    for name, summary in dict[str, Any](judged.as_json()).items():
        out.print(
            f"{_LISTS[name]}: {summary['rows']} Zeilen, {summary['accepted']} übernommen,"
            f" {len(summary['ask'])} mit Frage, {len(summary['rejected'])} nicht übernommen"
            + (f" ({summary['unchanged']} davon schon bekannt)" if summary["unchanged"] else "")
        )
    if dry_run:
        out.print("Probelauf: nichts gespeichert.")
        return
    out.print(
        f"Neu gespeichert: {stored.volunteers} Freiwillige, {stored.institutions}"
        f" Einrichtungen, {stored.requests} Anfragen, {stored.questions} Fragen"
    )
    if stored.batch_id is not None:
        undo = commandline.typed(f"import undo {stored.batch_id}")
        out.print(f"Zurücknehmen: {undo}", markup=False, soft_wrap=True)


def _is_remarkable(row: RowRead) -> bool:
    """Whether a person should look at the row."""
    return bool(row.codes) and row.codes != [report.SAME]


def _read_as(row: RowRead) -> str:
    """How the cells were read that do not say it themselves."""
    told = [one for one in row.understood if one.written != one.read_as]
    return escape("\n".join(f"{one.column}: {one.read_as}" for one in told))


def plan(out: Console, summary: dict[str, Any]) -> None:
    """The figures of a plan, then every seat: who goes, or why nobody does."""
    bound = "keine Schranke" if summary["gap"] is None else f"Lücke {summary['gap']:.4%}"
    out.print(
        f"{summary['filled']} von {summary['seats']} Plätzen besetzt,"
        f" {summary['waiting']} warten auf eine Antwort."
        f" {summary['method']}, {summary['status']}, Ziel {summary['objective']},"
        f" Schranke {summary['bound']}, {bound}, {summary['seconds']} s"
    )
    table = Table("Wann", "Einrichtung", "Sprache", "Wer oder warum nicht")
    for row in summary["proposals"]:
        table.add_row(row["start"], row["institution"], row["language"] or "", row["volunteer"])
    for row in summary["open"]:
        why = " ".join(sentences.sentence(r["code"], r["params"]) for r in row["reasons"])
        table.add_row(row["start"], row["institution"], row["language"] or "", f"offen: {why}")
    out.print(table)
