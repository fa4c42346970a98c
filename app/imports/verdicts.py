"""What becomes of one row of a list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, Literal, TypeVar

Fate = Literal["accepted", "ask", "rejected"]

Draft_co = TypeVar("Draft_co", covariant=True)

# Columns first, then as the rules name them: papers, language, policy, personal data, gender.
_ORDER = ("column", "paper", "language", "policy", "personal_data", "gender")


@dataclass(frozen=True, slots=True)
class Question:
    """Something a person must look at before a row is planned.

    Attributes
    ----------
    code : str
        Such as ``"language:Kurdisch"``.
    written : str
        What stood in the list, as written.
    reason : str
        Why a policy forbids it.
    account : bool
        Whether it stands where account numbers do, which are kept sealed or not at all.
    """

    code: str
    written: str = ""
    reason: str = ""
    account: bool = False


@dataclass(frozen=True, slots=True)
class Verdict(Generic[Draft_co]):
    """The fate of one row.

    Attributes
    ----------
    row : str
        The number of the row as in its list, unique within the list.
    fate : {"accepted", "ask", "rejected"}
        Asked rows are stored and not planned, rejected rows are not stored.
    codes : tuple of str
        Why it is asked or rejected; empty when accepted.
    warnings : tuple of str
        Codes that change no fate.
    draft : object or None
        Everything to store; None when rejected.
    written : str
        What stood in the cell that rejected the row.
    label : str
        By which a person finds the row: "Nr 7 · Beispiel, Ada".
    headings : mapping of str to str
        Field to the heading under which this list has it.
    cells : mapping of str to str
        Field to what the row says there, as written.
    stored : bool
        Whether the pool has it already, so that nothing is stored.
    differs : tuple of str
        Headings under which the list says something else than what is stored.
    """

    row: str
    fate: Fate
    codes: tuple[str, ...]
    warnings: tuple[str, ...]
    draft: Draft_co | None
    written: str = ""
    label: str = ""
    headings: Mapping[str, str] = field(default_factory=dict)
    cells: Mapping[str, str] = field(default_factory=dict)
    stored: bool = False
    differs: tuple[str, ...] = ()


def in_order(questions: Sequence[Question]) -> tuple[Question, ...]:
    """Each question once, in the order in which codes are reported."""
    once: dict[str, Question] = {}
    for question in questions:
        once.setdefault(question.code, question)
    return tuple(sorted(once.values(), key=lambda q: _ORDER.index(q.code.partition(":")[0])))
