"""What a change of a series did or would do, told to people."""

from sqlmodel import Session

from app.access import Actor
from app.series import changing, reading, sentences
from app.series.schemas import Kept, SeriesChange, SeriesUpdate
from app.series.service import Outcome
from app.tables import Series


def change(
    session: Session, actor: Actor, series: Series, body: SeriesUpdate, locale: str
) -> SeriesChange:
    """Carry a change out; for a preview it is taken back once it is known what it does."""
    if not body.preview:
        return told(session, changing.change(session, actor, series, body), locale)
    trial = session.begin_nested()
    try:
        answer = told(session, changing.change(session, actor, series, body), locale)
    finally:
        if trial.is_active:
            trial.rollback()
    return answer.model_copy(update={"preview": True, "series": None})


def told(session: Session, outcome: Outcome, locale: str) -> SeriesChange:
    """The outcome with its sentences."""
    series = outcome.series
    session.refresh(series)
    read = reading.worded(series, reading.detail(session, series), locale)
    return SeriesChange(
        preview=False,
        series=read,
        changed=outcome.changed,
        moved=outcome.moved,
        cancelled=outcome.cancelled,
        added=outcome.added,
        kept=[
            Kept(request_id=request_id, day=day, sentence=sentences.kept(code, locale))
            for request_id, (day, code) in outcome.kept.items()
        ],
        skipped=read.skipped,
    )
