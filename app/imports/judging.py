"""Every row of a pool's lists gets its verdict."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol, TypeVar

from app.imports import labels
from app.imports.cells import is_formula
from app.imports.drafts import InstitutionDraft, RequestDraft, VolunteerDraft
from app.imports.headings import Table
from app.imports.institutions import KnownInstitution, finder, known, read_institution
from app.imports.lists import Lists
from app.imports.refusals import RowError
from app.imports.requests import Policy, read_request, same_request
from app.imports.rows import RowReader
from app.imports.times import read_day
from app.imports.verdicts import Question, Verdict
from app.imports.volunteers import read_volunteer, same_person
from app.names import same_institution, same_town


class _Draft(Protocol):
    @property
    def questions(self) -> tuple[Question, ...]: ...


D = TypeVar("D", bound=_Draft)


@dataclass(frozen=True, slots=True)
class Judged:
    """The verdicts on all three lists, in the order of their rows."""

    volunteers: tuple[Verdict[VolunteerDraft], ...]
    institutions: tuple[Verdict[InstitutionDraft], ...]
    requests: tuple[Verdict[RequestDraft], ...]

    def as_json(self) -> dict[str, dict[str, object]]:
        """Counts and codes by list and row, for the report of an import.

        A row that is stored already counts by how it reads, and once more as unchanged.
        """
        return {
            "volunteers": _summary(self.volunteers),
            "institutions": _summary(self.institutions),
            "requests": _summary(self.requests),
        }


def judge(
    lists: Lists,
    *,
    known_institutions: Iterable[KnownInstitution] = (),
    policy: Policy,
    today: date,
) -> Judged:
    """The verdict on each row of a pool's lists.

    Parameters
    ----------
    lists : Lists
    known_institutions : iterable of KnownInstitution
        Institutions stored before, besides those of the list.
    policy : callable
        Role, kind of institution (slug) and topic to the reason why that is forbidden, or None.
    today : date
        For birth years of two digits, papers dated in the future, and absences when no request
        has an Eingang. An Eingang itself is never compared with it.

    Returns
    -------
    Judged
        The same for the same arguments, always.
    """
    newest = _newest(lists.requests) or today
    volunteers = _judged(
        lists.volunteers, lambda row: read_volunteer(row, today=today, newest=newest), same_person
    )
    institutions = _judged(lists.institutions, read_institution, _same_place)
    listed = [known(verdict.draft) for verdict in institutions if verdict.draft is not None]
    find = finder([*listed, *known_institutions])
    requests = _judged(
        lists.requests, lambda row: read_request(row, find=find, policy=policy), same_request
    )
    return Judged(volunteers, institutions, requests)


def _judged(
    table: Table | None, read: Callable[[RowReader], D], key: Callable[[D], Hashable]
) -> tuple[Verdict[D], ...]:
    """Verdicts on one list; a row is a duplicate of the first stored row with its key."""
    if table is None:
        return ()
    verdicts: list[Verdict[D]] = []
    first: dict[Hashable, str] = {}
    headings = {field: table.headings[at[0]] for field, at in table.columns.items()}
    for number, cells in zip(_numbers(table), table.rows, strict=True):
        row = RowReader(table, cells)
        try:
            draft = read(row)
        except RowError as error:
            verdicts.append(_rejected(number, row, error.code, error.written))
            continue
        earlier = first.setdefault(key(draft), number)
        if earlier == number:
            verdicts.append(_stored(number, row, draft, headings))
        else:
            verdicts.append(_rejected(number, row, f"duplicate:{earlier}"))
    return tuple(verdicts)


def _stored(number: str, row: RowReader, draft: D, headings: Mapping[str, str]) -> Verdict[D]:
    codes = tuple(question.code for question in draft.questions)
    return Verdict(
        number,
        "ask" if codes else "accepted",
        codes,
        tuple(row.warnings),
        draft,
        label=labels.of(number, row),
        headings=headings,
        cells=row.written_cells(),
    )


def _rejected(number: str, row: RowReader, code: str, written: str = "") -> Verdict[D]:
    return Verdict(number, "rejected", (code,), (), None, written, label=labels.of(number, row))


def _numbers(table: Table) -> list[str]:
    """The rows' own numbers; rows without one are counted, a number used again is marked."""
    at = table.columns.get("row", (-1,))[0]
    numbers: dict[str, None] = {}
    for count, cells in enumerate(table.rows, start=1):
        written = cells[at] if 0 <= at < len(cells) else ""
        said = "" if is_formula(written) else " ".join(written.split())[:40]
        wanted = said or str(count)
        number, again = wanted, 2
        while number in numbers:
            number, again = f"{wanted} ({again})", again + 1
        numbers[number] = None
    return list(numbers)


def _same_place(draft: InstitutionDraft) -> Hashable:
    return same_institution(draft.name), draft.postal_code, same_town(draft.town)


def _newest(requests: Table | None) -> date | None:
    """The newest day on which a request came in."""
    if requests is None or "received" not in requests.columns:
        return None
    days = (_day(RowReader(requests, cells).text("received")) for cells in requests.rows)
    return max((day for day in days if day is not None), default=None)


def _day(text: str) -> date | None:
    try:
        return read_day(text)
    except ValueError:
        return None


def _summary(verdicts: Sequence[Verdict[object]]) -> dict[str, object]:
    return {
        "rows": len(verdicts),
        "accepted": sum(verdict.fate == "accepted" for verdict in verdicts),
        "ask": {v.row: list(v.codes) for v in verdicts if v.fate == "ask"},
        "rejected": {v.row: list(v.codes) for v in verdicts if v.fate == "rejected"},
        "unchanged": sum(verdict.stored for verdict in verdicts),
    }
