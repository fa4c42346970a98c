"""Expected failures and how they travel: the only place that knows problem+json (RFC 9457)."""

import logging
import uuid
from collections.abc import Mapping
from typing import Any, ClassVar

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException

from app import limits
from app.headers import headers_of
from app.settings import get_settings

log = logging.getLogger(__name__)

TELLING = frozenset({
    "wrong-password",
    "wrong-code",
    "password-refused",
    "code-refused",
    "too-many-tries",
})  # fmt: skip
"""Refusals besides those of rights that are noted: somebody may be guessing."""


class ApiError(Exception):
    """Something a caller can understand and mend.

    A subclass names its `status`, `slug` and `title` and one sentence in German and English;
    words in braces are filled from the keyword arguments, which also travel as members.
    """

    status: ClassVar[int] = 400
    slug: ClassVar[str] = "bad-request"
    title: ClassVar[str] = "Bad request"
    de: ClassVar[str] = "Die Anfrage ist fehlerhaft."
    en: ClassVar[str] = "The request is wrong."
    headers: ClassVar[dict[str, str]] = {}

    def __init__(self, **members: Any) -> None:
        super().__init__(self.en.format_map(members))
        self.members = members

    def detail(self, locale: str) -> str:
        """The sentence in German, or in English for `locale` "en"."""
        return (self.en if locale == "en" else self.de).format_map(self.members)

    def sent_headers(self) -> dict[str, str]:
        """What stands above the answer; a member `retry_after` also stands there, in seconds."""
        wait = self.members.get("retry_after")
        return self.headers | ({"Retry-After": str(wait)} if wait is not None else {})


class NotSignedIn(ApiError):
    """No valid session or token came with the request."""

    status, slug, title = 401, "not-signed-in", "Not signed in"
    de = "Bitte melden Sie sich an."
    en = "Please sign in."
    headers: ClassVar[dict[str, str]] = {"WWW-Authenticate": "Bearer"}


class Forbidden(ApiError):
    """The object is visible, but this role may not do that."""

    status, slug, title = 403, "forbidden", "Not allowed"
    de = "Das ist mit Ihrer Rolle nicht erlaubt."
    en = "Your role does not allow this."


class NotFound(ApiError):
    """There is no such object, or it is not visible to the caller."""

    status, slug, title = 404, "not-found", "Not found"
    de = "Das gibt es hier nicht."
    en = "There is nothing here."


class Conflict(ApiError):
    """The state of the object forbids it."""

    status, slug, title = 409, "conflict", "The state forbids this"
    de = "Das geht im jetzigen Zustand nicht mehr."
    en = "The current state does not allow this."


class StateForbids(Conflict):
    """A step does not begin where the object is; `words` names each state in German, as `word`."""

    words: ClassVar[Mapping[str, str]]

    def __init__(self, state: str) -> None:
        super().__init__(state=state, word=self.words[state])


class Invalid(ApiError):
    """A value is well-formed but wrong; `sentence` says what to do."""

    status, slug, title = 422, "invalid", "Invalid value"
    de = "{sentence}"
    en = "{sentence}"


class TooLarge(ApiError):
    """The body or the file is larger than allowed."""

    status, slug, title = 413, "too-large", "Too large"
    de = "Das ist zu groß: Bitte höchstens {limit} senden."
    en = "This is too large: please send at most {limit}."


class TooSlow(ApiError):
    """The body did not arrive in time."""

    status, slug, title = 408, "too-slow", "Too slow"
    de = "Die Daten sind nicht rechtzeitig angekommen. Bitte versuchen Sie es noch einmal."
    en = "The data did not arrive in time. Please try again."


class MethodNotAllowed(ApiError):
    """The address is there, but nothing like this can be done with it."""

    status, slug, title = 405, "method-not-allowed", "Method Not Allowed"
    de = "Das geht an dieser Adresse nicht."
    en = "This cannot be done at this address."


class Busy(ApiError):
    """The database is busy; the same request may simply be sent again."""

    status, slug, title = 503, "busy", "Busy"
    de = "Gerade ist viel los. Bitte versuchen Sie es gleich noch einmal."
    en = "The service is busy. Please try again in a moment."
    headers: ClassVar[dict[str, str]] = {"Retry-After": "2"}


class FieldError(BaseModel):
    """One field that was refused: a JSON pointer and why."""

    pointer: str
    detail: str


class Problem(BaseModel):
    """Every error answer of this service (RFC 9457)."""

    model_config = ConfigDict(extra="allow")
    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldError] | None = None


PROBLEM_RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {"description": text, "content": {"application/problem+json": {"schema": ref}}}
    for ref in [{"$ref": "#/components/schemas/Problem"}]
    for status, text in {
        400: "The body cannot be read",
        401: "Not signed in",
        403: "Visible, but not allowed",
        404: "Not found, or not visible to you",
        409: "The state forbids it",
        412: "Stale `If-Match`",
        408: "Too slow",
        413: "Too large",
        414: "Address too long",
        422: "A value is wrong",
        428: "`If-Match` is missing",
        429: "Too many requests",
        431: "Headers too large",
        503: "Busy; try again",
    }.items()
}


def locale_of(request: Request) -> str:
    """German unless the caller prefers English."""
    wanted = request.headers.get("accept-language", "de").lower()
    return "en" if wanted.startswith("en") else "de"


def _answer(problem: Problem, headers: dict[str, str] | None = None) -> JSONResponse:
    return JSONResponse(
        problem.model_dump(exclude_none=True),
        status_code=problem.status,
        headers=headers,
        media_type="application/problem+json",
    )


def refusal(request: Request, error: ApiError) -> JSONResponse:
    """An expected failure as an answer: for a route that keeps what it wrote beside it."""
    members = {k: v for k, v in error.members.items() if isinstance(v, str | int | float | list)}
    problem = Problem(
        type=f"/problems/{error.slug}",
        title=error.title,
        status=error.status,
        detail=error.detail(locale_of(request)),
        **members,
    )
    return _answer(problem, error.sent_headers())


def _expected(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, ApiError)  # noqa: S101 - registered for this type only
    note(request, error)
    return refusal(request, error)


def note(request: Request, error: ApiError) -> None:
    """A line about a refusal of rights or a guess, for whoever looks for attacks.

    Ids and the form of the path only. Whoever makes the answer to a failure calls it.
    """
    if error.status != 403 and error.slug not in TELLING:
        return
    path = getattr(request.scope.get("route"), "path", "?")
    who = getattr(request.state, "account_id", None) or "nobody"
    log.warning("refused: %s %s: %s, account %s", request.method, path, error.slug, who)


def _malformed(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this type only
    fields = [
        FieldError(pointer="/" + "/".join(str(part) for part in item["loc"]), detail=item["msg"])
        for item in error.errors()
    ]
    detail = "; ".join(f"{field.pointer}: {field.detail}" for field in fields[:3])
    problem = Problem(
        type="/problems/invalid", title="Invalid value", status=422, detail=detail, errors=fields
    )
    return _answer(problem)


def told(request: Request, error: HTTPException) -> ApiError | None:
    """What the framework found wrong, in our words; None where we have none."""
    if error.status_code == 413:
        return TooLarge(limit=limits.in_words(limits.body_bytes(request.url.path)))
    kind = {404: NotFound, 405: MethodNotAllowed}.get(error.status_code)
    return kind() if kind else None


def framework(request: Request, error: Exception) -> Response:
    """What the framework refuses, as an answer."""
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this type only
    said = told(request, error)
    if said is not None:
        answer = refusal(request, said)
        answer.headers.update(error.headers or {})
        return answer
    slug = {400: "unreadable"}.get(error.status_code, "error")
    detail = str(error.detail)
    problem = Problem(
        type=f"/problems/{slug}", title=detail, status=error.status_code, detail=detail
    )
    return _answer(problem, dict(error.headers or {}))


def _unexpected(request: Request, error: Exception) -> JSONResponse:
    request_id = str(uuid.uuid4())
    sentence = {
        "de": "Da ist etwas schiefgegangen. Bitte nennen Sie uns die Nummer.",
        "en": "Something went wrong. Please tell us the number.",
    }
    log.error("request %s failed", request_id, exc_info=error)
    problem = Problem(
        type="/problems/internal",
        title="Internal error",
        status=500,
        detail=sentence[locale_of(request)],
        request_id=request_id,
    )
    # This answer is made outside the middleware that adds the headers to all others.
    return _answer(problem, headers_of("data", get_settings().base_url))


def _kinds(root: type[ApiError]) -> list[type[ApiError]]:
    return [kind for child in root.__subclasses__() for kind in [child, *_kinds(child)]]


def problem_types() -> dict[str, dict[str, Any]]:
    """Every problem type by its address, for the contract."""
    found = {
        f"/problems/{kind.slug}": {
            "status": kind.status,
            "title": kind.title,
            "description": (kind.__doc__ or "").strip(),
        }
        for kind in reversed(_kinds(ApiError))
    }
    return dict(sorted(found.items()))


def install(app: FastAPI) -> None:
    """Register the handlers on the application."""
    app.add_exception_handler(ApiError, _expected)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, framework)
    app.add_exception_handler(Exception, _unexpected)
