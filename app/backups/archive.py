"""The file of a backup: a ZIP with a manifest, one file of JSON lines per table, and key files.

It is written under a temporary name and gets its own only when it is whole and on the disk. Before
anything of it is used, every part is compared with its checksum.
"""

import hashlib
import json
import lzma
import os
import struct
import zlib
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import IO, Any
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from pydantic import BaseModel, ConfigDict

from app.backups.cells import Kind
from app.backups.refusals import BackupError, Damaged

FORMAT = 1
MANIFEST = "manifest.json"
CHUNK = 1 << 20
LEVEL = 6
MOST_AT_ONCE = 64 * CHUNK
"""The longest part that is read in one piece: a manifest, a key."""
_UNREADABLE = (
    BadZipFile, zlib.error, lzma.LZMAError, struct.error, OSError, EOFError, KeyError, ValueError,
    RuntimeError,
)  # fmt: skip
"""What a ZIP that was changed by chance or on purpose makes its reader say."""


class Part(BaseModel):
    """One file inside: its name and the SHA-256 of its content."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str
    sha256: str


class TablePart(Part):
    """The rows of one table, a JSON array on each line."""

    table: str
    columns: list[tuple[str, Kind]]
    rows: int


class Manifest(BaseModel):
    """What a backup holds, and of which program and database."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    format: int
    program: str
    revision: str
    database: str
    taken_at: datetime
    secret: str
    """Fingerprint of the key of the pseudonyms; empty when there was none yet."""
    tables: list[TablePart]
    queue: TablePart
    files: list[Part]

    @property
    def rows(self) -> int:
        """How many rows it holds altogether."""
        return sum(part.rows for part in self.tables)


class Writer:
    """Writes the parts of one archive, one after the other."""

    def __init__(self, archive: ZipFile) -> None:
        self._archive = archive

    @contextmanager
    def _member(self, name: str) -> Iterator[tuple[IO[bytes], Any]]:
        info = ZipInfo(name)
        info.compress_type, info.external_attr = ZIP_DEFLATED, 0o600 << 16
        with self._archive.open(info, "w", force_zip64=True) as member:
            yield member, hashlib.sha256()

    def table(
        self, name: str, columns: Iterable[tuple[str, Kind]], rows: Iterable[list[Any]]
    ) -> TablePart:
        """Write the rows of a table as they come; they are never held together."""
        inside, count = f"{name}.jsonl", 0
        with self._member(inside) as (member, seen):
            for row in rows:
                line = json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
                seen.update(line)
                member.write(line)
                count += 1
        return TablePart(
            name=inside,
            sha256=seen.hexdigest(),
            table=Path(name).name,
            columns=list(columns),
            rows=count,
        )

    def file(self, inside: str, source: Path) -> Part:
        """Copy a file in."""
        with source.open("rb") as content, self._member(inside) as (member, seen):
            while chunk := content.read(CHUNK):
                seen.update(chunk)
                member.write(chunk)
        return Part(name=inside, sha256=seen.hexdigest())

    def manifest(self, content: Manifest) -> None:
        """Write the manifest, the last part."""
        with self._member(MANIFEST) as (member, _):
            member.write(content.model_dump_json(indent=1).encode())


def beside(path: Path, ending: str) -> Path:
    """A name in the same folder for something that lives as long as the writing."""
    return path.with_name(f".{path.name}.{os.getpid()}.{ending}")


def private(path: Path) -> int:
    """A new, empty file that only its owner may read; its descriptor.

    What was left under this name goes: nothing is written to where somebody's link points, nor into
    a file that others may read.
    """
    path.unlink(missing_ok=True)
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)


@contextmanager
def writing(path: Path) -> Iterator[Writer]:
    """A new archive at `path`: whole and on the disk at the end of the block, or not there."""
    partial = beside(path, "part")
    try:
        with os.fdopen(private(partial), "w+b") as file:
            yield from _filled(file)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
        _keep_folder(path.parent)
    except OSError as error:
        raise BackupError(f"{path} cannot be written: {error.strerror or error}.") from error
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)


def _filled(file: IO[bytes]) -> Iterator[Writer]:
    archive = ZipFile(file, "w", ZIP_DEFLATED, compresslevel=LEVEL)
    try:
        yield Writer(archive)
        archive.close()
    finally:
        # After a failure nothing more is written, not even when it is thrown away.
        archive.fp = None


def _keep_folder(folder: Path) -> None:
    """Put the new name itself on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class Reader:
    """A backup whose every part was compared with its checksum."""

    def __init__(self, archive: ZipFile, manifest: Manifest) -> None:
        self._archive = archive
        self.manifest = manifest

    def rows(self, part: TablePart) -> Generator[list[Any], None, None]:
        """The rows of a table, one after the other; to be closed when not read to the end."""
        with self._archive.open(part.name) as member:
            for line in member:
                yield json.loads(line)

    def copy(self, part: Part, target: Path) -> None:
        """Write a file from inside to `target`, readable by its owner only."""
        with self._archive.open(part.name) as member, os.fdopen(private(target), "wb") as file:
            while chunk := member.read(CHUNK):
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())

    def text(self, part: Part) -> str:
        """A small file from inside."""
        try:
            return _whole(self._archive, part.name).decode().strip()
        except ValueError as error:
            raise Damaged(f"{part.name} cannot be read") from error


@contextmanager
def reading(path: Path, *, each: Callable[[str], None] = lambda _: None) -> Iterator[Reader]:
    """The backup at `path`, looked through from end to end; refuses what is not whole.

    `each` is called with the name of every part that is looked at.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise BackupError(f"{path} cannot be read: {error.strerror or error}.") from error
    with file, _opened(file) as archive:
        manifest = _manifest(archive)
        for part in (*manifest.tables, manifest.queue, *manifest.files):
            each(part.name)
            _compare(archive, part)
        yield Reader(archive, manifest)


def _opened(file: IO[bytes]) -> ZipFile:
    try:
        return ZipFile(file)
    except _UNREADABLE as error:
        raise Damaged("it is no ZIP file, or its end is missing") from error


def _whole(archive: ZipFile, name: str) -> bytes:
    """A part in one piece; one that would unpack to more than it may is none of ours."""
    if archive.getinfo(name).file_size > MOST_AT_ONCE:
        raise Damaged(f"{name} is too large")
    return archive.read(name)


def _manifest(archive: ZipFile) -> Manifest:
    try:
        content = json.loads(_whole(archive, MANIFEST))
        if isinstance(content, dict) and content.get("format", 0) > FORMAT:
            raise BackupError(
                "This backup was made by a newer version: restore it with that one or a later one."
            )
        return Manifest.model_validate(content)
    except BackupError:
        raise
    except (*_UNREADABLE, TypeError) as error:
        raise Damaged("its manifest cannot be read") from error


def _compare(archive: ZipFile, part: Part) -> None:
    seen, lines = hashlib.sha256(), 0
    try:
        with archive.open(part.name) as member:
            while chunk := member.read(CHUNK):
                seen.update(chunk)
                lines += chunk.count(b"\n")
    except _UNREADABLE as error:
        raise Damaged(f"{part.name} cannot be read") from error
    if seen.hexdigest() != part.sha256:
        raise Damaged(f"{part.name} was changed")
    if isinstance(part, TablePart) and lines != part.rows:
        raise Damaged(f"{part.name} does not hold {part.rows} rows")
