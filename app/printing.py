"""Tables on the terminal, for people."""

from typing import Any

from rich.console import Console
from rich.table import Table

from app.imports import report
from app.imports.judging import Judged
from app.imports.service import Stored
from app.planning import sentences


def import_report(out: Console, judged: Judged, stored: Stored, *, dry_run: bool) -> None:
    """What became of each row, what to do about it, and what was new."""
    names = {"volunteers": "Freiwillige", "institutions": "Einrichtungen", "requests": "Anfragen"}
    table = Table("Liste", "Nr", "Ergebnis", "Was zu tun ist")
    fates = {"accepted": "Hinweis", "ask": "nachfragen", "rejected": "nicht übernommen"}
    for row in report.rows(judged):
        for sentence in row.sentences:
            table.add_row(names[row.kind], row.row, fates[row.fate], sentence)
    out.print(table)
    figures: dict[str, Any] = dict(judged.as_json())
    for name, summary in figures.items():
        out.print(
            f"{names[name]}: {summary['rows']} Zeilen, {summary['accepted']} übernommen,"
            f" {len(summary['ask'])} mit Frage, {len(summary['rejected'])} nicht übernommen"
        )
    if dry_run:
        out.print("Probelauf: nichts gespeichert.")
    else:
        out.print(
            f"Neu gespeichert: {stored.volunteers} Freiwillige, {stored.institutions}"
            f" Einrichtungen, {stored.requests} Anfragen, {stored.questions} Fragen"
        )


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
