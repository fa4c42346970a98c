"""Security headers on every answer, by its kind: data, a page, or a file that pages load."""

from functools import lru_cache

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

DATA_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'"
)
UNUSED = (
    "accelerometer", "autoplay", "camera", "display-capture", "encrypted-media", "fullscreen",
    "geolocation", "gyroscope", "magnetometer", "microphone", "midi", "payment",
    "picture-in-picture", "publickey-credentials-get", "screen-wake-lock", "usb",
    "xr-spatial-tracking",
)  # fmt: skip
"""What a browser can do and our pages never ask for. Sharing is not among it: half of the browsers
do not know its name and complain, and without a word about it only our own pages may share."""
HEADERS = {
    "Content-Security-Policy": DATA_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": ", ".join(f"{one}=()" for one in UNUSED),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""On data; the others differ in what stands below."""
TRANSPORT = {"Strict-Transport-Security": "max-age=31536000"}
"""Only where people reach the service over https. Whether all subdomains do, the service cannot
know."""
STATIC = "/static/"
KEPT = "public, max-age=3600"


@lru_cache
def headers_of(kind: str, base_url: str) -> dict[str, str]:
    """The headers of an answer: `data`, `page` or `static`."""
    found = HEADERS | (TRANSPORT if base_url.startswith("https://") else {})
    if kind == "page":
        return found | {"Content-Security-Policy": PAGE_POLICY}
    if kind == "static":
        return found | {"Cache-Control": KEPT}
    return found


def kind_of(path: str, status: int, content_type: str) -> str:
    """What kind of answer this is: only what is really there may be kept."""
    if content_type.startswith("text/html"):
        return "page"
    return "static" if path.startswith(STATIC) and status in (200, 206, 304) else "data"


class SecurityHeaders:
    """Adds the headers unless a route set its own."""

    def __init__(self, app: ASGIApp, base_url: str) -> None:
        self.app = app
        self.base_url = base_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and complete the answer's headers."""

        async def complete(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                content_type = headers.get("content-type", "")
                kind = kind_of(scope["path"], message["status"], content_type)
                for name, value in headers_of(kind, self.base_url).items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, complete if scope["type"] == "http" else send)
