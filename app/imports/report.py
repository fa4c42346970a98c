"""What became of each row, for people."""

from collections.abc import Sequence

from app.imports import meaning
from app.imports.judging import Judged
from app.imports.schemas import RowRead, Understood
from app.imports.sentences import sentence
from app.imports.verdicts import Verdict

SAME, DIFFERS = "known:same", "known:differs"


def rows(judged: Judged, locale: str = "de") -> list[RowRead]:
    """Every row of the three lists in their order, with its fate and how it was read."""
    return [
        *(_row("volunteers", v, meaning.of_volunteer(v), locale) for v in judged.volunteers),
        *(_row("institutions", v, meaning.of_institution(v), locale) for v in judged.institutions),
        *(_row("requests", v, meaning.of_request(v, locale), locale) for v in judged.requests),
    ]


def _row(name: str, verdict: Verdict[object], understood: list[Understood], locale: str) -> RowRead:
    codes = list(_codes(verdict))
    return RowRead(
        kind=name,
        row=verdict.row,
        label=verdict.label,
        fate="unchanged" if verdict.stored else verdict.fate,
        codes=codes,
        sentences=[sentence(code, _values(verdict, code), locale) for code in codes],
        understood=understood,
        differs=list(verdict.differs),
    )


def _codes(verdict: Verdict[object]) -> Sequence[str]:
    """A row that is stored already was asked about when it was stored."""
    if verdict.stored:
        return (DIFFERS if verdict.differs else SAME,)
    return (*verdict.codes, *verdict.warnings)


def _values(verdict: Verdict[object], code: str) -> dict[str, str]:
    questions = {q.code: q for q in getattr(verdict.draft, "questions", ())}
    question = questions.get(code)
    return {
        "written": question.written if question else verdict.written,
        "reason": question.reason if question else "",
        "columns": ", ".join(verdict.differs),
    }
