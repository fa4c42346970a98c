"""The web app as it was built: read once at the start, given out compressed, kept by browsers.

Every address below `/app` that is no file is the one page that finds its way by itself.
"""

import base64
import gzip
import hashlib
import mimetypes
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app.errors import ApiError
from app.headers import UNUSED
from app.pages.render import render_error

FOLDER = Path(__file__).resolve().parent.parent / "web" / "build"
"""Where `make web` builds it, in a checkout as in the image."""
PAGE = "index.html"
LASTING = "_app/immutable/"
"""Files whose names change with what is in them."""
FOR_EVER, ASK_AGAIN = "public, max-age=31536000, immutable", "no-cache"
SQUEEZED = (".br", ".gz")
"""Files that the build lays beside others: the same in fewer bytes."""
TOO_SMALL = 512
"""Bytes below which compressing wins nothing."""
KINDS = {".webmanifest": "application/manifest+json", ".js": "text/javascript"}
_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
ANNOUNCER = "S8qMpvofolR8Mpjy4kQvEm7m1q8clzU4dfDH0AmvZjo="
"""Hash of the one style attribute in the app: the framework hides with it what it reads out."""
_PERMISSIONS = ", ".join(f"{one}=({'self' if one == 'camera' else ''})" for one in UNUSED)
"""The camera reads the code of an institution; only the app asks for it."""


class NotBuilt(ApiError):
    """This installation has no web app."""

    status, slug, title = 503, "app-not-built", "The app is not built"
    de = (
        "Die App ist auf diesem Server nicht eingerichtet. Sie können sich ohne App anmelden. Wer"
        " den Server betreibt: Bitte „make web“ ausführen und neu starten."
    )
    en = (
        "The app is not set up on this server. You can sign in without the app. Whoever runs the"
        " server: please run “make web” and restart."
    )


@dataclass(frozen=True)
class File:
    """A built file: what it is, its bytes, and how long a browser may keep it."""

    kind: str
    content: bytes
    kept: str
    brotli: bytes | None = None
    """The same as the build has squeezed it, smaller still."""

    @cached_property
    def tag(self) -> str:
        """Names this content: a browser that has it is told so."""
        # Weak: squeezed or not, it is the same content in other bytes.
        return f'W/"{hashlib.sha256(self.content).hexdigest()[:32]}"'

    @cached_property
    def squeezed(self) -> bytes | None:
        """Its bytes in gzip, where that makes it smaller."""
        if len(self.content) < TOO_SMALL or self.kind.startswith("image/png"):
            return None
        return gzip.compress(self.content, mtime=0)


def read(folder: Path) -> dict[str, File]:
    """Every built file by its path below `folder`; empty where nothing was built."""
    paths = [
        one for one in sorted(folder.rglob("*")) if one.is_file() and one.suffix not in SQUEEZED
    ]
    if not (folder / PAGE).is_file():
        return {}
    return {path.relative_to(folder).as_posix(): _file(folder, path) for path in paths}


def _file(folder: Path, path: Path) -> File:
    known = KINDS.get(path.suffix) or mimetypes.guess_type(path.name)[0]
    lasting = path.relative_to(folder).as_posix().startswith(LASTING)
    squeezed = path.with_name(path.name + ".br")
    return File(
        kind=known or "application/octet-stream",
        content=path.read_bytes(),
        kept=FOR_EVER if lasting else ASK_AGAIN,
        brotli=squeezed.read_bytes() if squeezed.is_file() else None,
    )


def policy(page: str) -> str:
    """What the page may load: our own files, and the scripts that stand in it, by their hashes."""
    scripts = " ".join(f"'sha256-{_digest(found)}'" for found in _SCRIPT.findall(page))
    return (
        f"default-src 'none'; script-src 'self' {scripts};"
        f" style-src 'self' 'unsafe-hashes' 'sha256-{ANNOUNCER}'; img-src 'self' data: blob:;"
        " connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self';"
        " base-uri 'none'; frame-ancestors 'none'"
    )


def is_built() -> bool:
    """Whether there is an app to give out."""
    return (FOLDER / PAGE).is_file()


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


class Web:
    """Gives out the app below the address it is mounted at."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self.files = read(folder)
        page = self.files.get(PAGE)
        self.headers: Mapping[str, str] = {
            "Content-Security-Policy": policy(page.content.decode() if page else ""),
            "Permissions-Policy": _PERMISSIONS,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        answer: ASGIApp = self.answer(Request(scope))
        await answer(scope, receive, send)

    def answer(self, request: Request) -> Response:
        """The file that is asked for, the page for everything else, 404 for a file of old."""
        if request.method not in ("GET", "HEAD"):
            return Response(status_code=405, headers={"Allow": "GET, HEAD"})
        path = request.scope["path"].removeprefix(request.scope.get("root_path", "")).lstrip("/")
        file = self.files.get(path)
        if file is None and path.startswith("_app/"):
            # A page of an older version asks for what is no more: it loads itself again.
            return Response(status_code=404, headers={"Cache-Control": "no-store"})
        file = file or self.files.get(PAGE)
        if file is None:
            return render_error(request, NotBuilt(), "/sign-in")
        return self._given(request, file)

    def _given(self, request: Request, file: File) -> Response:
        headers = {**self.headers, "Cache-Control": file.kept, "ETag": file.tag}
        headers["Vary"] = "Accept-Encoding"
        if file.tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        taken = _encodings(request.headers.get("accept-encoding", ""))
        for name, content in (("br", file.brotli), ("gzip", file.squeezed)):
            if content and name in taken:
                headers["Content-Encoding"] = name
                return Response(content, media_type=file.kind, headers=headers)
        return Response(file.content, media_type=file.kind, headers=headers)


def _encodings(header: str) -> set[str]:
    """What a browser unpacks; `gzip;q=0` says that it does not."""
    named = (one.replace(" ", "").lower().partition(";q=") for one in header.split(","))
    return {name for name, _, weight in named if weight.strip("0.") or not weight}
