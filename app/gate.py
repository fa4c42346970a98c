"""The gate: what is too long, too much or too often is refused before anything of it is read."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import limits
from app.errors import ApiError, TooLarge
from app.rates import Rates

Answer = Callable[[Request, ApiError], Response]


HEAD_ALONE = "lotsenwerk.head"
"""In the scope of a request that asks for the headers alone: nobody reads the page."""


class AddressTooLong(ApiError):
    """Path and query together are longer than any of ours."""

    status, slug, title = 414, "address-too-long", "Address too long"
    de = "Die Adresse ist zu lang: höchstens {limit} Zeichen."
    en = "The address is too long: at most {limit} characters."


class TooManyParameters(ApiError):
    """A query has more parameters than any route takes."""

    status, slug, title = 422, "too-many-parameters", "Too many parameters"
    de = "Die Adresse hat zu viele Angaben nach dem Fragezeichen: höchstens {limit}."
    en = "The address has too many parameters: at most {limit}."


class HeadersTooLarge(ApiError):
    """The headers of a request are larger or more than any browser sends."""

    status, slug, title = 431, "headers-too-large", "Headers too large"
    de = "Die Kopfzeilen der Anfrage sind zu groß. Bitte löschen Sie die Cookies dieser Seite."
    en = "The headers of the request are too large. Please delete the cookies of this site."


class Gate:
    """Stands before everything; what it refuses costs neither a thread nor the database."""

    def __init__(self, app: ASGIApp, rates: Rates, answer: Answer) -> None:
        self.app = app
        self.rates = rates
        self.answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse with a sentence, or pass the request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def note(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.rates.leave(scope, message["status"])
            await send(message)

        try:
            check(scope)
            self.rates.enter(scope)
        except ApiError as error:
            await self.answer(Request(scope), error)(scope, receive, send)
            return
        await self.app(scope, receive, note)


def check(scope: Scope) -> None:
    """Raise an `ApiError` for a request whose address, headers or stated size is too large."""
    query: bytes = scope["query_string"]
    path: bytes = scope.get("raw_path") or scope["path"].encode()
    if len(path) + len(query) > limits.TARGET_BYTES:
        raise AddressTooLong(limit=limits.TARGET_BYTES)
    if query.count(b"&") >= limits.PARAMETERS:
        raise TooManyParameters(limit=limits.PARAMETERS)
    headers: list[tuple[bytes, bytes]] = scope["headers"]
    size = sum(len(name) + len(value) for name, value in headers)
    if size > limits.HEADER_BYTES or len(headers) > limits.HEADERS:
        raise HeadersTooLarge
    most = limits.body_bytes(scope["path"])
    if _stated_size(headers) > most:
        raise TooLarge(limit=limits.in_words(most))


def _stated_size(headers: list[tuple[bytes, bytes]]) -> int:
    """What the request says about its body; a body without a size is counted as it comes."""
    stated = [value for name, value in headers if name == b"content-length"]
    return max((int(value) for value in stated if value.isdigit() and len(value) < 20), default=0)


class HeadAsGet:
    """A question for the headers alone is carried out as if it asked for all; the body stays."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass HEAD on as GET and keep the body back."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return

        async def without_body(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self.app({**scope, "method": "GET", HEAD_ALONE: True}, receive, without_body)
