"""What lies beside the database in `LOTSENWERK_VAR`: keys and mails that have not left yet."""

import hmac
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from app.backups.archive import Manifest, Part, Reader, Writer, beside
from app.backups.refusals import BackupError, Damaged
from app.sealing import old_secrets
from app.settings import Settings

FOLDER = "files/"
SECRET, PUSH_KEY = "secret", "vapid.pem"
_KNOWN = re.compile(r"files/(secret|vapid\.pem|outbox/[\w-]{1,80}\.eml)")
"""Nothing else is written on restoring, wherever a name may point."""


def _given(settings: Settings, name: str) -> str:
    """The key that the environment gives in place of a file; empty when it gives none."""
    given = {SECRET: settings.secret, PUSH_KEY: settings.vapid_key}
    return given[name].get_secret_value() if name in given else ""


def fingerprint(key: str) -> str:
    """By which a key is known again; it gives nothing of the key away."""
    return hmac.digest(key.encode(), b"lotsenwerk backup", "sha256").hex()[:32] if key else ""


def secret(settings: Settings) -> str:
    """The key of the pseudonyms as it is now; empty when none was needed yet."""
    path = settings.var / SECRET
    if _given(settings, SECRET) or not path.exists():
        return _given(settings, SECRET)
    _require_readable(path)
    return path.read_text().strip()


def _fingerprints(settings: Settings) -> set[str]:
    """Of the key as it is now, and of those of the past that still open what they sealed."""
    return {fingerprint(key) for key in (secret(settings), *old_secrets(settings))}


def _require_readable(path: Path) -> None:
    if path.exists() and not os.access(path, os.R_OK):
        raise BackupError(f"{path} cannot be read: do this as the user of the service.")


def carried(settings: Settings) -> list[Path]:
    """The files that go into a backup; a key that the environment gives is none of them."""
    keys = [settings.var / name for name in (SECRET, PUSH_KEY) if not _given(settings, name)]
    return [path for path in keys if path.is_file()] + sorted(settings.outbox.glob("*.eml"))


def pack(writer: Writer, settings: Settings) -> list[Part]:
    """Write them into a backup; a mail that leaves meanwhile is left out."""
    parts = []
    for path in carried(settings):
        _require_readable(path)
        with suppress(FileNotFoundError):
            inside = FOLDER + path.relative_to(settings.var).as_posix()
            parts.append(writer.file(inside, path))
    return parts


def check(reader: Reader, settings: Settings, *, replace: bool) -> None:
    """Refuse when keys of this place would be lost, or no case be found again with them."""
    inside = {part.name.removeprefix(FOLDER): part for part in reader.manifest.files}
    _check_secret(reader.manifest, settings, is_inside=SECRET in inside)
    for name in (SECRET, PUSH_KEY):
        path = settings.var / name
        if name not in inside or _given(settings, name) or replace or not path.exists():
            continue
        if path.read_text().strip() != reader.text(inside[name]):
            raise BackupError(
                f"{path} is another key than the one of this backup:"
                " move it away, or restore with --replace."
            )


def _check_secret(manifest: Manifest, settings: Settings, *, is_inside: bool) -> None:
    """The key must be the same, given here as it was given there, or stand among the old ones."""
    given = _given(settings, SECRET)
    if not manifest.secret or manifest.secret in _fingerprints(settings):
        return
    if given:
        where = f"the file {FOLDER}{SECRET} inside of it" if is_inside else "where it was made"
        raise BackupError(
            "LOTSENWERK_SECRET is not the key this backup was made with:"
            f" take the one from {where}."
        )
    if not is_inside:
        raise BackupError(
            "This backup was made with LOTSENWERK_SECRET in the environment:"
            " set it to the same key."
        )


@contextmanager
def laid(reader: Reader, settings: Settings) -> Iterator[None]:
    """The files of a backup, in their places after the block, or as before when it fails."""
    ready: list[tuple[Path, Path]] = []
    try:
        for part in reader.manifest.files:
            if not _KNOWN.fullmatch(part.name):
                raise Damaged(f"it holds the unknown file {part.name}")
            name = part.name.removeprefix(FOLDER)
            if _given(settings, name):
                continue
            target = settings.var / name
            target.parent.mkdir(parents=True, exist_ok=True)
            ready.append((beside(target, "new"), target))
            reader.copy(part, ready[-1][0])
        yield
        for fresh, target in ready:
            fresh.replace(target)
    except OSError as error:
        raise BackupError(f"{settings.var} cannot be written: {error.strerror}.") from error
    finally:
        for fresh, _ in ready:
            fresh.unlink(missing_ok=True)
