"""A restored audit is the one that was written: the chain holds on either kind of database."""

from pathlib import Path

import pytest
from sqlalchemy import text

from app.auditing import anchors, linking, verifying
from tests.app.auditing.conftest import write
from tests.app.backups.conftest import Elsewhere, Place
from tests.cast import Cast


@pytest.fixture
def place(place: Place) -> Place:
    """Without the anchors of the examples, which speak of no chain."""
    place.execute("DELETE FROM audit_anchor")
    return place


def findings(place: Place, kept: list[anchors.Anchor]) -> list[str]:
    """What is wrong with the chains of a place."""
    found = verifying.verify(place.engine, kept)
    return [one.sentence for each in found for one in each.findings]


def heads(place: Place) -> dict[str, tuple[int, int, str]]:
    """How each chain stands."""
    found = verifying.verify(place.engine)
    return {str(one.sponsor_id): (one.chained, one.unchained, one.head) for one in found}


def test_the_chain_holds_after_restoring_on_the_same_database_and_on_the_other(
    place: Place, cast: Cast, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    write(place.engine, cast)
    kept = anchors.anchor_all(place.engine)
    write(place.engine, cast, 2)
    before, path = heads(place), tmp_path / "first.zip"
    place.back_up(path)
    for other in (elsewhere(), elsewhere(server="")):
        other.restore(path)
        assert findings(other, kept) == []
        assert heads(other) == before
        back, again = elsewhere(), tmp_path / f"{other.engine.dialect.name}.zip"
        other.back_up(again)
        back.restore(again)
        assert findings(back, kept) == []
        assert linking.link_all(back.engine) == 2
        assert findings(back, [*kept, *anchors.anchor_all(back.engine)]) == []
        again.unlink()


def test_after_an_older_backup_the_anchors_tell_what_is_lost(
    place: Place, cast: Cast, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    write(place.engine, cast)
    anchors.anchor_all(place.engine)
    path = tmp_path / "old.zip"
    place.back_up(path)
    write(place.engine, cast, 2)
    kept = anchors.anchor_all(place.engine)
    other = elsewhere()
    other.restore(path)
    assert findings(other, []) == []
    assert any("Entries are missing at the end" in one for one in findings(other, kept))


def test_control_a_value_that_changes_on_the_way_breaks_the_chain(
    place: Place, cast: Cast, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    write(place.engine, cast)
    linking.link_all(place.engine)
    path = tmp_path / "taken.zip"
    place.back_up(path)
    other = elsewhere(server="")
    other.restore(path)
    assert findings(other, []) == []
    with other.engine.begin() as connection:
        connection.execute(text("DROP TRIGGER audit_event_no_update"))
        connection.execute(
            text("UPDATE audit_event SET details = '{\"minutes\": 60.0}' WHERE details LIKE '%60%'")
        )
    assert any("was changed" in one for one in findings(other, []))
