"""Files that are made to harm: a backup that no longer is one, a link where it is written to."""

import stat
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from app.backups import archive
from app.backups.archive import FORMAT, Manifest
from app.backups.cells import Kind
from app.backups.refusals import BackupError, Damaged


def small(path: Path) -> Path:
    """A backup of one table with two rows."""
    with archive.writing(path) as writer:
        columns = [("id", Kind.TEXT)]
        writer.manifest(
            Manifest(
                format=FORMAT,
                program="test",
                revision="any",
                database="sqlite",
                taken_at=datetime(2027, 1, 4, tzinfo=UTC),
                secret="",
                tables=[writer.table("tables/x", columns, [["a"], ["b"]])],
                queue=writer.table("queue", columns, []),
                files=[],
            )
        )
    return path


def test_whatever_byte_is_wrong_it_is_one_sentence(tmp_path: Path) -> None:
    """Also where the byte tells how it is packed, how long it is, or where it begins."""
    content, broken = small(tmp_path / "b.zip").read_bytes(), tmp_path / "broken.zip"
    changes = [{place: value} for place in range(len(content)) for value in (0, 1, 12, 14, 255)]
    random = Random(1)
    changes += [
        {random.randrange(len(content)): random.randrange(256) for _ in range(5)}
        for _ in range(1000)
    ]
    noticed = 0
    for change in changes:
        flipped = bytearray(content)
        for place, value in change.items():
            flipped[place] = value
        broken.write_bytes(flipped)
        try:
            with archive.reading(broken) as reader:
                assert list(reader.rows(reader.manifest.tables[0])) == [["a"], ["b"]]
        except BackupError:
            noticed += 1
    assert noticed > len(changes) / 2


def test_a_manifest_that_would_fill_the_memory_is_not_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bomb = tmp_path / "bomb.zip"
    with ZipFile(bomb, "w", ZIP_DEFLATED) as made, made.open(archive.MANIFEST, "w") as member:
        for _ in range(65):
            member.write(b" " * archive.CHUNK)
    assert bomb.stat().st_size < 100_000
    monkeypatch.setattr(ZipFile, "read", lambda *_: pytest.fail("it was unpacked"))
    with pytest.raises(Damaged, match="too large"), archive.reading(bomb):
        pass


def test_nothing_is_written_where_a_strange_link_points(tmp_path: Path) -> None:
    """In a folder of several users somebody may have laid a link under the name that is used."""
    victim, target = tmp_path / "victim", tmp_path / "b.zip"
    victim.write_text("dear")
    archive.beside(target, "part").symlink_to(victim)
    small(target)
    assert victim.read_text() == "dear"
    assert not target.is_symlink()
    archive.beside(target, "part").touch(0o666)
    small(target)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
