"""An export as an answer: data, a document, or both in one file. Nothing lies on a disk."""

import io
import json
import zipfile
from typing import Literal

from fastapi import Response

from app.privacy import document
from app.privacy.exporting import Export

Format = Literal["json", "pdf", "zip"]
_TYPES: dict[str, str] = {
    "json": "application/json",
    "pdf": "application/pdf",
    "zip": "application/zip",
}
NAMES = {"de": "auskunft", "en": "my-data"}


def answer(export: Export, kind: Format, locale: str) -> Response:
    """The file to be saved; caches keep nothing of it."""
    return Response(
        content(export, kind, locale),
        media_type=_TYPES[kind],
        headers={
            "Content-Disposition": f'attachment; filename="{NAMES[locale]}.{kind}"',
            "Cache-Control": "no-store",
        },
    )


def content(export: Export, kind: Format, locale: str) -> bytes:
    """The bytes of the file."""
    if kind == "pdf":
        return document.pdf(export, locale)
    data = json.dumps(export.as_json(), ensure_ascii=False, indent=1).encode()
    if kind == "json":
        return data
    name = NAMES[locale]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{name}.json", data)
        archive.writestr(f"{name}.pdf", document.pdf(export, locale))
    return packed.getvalue()
