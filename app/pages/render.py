"""Pages made on the server: no script, no account, German first."""

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any

from fastapi import Form, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.exceptions import HTTPException

from app.db import UnitOfWork
from app.errors import ApiError, Invalid, locale_of, note, told

FOLDER = Path(__file__).parent
STATIC = StaticFiles(directory=FOLDER / "static")
"""What the pages load, to be mounted at `/static`."""

Answer = Annotated[str, Form(max_length=10)]
"""Which of two buttons was pressed: `yes` or `no`."""

_environment = Environment(
    loader=FileSystemLoader(FOLDER / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ERROR_TITLES = {"de": "Das hat nicht geklappt", "en": "That did not work"}
_ON = {
    "de": {"/": "Zur Startseite", "/sign-in": "Zur Anmeldung"},
    "en": {"/": "To the start page", "/sign-in": "To the sign-in"},
}
"""Where to go on from a failure."""


class FormUnreadable(Invalid):
    """A form came with values that no browser sends from our pages."""

    de = (
        "Diese Angaben können wir nicht lesen. Bitte gehen Sie zurück und versuchen es noch einmal."
    )
    en = "We cannot read what was sent. Please go back and try again."


def render(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A page in the reader's language; every value is escaped."""
    locale = locale_of(request)
    html = _environment.get_template(template).render(locale=locale, **values)
    headers = {"Content-Language": locale, "Vary": "Accept-Language"}
    return HTMLResponse(html, status, headers=headers)


def render_error(request: Request, error: ApiError, on: str = "/") -> HTMLResponse:
    """An expected failure as a page with its status, and the address where it goes on."""
    locale = locale_of(request)
    page = render(
        request,
        "error.html",
        status=error.status,
        title=_ERROR_TITLES[locale],
        detail=error.detail(locale),
        go=(_ON[locale][on], on),
    )
    page.headers.update(error.sent_headers())
    return page


class PageRoute(UnitOfWork):
    """A page whose request is one transaction; a failure is a page as well."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler of `UnitOfWork`, with readable failures."""
        carry_out = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                return await carry_out(request)
            except ApiError as error:
                note(request, error)
                return self.refused(request, error)
            except RequestValidationError:
                return render_error(request, FormUnreadable())
            except HTTPException as error:
                return render_error(request, told(request, error) or FormUnreadable())

        return handle

    def refused(self, request: Request, error: ApiError) -> Response:
        """The page of an expected failure."""
        return render_error(request, error)
