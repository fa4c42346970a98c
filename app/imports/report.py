"""What became of each row, for people."""

from app.imports.judging import Judged
from app.imports.schemas import RowRead
from app.imports.sentences import sentence
from app.imports.verdicts import Verdict


def rows(judged: Judged, locale: str = "de") -> list[RowRead]:
    """Every row that is asked about, rejected or warned about, with its sentences."""
    lists = {
        "volunteers": judged.volunteers,
        "institutions": judged.institutions,
        "requests": judged.requests,
    }
    return [
        _row(name, verdict, locale)
        for name, verdicts in lists.items()
        for verdict in verdicts
        if verdict.codes or verdict.warnings
    ]


def _row(name: str, verdict: Verdict[object], locale: str) -> RowRead:
    written = {q.code: q for q in getattr(verdict.draft, "questions", ())}
    said = []
    for code in (*verdict.codes, *verdict.warnings):
        question = written.get(code)
        values = {
            "written": question.written if question else verdict.written,
            "reason": question.reason if question else "",
        }
        said.append(sentence(code, values, locale))
    codes = [*verdict.codes, *verdict.warnings]
    return RowRead(kind=name, row=verdict.row, fate=verdict.fate, codes=codes, sentences=said)
