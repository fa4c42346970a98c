"""What the log says of a failure: where it was and of which kind, and nothing about people.

Whoever writes to the log, a library too, writes no text of an exception in full: a database quotes
the row that it refuses, a parser the value.
"""

import logging
import traceback
from collections.abc import Iterator
from typing import Any

from app.jobs.registry import in_short

_plain = logging.getLogRecordFactory()


def install() -> None:
    """From now on every entry with a failure tells it so; calling it again changes nothing."""
    logging.setLogRecordFactory(_record)


def _record(*args: Any, **more: Any) -> logging.LogRecord:
    record = _plain(*args, **more)
    if record.exc_info and record.exc_info[1] is not None:
        # A formatter takes this text and makes none of its own.
        record.exc_text = told(record.exc_info[1])
    return record


def told(error: BaseException) -> str:
    """The failure and what led to it, the first cause first: files, lines, kinds."""
    return "\n".join(reversed([_one(each) for each in _chain(error)]))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _one(error: BaseException) -> str:
    frames = "".join(traceback.format_tb(error.__traceback__))
    return frames + (in_short(error) if isinstance(error, Exception) else type(error).__name__)
