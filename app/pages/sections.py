"""Pages of sections: sentences, forms with their fields, mistakes beside their field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from markupsafe import Markup

from app.access import FactorNeeded, ProofNeeded
from app.accounts.refusals import OldPasswordNeeded
from app.errors import ApiError, NotSignedIn
from app.pages.render import PageRoute, render

Mistakes = dict[str, str]
"""What is wrong, by the id of the field beside which it stands."""
ORIGIN_ONLY = "strict-origin"
"""Without the origin older browsers could not show that a form is ours; no address goes along."""


@dataclass(frozen=True)
class Field:
    """One thing to type."""

    name: str
    label: str
    kind: str = "text"
    autocomplete: str = "off"
    longest: int = 200
    hint: str = ""
    value: str = ""
    is_code: bool = False


@dataclass(frozen=True)
class Form:
    """What is typed, and the button that sends it."""

    name: str
    action: str
    button: str
    fields: tuple[Field, ...] = ()
    hidden: Mapping[str, str] = field(default_factory=dict)
    is_main: bool = False
    says: str = ""
    """What the button says to who does not see what it stands beside."""


@dataclass(frozen=True)
class Line:
    """A line of a list, with what can be done about it."""

    title: str
    detail: str
    form: Form | None = None


@dataclass(frozen=True)
class Link:
    """Where a section leads, as a button."""

    label: str
    address: str
    is_main: bool = False


@dataclass(frozen=True)
class Section:
    """A part of a page."""

    title: str = ""
    sentences: tuple[str, ...] = ()
    forms: tuple[Form, ...] = ()
    rows: tuple[Line, ...] = ()
    figure: Markup | str = ""
    secret: str = ""
    link: Link | None = None


def page(
    request: Request,
    *,
    words: Mapping[str, str],
    title: str,
    sections: Sequence[Section],
    lead: str = "",
    mistakes: Mistakes | None = None,
    done: str = "",
    further: tuple[str, str] | None = None,
) -> HTMLResponse:
    """A page of sections: what was just `done`, and where it goes `further`, in words and address.

    One with mistakes was refused.
    """
    answer = render(
        request,
        "sections.html",
        status=422 if mistakes else 200,
        words=words,
        title=title,
        sections=sections,
        lead=lead,
        mistakes=mistakes or {},
        done=done,
        further=further,
    )
    answer.headers["Referrer-Policy"] = ORIGIN_ONLY
    return answer


def seen_after(path: str) -> RedirectResponse:
    """Go there with a GET: reloading the page does nothing again."""
    return RedirectResponse(path, 303)


class SignedInRoute(PageRoute):
    """A page for who is signed in: whoever has to show more first is led there."""

    def refused(self, request: Request, error: ApiError) -> Response:
        """Where to go first, or the page of the failure."""
        if isinstance(error, NotSignedIn):
            return seen_after("/sign-in")
        if isinstance(error, FactorNeeded):
            return seen_after("/sign-in/factor")
        if isinstance(error, (ProofNeeded, OldPasswordNeeded)):
            return seen_after("/account/proof")
        return super().refused(request, error)
