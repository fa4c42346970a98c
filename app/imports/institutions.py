"""One row of the institutions' list, and how requests find an institution by its name."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from app.imports import cells
from app.imports.drafts import InstitutionDraft
from app.imports.rows import RowReader
from app.imports.times import read_day
from app.imports.verdicts import in_order
from app.institutions.kinds import Kind, kind_of_name, read_kind
from app.names import folded, same_institution, same_town
from scheduling.places import read_postal_code

_BRACKETS = re.compile(r"\([^)]*\)")
_SOME_SCHOOL = frozenset(("schule", "schulen", "school"))
_LONGEST_NAME = 200
_LONGEST_WORD = 100
_LONGEST_PHONE = 40


@dataclass(frozen=True, slots=True)
class KnownInstitution:
    """An institution that requests may come from: of the list, or stored before.

    `kind` is a slug of `app.institutions.kinds`, `kind_label` the word of its list.
    """

    name: str
    postal_code: str
    town: str
    kind: str
    kind_label: str


def read_institution(row: RowReader) -> InstitutionDraft:
    """The draft of a row, with its questions.

    Raises
    ------
    RowError
        If the name cannot be read.
    """
    row.refuse_first({"name": _name})
    name = row.required("name", _name)
    kind = _kind(row, name)
    postal_code, town = _place(row)
    draft = {
        "street": _words(row, "street", _LONGEST_NAME),
        "contact": _words(row, "contact", _LONGEST_NAME),
        "phone": _phone(row),
        "email": row.optional("email", cells.read_email) or "",
    }
    agreement = row.optional("agreement_since", read_day)
    note = row.note(row.raw("remark").replace("\n", "; "), row.leftovers())
    if note:
        row.warn("note:not_kept")
    return InstitutionDraft(
        name=name,
        kind=kind.slug,
        kind_label=_words(row, "kind", _LONGEST_WORD) or kind.label,
        postal_code=postal_code,
        town=town,
        agreement_since=agreement,
        note=note,
        questions=in_order(row.questions),
        **draft,
    )


def known(draft: InstitutionDraft) -> KnownInstitution:
    """What requests need of an institution of the list."""
    return KnownInstitution(draft.name, draft.postal_code, draft.town, draft.kind, draft.kind_label)


def finder(
    institutions: Iterable[KnownInstitution],
) -> Callable[[str, str], KnownInstitution | None]:
    """A function that finds an institution by name and town; the first of equal ones wins.

    Case, umlauts, spaces and dashes make no difference. A town decides between several of one
    name, and completes a name on either side ("Löwenzahnschule" in Nidda is "Löwenzahnschule
    Nidda").
    """
    by_name: dict[str, list[KnownInstitution]] = {}
    completed: dict[str, list[KnownInstitution]] = {}
    for institution in institutions:
        by_name.setdefault(same_institution(institution.name), []).append(institution)
        if institution.town:
            full = same_institution(f"{institution.name} {_BRACKETS.sub(' ', institution.town)}")
            completed.setdefault(full, []).append(institution)

    def find(name: str, town: str) -> KnownInstitution | None:
        named = by_name.get(same_institution(name), [])
        here = [one for one in named if same_town(one.town) == same_town(town)]
        longer = by_name.get(same_institution(f"{name} {town}"), []) if town else []
        only = named if len({same_town(one.town) for one in named}) == 1 else []
        shorter = completed.get(same_institution(name), [])
        return next((found[0] for found in (here, longer, only, shorter) if found), None)

    return find


def _name(text: str) -> str:
    if len(text) > _LONGEST_NAME or not any(c.isalnum() for c in text):
        raise ValueError(f"{text[:_LONGEST_NAME]!r} is no name of an institution")
    return text


def _kind(row: RowReader, name: str) -> Kind:
    written = row.text("kind") if row.has("kind") else ""
    named = kind_of_name(name)
    # "Schule" alone does not say which; "Grundschule Nord" does.
    if not written or (folded(written) in _SOME_SCHOOL and named.is_school):
        return named
    return read_kind(written)


def _place(row: RowReader) -> tuple[str, str]:
    town = _words(row, "town", _LONGEST_WORD)
    if row.has("postal_code") or not row.has("place"):
        return row.optional("postal_code", read_postal_code) or "", town
    place = row.optional("place", _code_and_town)
    return (place[0], town or place[1]) if place else ("", town)


def _code_and_town(text: str) -> tuple[str, str]:
    code, town = cells.split_place(text)
    return read_postal_code(code), town


def _words(row: RowReader, field: str, longest: int) -> str:
    return row.words(field, longest) if row.has(field) else ""


def _phone(row: RowReader) -> str:
    numbers = [row.optional(field, cells.read_phone) for field in ("phone", "mobile")]
    phone = " / ".join(dict.fromkeys(number for number in numbers if number))
    if len(phone) > _LONGEST_PHONE:
        row.ask_column("phone" if row.has("phone") else "mobile")
    return phone[:_LONGEST_PHONE]
