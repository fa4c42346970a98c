"""Files that were sent along with a request, read once and no larger than allowed."""

from typing import Annotated

from fastapi import Depends, File, Request, UploadFile

from app import limits
from app.errors import TooLarge


def contents(
    request: Request, files: Annotated[list[UploadFile], File(max_length=3)]
) -> dict[str, bytes]:
    """What was uploaded, by file name; a unit of work that is run again finds the files closed."""
    if not hasattr(request.state, "contents"):
        request.state.contents = _named(files)
    found: dict[str, bytes] = request.state.contents
    return found


def _named(files: list[UploadFile]) -> dict[str, bytes]:
    """Each file under a name of its own: banks call every statement the same."""
    found: dict[str, bytes] = {}
    for number, file in enumerate(files, 1):
        name = file.filename or "liste"
        while name in found:
            name = f"{number}-{name}"
        found[name] = _read(file)
    return found


def _read(file: UploadFile) -> bytes:
    content = file.file.read(limits.UPLOAD_BYTES + 1)
    if len(content) > limits.UPLOAD_BYTES:
        raise TooLarge(limit=limits.in_words(limits.UPLOAD_BYTES))
    return content


Uploaded = Annotated[dict[str, bytes], Depends(contents)]
"""Up to three files by name."""
