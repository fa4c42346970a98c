"""Every report there is: a new one is added here, with its columns and the function of its rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlmodel import Session

from app.errors import ApiError, Invalid
from app.reports import (
    assignments,
    guides,
    hours,
    lending,
    lump_sum,
    outside,
    participants,
    payments,
    proof,
    thresholds,
    unmet,
)
from app.reports.asked import Asked
from app.reports.plots import Picture
from app.sheets import Column, Row

Rows = Callable[[Session, Asked], Sequence[Row]]
Draw = Callable[[Session, Asked], Picture]


class Said(NamedTuple):
    """The same in German and English."""

    de: str
    en: str


@dataclass(frozen=True)
class Report:
    """A table over a period."""

    name: str
    filename: str
    title: Said
    about: Said
    """What its rows are, and of what it looks at the period."""
    columns: Sequence[Column]
    rows: Rows
    personal: bool = False
    """Whether people are named: such a table never leaves the sponsor as a statistic."""
    statistic: outside.Statistic | None = None
    """How it looks outside; none where it stays inside."""
    picture: Draw | None = None

    def said(self, text: Said, locale: str) -> str:
        """In the reader's language."""
        return text.en if locale == "en" else text.de


_ALL = (
    Report(
        name="hours",
        filename="stunden",
        title=Said("Stunden und Beträge", "Hours and amounts"),
        about=Said(
            "Je Person und Monat, nach dem Tag der Arbeit.",
            "For each person and month, by the day of the work.",
        ),
        columns=hours.COLUMNS,
        rows=hours.rows,
        personal=True,
        picture=hours.picture,
    ),
    Report(
        name="guide-detail",
        filename="lotsenstunden",
        title=Said("Stunden je Lotsin und Lotse", "Hours of each guide"),
        about=Said(
            "Jeder Einsatz und jede Tätigkeit, nach dem Tag der Arbeit.",
            "Each appointment and activity, by the day of the work.",
        ),
        columns=guides.COLUMNS,
        rows=guides.rows,
        personal=True,
    ),
    Report(
        name="assignments",
        filename="einsaetze",
        title=Said("Einsätze beim Dolmetschen", "Assignments of interpreters"),
        about=Said(
            "Nach Sprache, Kreis und Art der Einrichtung, nach dem Tag des Einsatzes.",
            "By language, Kreis and kind of institution, by the day of the assignment.",
        ),
        columns=assignments.COLUMNS,
        rows=assignments.rows,
        statistic=outside.ASSIGNMENTS,
    ),
    Report(
        name="participants",
        filename="kursteilnahmen",
        title=Said("Teilnahme an Kursen", "Participants of courses"),
        about=Said(
            "Wer ganz teilgenommen hat, nach dem letzten Tag des Kurses.",
            "Who has taken part in full, by the last day of the course.",
        ),
        columns=participants.COLUMNS,
        rows=participants.rows,
        personal=True,
    ),
    Report(
        name="proof-of-use",
        filename="verwendungsnachweis",
        title=Said("Zahlen für den Verwendungsnachweis", "Figures of the proof of use"),
        about=Said(
            "Je Förderlinie und Zweck, nach dem Tag der Arbeit und dem letzten Tag des Kurses.",
            "For each funding line and purpose, by the day of the work and the last one of a"
            " course.",
        ),
        columns=proof.COLUMNS,
        rows=proof.rows,
    ),
    Report(
        name="lump-sum",
        filename="pauschale",
        title=Said("Aktive Lotsinnen und Lotsen", "Active guides"),
        about=Said(
            "An Stichtagen: erster und letzter Tag des Zeitraums und jeder Beginn eines Quartals.",
            "On key dates: first and last day of the period, and each beginning of a quarter.",
        ),
        columns=lump_sum.COLUMNS,
        rows=lump_sum.rows,
        personal=True,
    ),
    Report(
        name="unmet-demand",
        filename="ohne-besetzung",
        title=Said("Was nicht besetzt werden konnte", "Unmet demand"),
        about=Said(
            "Nach Sprache, Kreis, Wochentag und Grund, nach dem Tag des Termins.",
            "By language, Kreis, weekday and reason, by the day of the appointment.",
        ),
        columns=unmet.COLUMNS,
        rows=unmet.rows,
        statistic=outside.UNMET,
        picture=unmet.picture,
    ),
    Report(
        name="thresholds",
        filename="schwellen",
        title=Said("Bedingungen und Fristen", "Conditions and deadlines"),
        about=Said(
            "Bedingungen an den Stichtagen. Vorschau und Fristen gibt es nur mit dem Stand von"
            " heute.",
            "Conditions on the key dates. Forecast and deadlines are there as of today only.",
        ),
        columns=thresholds.COLUMNS,
        rows=thresholds.rows,
    ),
    Report(
        name="payments",
        filename="zahlungen",
        title=Said("Zahlungen je Person", "Payments to each person"),
        about=Said(
            "Nach Steuerjahr, Förderjahr und Aufgabe, nach dem Tag der Zahlung.",
            "By tax year, grant year and role, by the day of the payment.",
        ),
        columns=payments.COLUMNS,
        rows=payments.rows,
        personal=True,
    ),
    Report(
        name="lending",
        filename="ausleihen",
        title=Said("Ausleihen zwischen Pools", "Lending between pools"),
        about=Said(
            "Je anderem Pool und Person, nach dem Tag des Einsatzes. Einsätze stehen hier wie"
            " heute, Stunden und Beträge nach dem gewählten Stand.",
            "For each other pool and person, by the day of the assignment. Assignments are as"
            " today, hours and amounts as of the chosen day.",
        ),
        columns=lending.COLUMNS,
        rows=lending.rows,
        personal=True,
    ),
)
REPORTS = {report.name: report for report in _ALL}


class ReportUnknown(ApiError):
    """There is no report of this name."""

    status, slug, title = 404, "report-unknown", "Unknown report"
    de = "Den Bericht {name} gibt es nicht. Möglich sind: {known}."
    en = "There is no report {name}. Known are: {known}."


class PictureUnknown(ApiError):
    """There is no picture of this report."""

    status, slug, title = 404, "picture-unknown", "No such picture"
    de = "Zum Bericht {name} gibt es kein Bild. Ein Bild haben: {known}."
    en = "There is no picture of the report {name}. Pictures are there of: {known}."


class StaysInside(Invalid):
    """Names, and figures that stand for single people, do not leave the sponsor as a statistic."""

    de = (
        "Den Bericht {name} gibt es nur für den Träger: Er nennt einzelne Personen oder Zahlen,"
        " hinter denen sie stehen. Zum Weitergeben sind da: {known}."
    )
    en = (
        "The report {name} is for the sponsor only: it names people, or figures behind which they"
        " stand. To be passed on there are: {known}."
    )


def named(name: str) -> Report:
    """The report behind a name."""
    if name not in REPORTS:
        raise ReportUnknown(name=name, known=", ".join(sorted(REPORTS)))
    return REPORTS[name]


def drawing(name: str) -> Draw:
    """How the picture of a report is drawn."""
    found = named(name).picture
    if found is None:
        known = ", ".join(sorted(one.name for one in _ALL if one.picture))
        raise PictureUnknown(name=name, known=known)
    return found


def statistic(report: Report) -> outside.Statistic:
    """How a report looks where it leaves the sponsor."""
    if report.statistic is None:
        known = ", ".join(sorted(one.name for one in _ALL if one.statistic))
        raise StaysInside(name=report.name, known=known)
    return report.statistic
