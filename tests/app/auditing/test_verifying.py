"""Whatever is done to the audit is found; without the check that finds it, it is not."""

import pytest
from sqlalchemy import Engine

from app.auditing import anchors, verifying
from app.auditing.anchors import Anchor
from app.auditing.verifying import Check, wrong_content, wrong_link, wrong_place
from tests.app.auditing.conftest import write
from tests.app.auditing.tampering import DONE, EDITS, Intruder, tamper
from tests.cast import Cast


def codes(engine: Engine, kept: list[Anchor] | None = None) -> set[str]:
    """What is found."""
    return {found.code for one in verifying.verify(engine, kept or []) for found in one.findings}


def test_a_chain_as_it_was_written_is_found_whole(
    engine: Engine, cast: Cast, chain: list[Anchor]
) -> None:
    write(engine, cast, 2)
    seen: list[int] = []
    found = {one.sponsor_id: one for one in verifying.verify(engine, chain, each=seen.append)}
    hers, others = found[cast.wetterau], found[cast.fulda]
    assert (hers.findings, hers.chained, hers.unchained, hers.anchors) == ([], 8, 2, 4)
    assert (others.findings, others.chained, others.unchained, others.anchors) == ([], 1, 0, 2)
    ends = {one.sponsor_id: one.head for one in chain}
    assert (hers.head, others.head) == (ends[cast.wetterau], ends[cast.fulda])
    assert sum(seen) == verifying.total(engine) == 9


@pytest.mark.parametrize("name", DONE)
def test_what_was_done_is_found(engine: Engine, cast: Cast, chain: list[Anchor], name: str) -> None:
    if name == "what cannot be read" and engine.dialect.name == "postgresql":
        return  # the type JSON refuses it
    what, expected = DONE[name]
    tamper(engine, cast, what)
    assert codes(engine, chain) == expected
    others = [one for one in verifying.verify(engine, chain) if one.sponsor_id == cast.fulda]
    if name != "given to another sponsor":
        assert others[0].findings == []


@pytest.mark.parametrize("name", EDITS)
def test_the_finding_names_the_entry(
    engine: Engine, cast: Cast, chain: list[Anchor], name: str
) -> None:
    tamper(engine, cast, EDITS[name])
    (found,) = [one for each in verifying.verify(engine, chain) for one in each.findings]
    assert found.position == 4
    assert found.sentence.startswith("Entry 4 (")
    assert str(found.event_id) in found.sentence


WITHOUT: dict[str, tuple[Check | None, str]] = {
    "its own hash": (wrong_content, "edited: what"),
    "the one before": (wrong_link, "edited, with its own hash"),
    "the place": (wrong_place, "deleted, with all hashes"),
    "the anchors, a cut": (None, "cut off"),
    "the anchors, all anew": (None, "edited, with all hashes"),
    "the anchors, closed": (None, "deleted, closed, all hashes"),
    "the anchors, nothing left": (None, "the whole chain"),
}
"""What is not looked at, and what is not found therefore."""


@pytest.mark.parametrize("name", WITHOUT)
def test_control_without_its_check_nothing_is_found(
    engine: Engine, cast: Cast, chain: list[Anchor], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    left_out, done = WITHOUT[name]
    tamper(engine, cast, DONE[done][0])
    with_it = codes(engine)
    assert with_it
    checks = tuple(check for check in verifying.CHECKS if check is not left_out)
    monkeypatch.setattr(verifying, "CHECKS", checks)
    if left_out in (None, wrong_place):
        monkeypatch.setattr(anchors, "stored", lambda *_: [])
    assert codes(engine) == set()


@pytest.mark.parametrize("name", ["cut off, anchors too", "the whole chain, anchors too"])
def test_control_only_anchors_kept_elsewhere_tell_of_what_the_owner_of_all_tables_did(
    engine: Engine, cast: Cast, chain: list[Anchor], name: str
) -> None:
    tamper(engine, cast, DONE[name][0])
    assert codes(engine) == set()
    assert codes(engine, chain) == DONE[name][1]


def test_a_chain_of_nothing_but_wrong_entries_is_said_in_few_words(
    engine: Engine, cast: Cast, chain: list[Anchor], monkeypatch: pytest.MonkeyPatch
) -> None:
    def everything(who: Intruder) -> None:
        for position in range(1, 9):
            who.edit(position, "via", "'job'")

    tamper(engine, cast, everything)
    monkeypatch.setattr(verifying, "MOST", 3)
    (hers,) = verifying.verify(engine, only=cast.wetterau)
    assert (len(hers.findings), hers.more) == (3, 5)
