"""A client is a pseudonym under the sponsor's own key; destroying the key erases."""

import hmac
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, func, select

from app import db, pseudonyms, sealing
from app.errors import NotFound
from app.tables import ClientCase, SponsorKey
from tests.cast import Cast

NUMBER = "A 17 / 2027"


def make(engine: Engine, cast: Cast, number: str = NUMBER) -> ClientCase:
    with db.transaction(engine) as session:
        return pseudonyms.client_case(session, cast.wetterau, cast.school, number)


def known(engine: Engine, cast: Cast, number: str = NUMBER) -> ClientCase | None:
    with db.transaction(engine, read_only=True) as session:
        return pseudonyms.known_case(session, cast.wetterau, cast.school, number)


def legacy(engine: Engine, cast: Cast) -> ClientCase:
    """A case of before sponsors had keys of their own."""
    key = hmac.digest(sealing.master_key(), cast.wetterau.bytes, "sha256")
    value = pseudonyms.pseudonym(key, cast.school, NUMBER)
    with db.transaction(engine) as session:
        case = ClientCase(sponsor_id=cast.wetterau, pseudonym=value)
        session.add(case)
    return case


def test_the_same_number_is_the_same_case_whatever_its_spelling(engine: Engine, cast: Cast) -> None:
    case = make(engine, cast)
    assert case.key_version == 1
    assert make(engine, cast, " a 17  / 2027 ").id == case.id
    assert make(engine, cast, "A 18 / 2027").id != case.id


def test_keys_are_drawn_for_each_sponsor_and_lie_sealed(engine: Engine, cast: Cast) -> None:
    make(engine, cast)
    with db.transaction(engine) as session:
        other = pseudonyms.client_case(session, cast.fulda, cast.school, NUMBER)
        keys = session.exec(select(SponsorKey)).all()
        stored = session.connection().exec_driver_sql("SELECT secret FROM sponsor_key").scalars()
        assert [value.startswith("sealed:") for value in stored] == [True, True]
    assert len({key.secret for key in keys}) == 2
    assert other.pseudonym != known(engine, cast).pseudonym  # type: ignore[union-attr]


def test_after_a_rotation_known_numbers_are_still_found(engine: Engine, cast: Cast) -> None:
    before = make(engine, cast)
    with db.transaction(engine) as session:
        assert pseudonyms.rotate(session, cast.wetterau).version == 2
    assert make(engine, cast).id == before.id
    assert make(engine, cast, "B 1").key_version == 2


def test_a_destroyed_key_makes_its_cases_unknown_for_ever(engine: Engine, cast: Cast) -> None:
    before = make(engine, cast)
    with db.transaction(engine) as session:
        kept = session.exec(select(SponsorKey.secret)).one()
        with pytest.raises(pseudonyms.KeyInUse):
            pseudonyms.destroy(session, cast.wetterau, 1)
        pseudonyms.rotate(session, cast.wetterau)
        assert pseudonyms.destroy(session, cast.wetterau, 1).cases == 1
    with db.transaction(engine) as session:
        assert pseudonyms.destroy(session, cast.wetterau, 1).cases == 0, "twice changes nothing"
        with pytest.raises(NotFound):
            pseudonyms.destroy(session, cast.wetterau, 7)
        old = session.get_one(ClientCase, before.id)
        with_backup = pseudonyms.pseudonym(kept.encode(), cast.school, NUMBER)
        assert old.pseudonym not in (before.pseudonym, with_backup), "no key of a backup helps"
        assert (
            session.exec(select(SponsorKey.secret).order_by(col(SponsorKey.version))).all()[0] == ""
        )
    assert known(engine, cast) is None
    assert make(engine, cast).id != before.id


def test_control_before_it_is_destroyed_the_key_finds_the_case(engine: Engine, cast: Cast) -> None:
    before = make(engine, cast)
    with db.transaction(engine) as session:
        kept = session.exec(select(SponsorKey.secret)).one()
    assert pseudonyms.pseudonym(kept.encode(), cast.school, NUMBER) == before.pseudonym


def test_cases_of_before_are_found_until_version_0_is_destroyed(
    engine: Engine, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = legacy(engine, cast)
    assert make(engine, cast).id == case.id
    with db.transaction(engine) as session:
        with pytest.raises(pseudonyms.KeyInUse):
            pseudonyms.destroy(session, cast.wetterau, 0)
        pseudonyms.rotate(session, cast.wetterau)
    assert make(engine, cast).id == case.id
    with db.transaction(engine) as session:
        assert pseudonyms.destroy(session, cast.wetterau, 0).cases == 1
    assert known(engine, cast) is None


def test_cases_of_before_are_found_after_the_service_has_a_new_key(
    engine: Engine, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = legacy(engine, cast)
    old = sealing.master_key()
    monkeypatch.setattr(pseudonyms, "master_keys", lambda: [b"new", old])
    assert make(engine, cast).id == case.id
    monkeypatch.setattr(pseudonyms, "master_keys", lambda: [b"new"])
    assert known(engine, cast) is None


def rivals(engine: Engine, cast: Cast) -> tuple[int, int]:
    """A case that is made while the key changes, and made again after: cases, and versions."""
    read, rotated = Event(), Event()

    def slow() -> None:
        with db.transaction(engine) as session:
            live = pseudonyms.live

            def looked(session: Session, sponsor_id: object) -> list[pseudonyms.Key]:
                keys = live(session, sponsor_id)  # type: ignore[arg-type]
                read.set()
                rotated.wait(1)
                return keys

            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(pseudonyms, "live", looked)
                pseudonyms.client_case(session, cast.wetterau, cast.school, NUMBER)
                patch.setattr(pseudonyms, "live", live)
                # It goes on with other things before it is stored.
                rotated.wait(1)

    def rotate() -> None:
        read.wait(5)
        with db.transaction(engine) as session:
            pseudonyms.rotate(session, cast.wetterau)
            pseudonyms.client_case(session, cast.wetterau, cast.school, NUMBER)
        rotated.set()

    with ThreadPoolExecutor(2) as crowd:
        for one in [crowd.submit(slow), crowd.submit(rotate)]:
            one.result(30)
    with db.transaction(engine) as session:
        cases = session.exec(select(func.count()).select_from(ClientCase)).one()
        keys = session.exec(select(func.count()).select_from(SponsorKey)).one()
    return cases, keys


def test_a_case_made_while_the_key_changes_is_one_case(engine: Engine, cast: Cast) -> None:
    make(engine, cast, "so that there is a key")
    assert rivals(engine, cast) == (2, 2)


@pytest.mark.postgres  # SQLite lets one writer in at a time: there is nothing to switch off.
def test_control_without_the_lock_the_case_is_there_twice(
    engine: Engine, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(engine, cast, "so that there is a key")
    monkeypatch.setattr(pseudonyms, "_hold", lambda *_, **__: None)
    assert rivals(engine, cast) == (3, 2)
