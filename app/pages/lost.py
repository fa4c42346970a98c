"""Where nothing is: a page for people, data for programs."""

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

from app import errors
from app.errors import ApiError, NotFound
from app.pages.render import render_error

INTERFACE = "/api/"


class PageUnknown(NotFound):
    """There is no such page: the address is mistyped or was cut off."""

    de = (
        "Diese Seite gibt es nicht. Bitte prüfen Sie die Adresse. Sie haben einen Link bekommen?"
        " Dann öffnen Sie ihn bitte noch einmal aus der Nachricht."
    )
    en = (
        "There is no such page. Please check the address. Have you received a link? Then please"
        " open it again from the message."
    )


def is_for_people(request: Request) -> bool:
    """Whether a browser shows the answer; programs do not ask for pages."""
    wants_page = "text/html" in request.headers.get("accept", "").lower()
    return wants_page and not request.url.path.startswith(INTERFACE)


def refusal(request: Request, error: ApiError) -> Response:
    """An expected failure as the page or the data that the caller can read."""
    if is_for_people(request):
        return render_error(request, error)
    return errors.refusal(request, error)


def _framework(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this type only
    said = errors.told(request, error)
    if said is None or not is_for_people(request):
        return errors.framework(request, error)
    page = render_error(request, PageUnknown() if isinstance(said, NotFound) else said)
    page.headers.update(error.headers or {})
    return page


def install(app: FastAPI) -> None:
    """Let a mistyped address in a browser end on a page."""
    app.add_exception_handler(HTTPException, _framework)
