"""Restoring does all or nothing: what is not whole, or does not belong here, is refused."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from sqlalchemy import text

from app import db, migrations
from app.backups import archive, restoring
from app.backups.refusals import BackupError, Damaged
from app.backups.restoring import InUse, NotEmpty
from tests.app.backups.conftest import Elsewhere, Place
from tests.databases import SERVER

Manifest = dict[str, Any]
NOWHERE = "00000000-0000-7000-8000-000000000000"


def tamper(path: Path, change: Callable[[Manifest, dict[str, bytes]], None]) -> Path:
    """The same backup with other content, whose checksums are right again."""
    with ZipFile(path) as opened:
        parts = {name: opened.read(name) for name in opened.namelist()}
    manifest = json.loads(parts.pop(archive.MANIFEST))
    change(manifest, parts)
    for part in [*manifest["tables"], manifest["queue"], *manifest["files"]]:
        content = parts.get(part["name"], b"")
        part["sha256"] = hashlib.sha256(content).hexdigest()
        if "rows" in part:
            part["rows"] = content.count(b"\n")
    changed = path.with_name("changed.zip")
    with ZipFile(changed, "w", ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
        made.writestr(archive.MANIFEST, json.dumps(manifest))
    return changed


def refused(place: Place, path: Path, *, replace: bool = False) -> str:
    """The sentence with which restoring is refused; the place is as it was."""
    empty = migrations.is_empty(place.engine)
    before = None if empty else (place.rows(), place.undone())
    with pytest.raises(BackupError) as error:
        place.restore(path, replace=replace)
    sentence = str(error.value)
    assert "\n" not in sentence
    assert migrations.is_empty(place.engine) == empty
    assert before is None or (place.rows(), place.undone()) == before
    assert not [one for one in place.settings.var.rglob(".*") if one.is_file()]
    return sentence


def test_rows_are_never_replaced_without_being_asked(
    place: Place, taken: Path, elsewhere: Elsewhere
) -> None:
    before = place.rows()
    place.execute("UPDATE sponsor SET name = name || ' neu'")
    assert "in this database already" in refused(place, taken)
    assert place.rows() != before
    place.restore(taken, replace=True)
    assert place.rows() == before
    assert migrations.findings(place.engine) == []
    prepared = elsewhere(migrated=True)
    prepared.restore(taken)
    assert prepared.rows() == before


def test_restoring_twice_gives_the_same(place: Place, taken: Path, elsewhere: Elsewhere) -> None:
    other = elsewhere()
    other.restore(taken)
    with pytest.raises(NotEmpty):
        other.restore(taken)
    undone = {job[:2] for job in other.undone()}
    other.restore(taken, replace=True)
    assert other.rows() == place.rows()
    assert {job[:2] for job in other.undone()} == undone, "no job comes twice"


def test_a_flipped_byte_is_noticed_wherever_it_is(taken: Path) -> None:
    def read(path: Path) -> list[Any]:
        with archive.reading(path) as reader:
            manifest = reader.manifest
            tables = [list(reader.rows(part)) for part in (*manifest.tables, manifest.queue)]
            return [manifest, *tables]

    whole, content = read(taken), taken.read_bytes()
    broken = taken.with_name("broken.zip")
    noticed = 0
    for place in range(0, len(content), 97):
        flipped = bytearray(content)
        flipped[place] ^= 1 << place % 8
        broken.write_bytes(flipped)
        try:
            assert read(broken) == whole, "what the ZIP itself does not need may change"
        except Damaged:
            noticed += 1
    assert noticed > len(content) / 97 * 0.7


def test_a_flipped_byte_is_seen_only_because_it_is_looked_for(
    taken: Path, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Control: without the comparison another name would be restored without a word."""

    def rename(_manifest: Manifest, parts: dict[str, bytes]) -> None:
        parts["tables/sponsor.jsonl"] = parts["tables/sponsor.jsonl"].replace(b"Fulda", b"Gulda")

    changed = tamper(taken, rename)
    with ZipFile(changed) as opened, ZipFile(taken) as original:
        parts = {name: opened.read(name) for name in opened.namelist()}
        parts[archive.MANIFEST] = original.read(archive.MANIFEST)
    with ZipFile(changed, "w") as made:
        for name, content in parts.items():
            made.writestr(name, content)
    other = elsewhere()
    assert "tables/sponsor.jsonl was changed" in refused(other, changed)
    monkeypatch.setattr(archive, "_compare", lambda _archive, _part: None)
    other.restore(changed)
    assert "Gulda" in str(other.rows()["sponsor"])


@pytest.mark.parametrize("share", [0, 0.1, 0.5, 0.9, 0.999])
def test_a_cut_file_is_refused(taken: Path, elsewhere: Elsewhere, share: float) -> None:
    content = taken.read_bytes()
    taken.write_bytes(content[: int(len(content) * share)])
    assert "damaged" in refused(elsewhere(), taken)


def test_what_is_no_backup_is_refused(elsewhere: Elsewhere, tmp_path: Path) -> None:
    other = elsewhere(migrated=True)
    assert "No such file" in refused(other, tmp_path / "nowhere.zip")
    assert "Is a directory" in refused(other, tmp_path)
    path = tmp_path / "other.zip"
    path.write_bytes(b"PK\x03\x04 not quite")
    assert "damaged" in refused(other, path)
    with ZipFile(path, "w") as made:
        made.writestr("hello.txt", "no manifest")
    assert "its manifest cannot be read" in refused(other, path)
    for manifest in ("[]", "{", "{}", '{"format": 1}', '{"format": null}', "\udc80"):
        with ZipFile(path, "w") as made:
            made.writestr(archive.MANIFEST, manifest.encode("utf-8", "surrogateescape"))
        assert "its manifest cannot be read" in refused(other, path), manifest


def set_to(name: str, value: object) -> Callable[[Manifest, dict[str, bytes]], None]:
    """Change an entry of the manifest."""
    return lambda manifest, _parts: manifest.__setitem__(name, value)


def cell(table: str, column: str, value: object) -> Callable[[Manifest, dict[str, bytes]], None]:
    """Change a cell in every row of a table."""

    def change(manifest: Manifest, parts: dict[str, bytes]) -> None:
        part = next(part for part in manifest["tables"] if part["table"] == table)
        place = [name for name, _ in part["columns"]].index(column)
        lines = []
        for line in parts[part["name"]].splitlines():
            row = json.loads(line)
            row[place] = value
            lines.append(json.dumps(row).encode() + b"\n")
        parts[part["name"]] = b"".join(lines)

    return change


def without_a_table(manifest: Manifest, _parts: dict[str, bytes]) -> None:
    """Leave the last table out."""
    manifest["tables"].pop()


def with_a_file(name: str) -> Callable[[Manifest, dict[str, bytes]], None]:
    """Put a file in that does not belong there."""

    def change(manifest: Manifest, parts: dict[str, bytes]) -> None:
        manifest["files"].append({"name": name, "sha256": ""})
        parts[name] = b"surprise"

    return change


def short_rows(manifest: Manifest, parts: dict[str, bytes]) -> None:
    """Leave a cell out of every row."""
    lines = [json.loads(line)[:-1] for line in parts["tables/sponsor.jsonl"].splitlines()]
    parts["tables/sponsor.jsonl"] = b"".join(json.dumps(line).encode() + b"\n" for line in lines)


def a_strange_queue(_manifest: Manifest, parts: dict[str, bytes]) -> None:
    """Ask for something that has no subject."""
    parts["queue.jsonl"] = b'["messages.send","nobody",null]\n'


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (set_to("format", 2), "newer version"),
        (set_to("revision", "from_tomorrow"), "newer version of the program"),
        (set_to("tables", []), "its tables are not those of"),
        (without_a_table, "its tables are not those of"),
        (a_strange_queue, "its queue cannot be read"),
        (short_rows, "a row of sponsor cannot be read"),
        (cell("claim_line", "claim_id", NOWHERE), "a row points to one that is not there"),
        (cell("sponsor", "created_at", "yesterday"), "a row of sponsor cannot be read"),
        (cell("seat", "state", "lost"), "The rows of seat do not fit"),
        (cell("sponsor", "name", None), "The rows of sponsor do not fit"),
        (with_a_file("files/../../escaped"), "unknown file"),
        (with_a_file("files/outbox/../secret"), "unknown file"),
        (with_a_file("/etc/lotsenwerk"), "unknown file"),
    ],
)
def test_a_backup_with_wrong_content_is_refused(
    taken: Path, elsewhere: Elsewhere, tmp_path: Path, change: Any, sentence: str
) -> None:
    assert sentence in refused(elsewhere(), tamper(taken, change))
    assert not list(tmp_path.rglob("escaped"))


@pytest.mark.parametrize(
    "change", [cell("claim_line", "claim_id", NOWHERE), cell("webhook", "name", None)]
)
def test_replacing_that_fails_half_way_leaves_everything_as_it_was(
    place: Place, taken: Path, change: Any
) -> None:
    refused(place, tamper(taken, change), replace=True)
    assert migrations.findings(place.engine) == []


def test_a_commit_that_fails_brings_no_files(
    place: Place, taken: Path, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lacking(_connection: object) -> list[str]:
        return ["The overlap guard is missing."]

    place.settings.var.mkdir(exist_ok=True)
    (place.settings.var / "secret").write_text("ours")
    place.settings = place.settings.model_copy(update={"secret": type(place.settings.secret)("")})
    path = taken.with_name("with_key.zip")
    place.back_up(path)
    other = elsewhere()
    other.settings = other.settings.model_copy(update={"secret": place.settings.secret})
    monkeypatch.setattr(restoring.migrations, "lacking", lacking)
    assert refused(other, path) == "The overlap guard is missing."
    assert not (other.settings.var / "secret").exists()


def test_what_does_not_hold_is_said_but_does_not_stand_in_the_way(
    place: Place, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    place.execute("UPDATE payrun SET amount_cents = 1")
    place.back_up(tmp_path / "b.zip")
    restored = elsewhere().restore(tmp_path / "b.zip")
    assert [remark.partition(":")[0] for remark in restored.remarks] == [
        "A payrun is not the sum of its transfers"
    ]


def test_text_that_is_too_long_for_postgres_is_named(
    place: Place, taken: Path, elsewhere: Elsewhere
) -> None:
    changed = tamper(taken, cell("request", "topic", "n" * 500))
    elsewhere(server="").restore(changed)
    other = elsewhere()
    if SERVER:
        assert "The rows of request do not fit into this database" in refused(other, changed)
    else:
        other.restore(changed)


def test_a_database_in_use_is_not_replaced(
    place: Place, taken: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.engines.WAIT_SECONDS", 0.5)
    impatient = db.Limits(statement_seconds=0, lock_seconds=0.5, idle_seconds=0)
    url = place.engine.url.render_as_string(hide_password=False)
    other = Place(db.make_engine(url, impatient), place.settings.var)
    before = place.rows()
    with db.transaction(place.engine) as session:
        session.connection().execute(text("UPDATE sponsor SET population = 1"))
        with pytest.raises(InUse, match="stop the service and its workers"):
            other.restore(taken, replace=True)
        session.rollback()
    other.engine.dispose()
    assert place.rows() == before
