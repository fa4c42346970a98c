"""The lines of a bank's statement that name a payrun of ours, and files that are none."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from allowance import statements
from allowance.statements import Detail, Entry, Statement
from app.errors import Invalid
from app.payouts import payments
from app.payouts.sepa import ID

REFERENCE, END_TO_END = 60, 35
"""So many letters of a bank's names are kept."""
CODE = re.compile(r"[A-Za-z0-9]{1,8}")
"""A bank may also give its reason in words, about a person: those are not kept."""
Key = tuple[str, str, str]


class NoStatement(Invalid):
    """The file is none that a bank has made."""

    de = "Das ist kein Kontoauszug der Bank. Bitte die Datei im Format camt.053 (XML) hochladen."
    en = "This is no statement of a bank. Please upload the file in the format camt.053 (XML)."


class ForeignCurrency(Invalid):
    """Payruns are paid in euros."""

    de = "Der Kontoauszug ist nicht in Euro. Bitte den Auszug des Euro-Kontos hochladen."
    en = "The statement is not in euros. Please upload that of the account in euros."


@dataclass(frozen=True)
class Line:
    """One thing that the bank says about a transfer, or about a whole file of them.

    Attributes
    ----------
    name : str
        The id of the transfer or of the file.
    cents : int
        Negative where money has left the account.
    returned : str
        Why it came back; empty where the bank does not say.
    """

    statement_id: str
    entry: Entry
    name: str
    cents: int
    returned: str = ""

    @property
    def key(self) -> Key:
        """By which the same line is known again."""
        reference = self.entry.reference[:REFERENCE]
        return self.statement_id[:REFERENCE], reference, self.name[:END_TO_END].upper()

    @property
    def payrun_number(self) -> int:
        """The number of the payrun that it names."""
        return int(self.name.split("-")[1])

    @property
    def file_name(self) -> str:
        """The id of the file, in capital letters."""
        return "-".join(self.name.upper().split("-")[:3])

    @property
    def number(self) -> int | None:
        """The number of the transfer; None where the whole file is meant."""
        named = self.name.split("-")[3:]
        return int(named[0]) if named else None


def parsed(data: bytes) -> list[Statement]:
    """The statements in a file."""
    try:
        return statements.camt053(data)
    except statements.NotInEuros as error:
        raise ForeignCurrency from error
    except ValueError as error:
        raise NoStatement from error


def ours(found: Iterable[Statement]) -> tuple[list[Line], int]:
    """The lines that name a payrun, by day, and how many entries have nothing to do with any."""
    lines, others = [], 0
    for statement in found:
        for entry in statement.entries:
            named = list(_lines(statement.statement_id, entry))
            others += not named
            lines += named
    return sorted(lines, key=lambda line: line.entry.booked_on), others


def _lines(statement_id: str, entry: Entry) -> Iterator[Line]:
    """A line for each transfer that an entry names, or one for a whole file."""
    sign = -1 if entry.cents < 0 else 1
    named = [one for one in entry.details if ID.fullmatch(one.end_to_end_id)]
    if len(entry.details) == len(named) == 1:
        yield _line(statement_id, entry, named[0], entry.cents)
    elif named and all(one.cents for one in named):
        for one in named:
            yield _line(statement_id, entry, one, sign * one.cents)
    elif ID.fullmatch(entry.order_id):
        yield Line(statement_id, entry, entry.order_id, entry.cents)
    elif named:
        whole = named[0].end_to_end_id.rpartition("-")[0]
        yield Line(statement_id, entry, whole, entry.cents)


def _line(statement_id: str, entry: Entry, one: Detail, cents: int) -> Line:
    why = one.returned if CODE.fullmatch(one.returned) else one.returned and payments.NO_CODE
    return Line(statement_id, entry, one.end_to_end_id, cents, why)
