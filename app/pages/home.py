"""`/`: where to go from here."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from app.errors import locale_of
from app.pages.render import render

router = APIRouter(include_in_schema=False)
TITLES = {"de": "Lotsenwerk läuft", "en": "Lotsenwerk is running"}


@router.get("/")
def home(request: Request) -> HTMLResponse:
    """A page that says what this is and where the contract lies."""
    return render(request, "home.html", title=TITLES[locale_of(request)])


@router.get("/app")
def to_app() -> RedirectResponse:
    """The app, also for whoever types its address without the last stroke."""
    return RedirectResponse("/app/", status_code=308)
