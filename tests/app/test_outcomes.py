"""The connection breaks during the commit: found out where that is safe, otherwise said."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, col, select

from app import db
from app.etags import Stale
from app.faults import OutcomeUnknown
from app.main import create_app
from app.tables import AuditEvent, Sponsor
from tests.app.trials import State, calling, effects, found_sponsor, kill, post, trial
from tests.cast import Cast

KEY = {"Idempotency-Key": "einmal"}


class Lost:
    """The first commit in which the answer of the database does not come back."""

    def __init__(self, engine: Engine, *, stored: bool) -> None:
        self.engine, self.stored, self.times = engine, stored, 0

    def __call__(self, session: Session) -> None:
        """What happens after COMMIT was sent, or before."""
        if session.in_nested_transaction():
            return
        self.times += 1
        if self.times > 1:
            return
        if not self.stored and self.engine.dialect.name == "postgresql":
            kill(self.engine, session)
            return
        if self.stored:
            session.connection().commit()
        raise OperationalError("COMMIT", {}, State("08006"))


@pytest.fixture
def lost(engine: Engine, request: pytest.FixtureRequest) -> Iterator[Lost]:
    """The connection is lost during the first commit; `stored` or not."""
    made = Lost(engine, stored=request.param)
    event.listen(Session, "before_commit", made)
    yield made
    event.remove(Session, "before_commit", made)


either = pytest.mark.parametrize("lost", [True, False], indirect=True, ids=["stored", "not"])


@either
async def test_with_a_key_a_lost_commit_is_found_out(
    engine: Engine, cast: Cast, lost: Lost
) -> None:
    answer = await post(trial(engine, lambda _: None), cast, **KEY)
    assert answer.status_code == 201
    assert ("idempotency-replayed" in answer.headers) is lost.stored
    assert (lost.times, effects(engine)) == (1 if lost.stored else 2, 1)


@either
async def test_without_a_key_a_lost_commit_is_said_to_be_unknown(
    engine: Engine, cast: Cast, lost: Lost
) -> None:
    answer = await post(trial(engine, lambda _: None), cast, **{"Accept-Language": "en"})
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/outcome-unknown")
    assert "reload and look" in answer.json()["detail"]
    assert "retry-after" not in answer.headers
    assert effects(engine) == lost.stored


@pytest.mark.parametrize("lost", [True], indirect=True)
async def test_control_tried_again_without_a_key_it_would_be_stored_twice(
    engine: Engine, cast: Cast, lost: Lost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.db._Unit._may_repeat", lambda _: True)
    assert (await post(trial(engine, lambda _: None), cast)).status_code == 201
    assert effects(engine) == 2


@either
@pytest.mark.parametrize("tag", ['"v1"', "*"])
async def test_an_update_with_a_tag_is_tried_again_and_never_wrongly_stale(
    engine: Engine, cast: Cast, lost: Lost, tag: str
) -> None:
    def compare(session: Session) -> None:
        if session.exec(select(Sponsor).where(col(Sponsor.name).startswith("Probe"))).first():
            raise Stale

    async with calling(trial(engine, compare)) as client:
        headers = cast.key("amal") | {"If-Match": tag}
        answer = await client.patch("/trial", headers=headers)
    again = tag != "*" and not lost.stored
    assert answer.status_code == (200 if again else 503), answer.text
    if not again:
        assert answer.json()["type"] == "/problems/outcome-unknown"
    assert effects(engine) == (1 if lost.stored or again else 0)


@either
async def test_who_only_reads_gets_her_answer_and_is_noted_once(
    engine: Engine, cast: Cast, lost: Lost
) -> None:
    async with calling(create_app(engine)) as client:
        path = f"/volunteers/{cast.volunteers['dilan']}"
        answer = await client.get(path, headers=cast.key("amal"))
    assert answer.status_code == 200, answer.text
    assert lost.times == (1 if lost.stored else 2)
    with db.transaction(engine) as session:
        noted = session.exec(select(AuditEvent).where(col(AuditEvent.action) == "volunteer.read"))
        assert len(noted.all()) == 1


@either
@pytest.mark.parametrize("repeatable", [True, False])
def test_a_job_says_whether_it_may_be_stored_twice(
    engine: Engine, cast: Cast, lost: Lost, repeatable: bool
) -> None:
    if repeatable:
        db.in_transaction(engine, found_sponsor, repeatable=True)
    else:
        with pytest.raises(OutcomeUnknown):
            db.in_transaction(engine, found_sponsor)
    assert effects(engine) == lost.stored + repeatable
