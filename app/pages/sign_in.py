"""`/sign-in` and `/l/{token}`: with a password, with a code by mail, with the link in the mail."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import TypeAdapter, ValidationError

from app.access import InPerson, require_own_page
from app.accounts import service as accounts
from app.accounts.arrivals import Given
from app.accounts.codes import APP
from app.accounts.cookies import hand_over, visitor
from app.accounts.schemas import Code, FactorRead, Password
from app.accounts.sessions import Ticket
from app.bodies import Email, Typed
from app.db import SessionDep
from app.errors import ApiError, locale_of, note
from app.pages.account_words import WORDS
from app.pages.render import PageRoute, render_error
from app.pages.sections import Field, Mistakes, Section, SignedInRoute, page, seen_after
from app.pages.sections import Form as Questions


class SignInRoute(PageRoute):
    """A page of signing in: from a failure it goes on with another try."""

    def refused(self, request: Request, error: ApiError) -> Response:
        """The page of the failure."""
        return render_error(request, error, on="/sign-in")


public = APIRouter(
    route_class=SignInRoute, include_in_schema=False, dependencies=[Depends(require_own_page)]
)
second = APIRouter(route_class=SignedInRoute, include_in_schema=False)
router = APIRouter()

To = Annotated[str, Query(max_length=300)]
"""Where somebody wants to go on; only one word leads anywhere but to the account."""
Said = Annotated[str, Form(max_length=300), Typed]
_EMAIL, _CODE, _PASSWORD = TypeAdapter(Email), TypeAdapter(Code), TypeAdapter(Password)


@public.get("/sign-in")
def show_sign_in(request: Request) -> HTMLResponse:
    """The two ways to sign in."""
    return _sign_in(request)


@public.post("/sign-in")
def sign_in(
    request: Request, session: SessionDep, email: Said = "", password: Said = ""
) -> Response:
    """With address and password."""
    words = WORDS[locale_of(request)]
    address = typed(_EMAIL, email)
    if address is None:
        return _sign_in(request, email, {"password-email": words["email_wrong"]})
    engine = request.app.state.engine
    try:
        said = typed(_PASSWORD, password) or ""
        ticket = accounts.sign_in(engine, session, address, said, visitor(request))
    except ApiError as error:
        return failed(
            request,
            session,
            error,
            _sign_in(request, email, at(request, "password-password", error)),
        )
    return arrived(ticket)


@public.post("/sign-in/mail")
def mail_code(request: Request, session: SessionDep, email: Said = "") -> HTMLResponse:
    """Have a code mailed; the page is the same whoever has this address."""
    words = WORDS[locale_of(request)]
    address = typed(_EMAIL, email)
    if address is None:
        return _sign_in(request, email, {"mail-email": words["email_wrong"]})
    try:
        engine = request.app.state.engine
        accounts.ask_for_mail(engine, session, address, visitor(request).place)
    except ApiError as error:
        return failed(
            request, session, error, _sign_in(request, email, at(request, "mail-email", error))
        )
    return _ask_code(request, address)


@public.post("/sign-in/code")
def sign_in_by_code(
    request: Request, session: SessionDep, email: Said = "", code: Said = ""
) -> Response:
    """With the code that was mailed."""
    words = WORDS[locale_of(request)]
    address, digits = typed(_EMAIL, email), typed(_CODE, code)
    if address is None:
        return _sign_in(request, email, {"mail-email": words["email_wrong"]})
    if digits is None:
        return _ask_code(request, address, {"code-code": words["code_wrong"]})
    engine = request.app.state.engine
    try:
        ticket = accounts.sign_in_by_code(engine, session, address, digits, visitor(request))
    except ApiError as error:
        return failed(
            request, session, error, _ask_code(request, address, at(request, "code-code", error))
        )
    return arrived(ticket)


@public.get("/l/{token}")
def show_link(token: str, request: Request, session: SessionDep, to: To = "") -> HTMLResponse:
    """As whom the link signs in, and a button. Only looking signs nobody in."""
    words = WORDS[locale_of(request)]
    email = masked(accounts.owner_of_link(session, token))
    behind = f"?to={APP}" if to == APP else ""
    button = Questions("link", f"/l/{token}{behind}", words["sign_in"], is_main=True)
    return page(
        request,
        words=words,
        title=words["link_title"].format(email=email),
        sections=[Section(sentences=(words["link_lead"],), forms=(button,))],
    )


@public.post("/l/{token}")
def sign_in_by_link(token: str, request: Request, session: SessionDep, to: To = "") -> Response:
    """With the link that was mailed; it leads to the account, or into the app and nowhere else."""
    ticket = accounts.sign_in_by_link(session, token, visitor(request))
    return arrived(ticket, "/app/" if to == APP else "/account")


@second.get("/sign-in/factor")
def show_factor(request: Request, session: SessionDep, actor: InPerson) -> Response:
    """The second step: the app's code, a mailed one, or setting up an app."""
    stands = accounts.factor(session, actor)
    if not stands.needed and not stands.app:
        return seen_after("/account")
    return _ask_factor(request, actor, stands)


@second.post("/sign-in/factor")
def give_factor(
    request: Request, session: SessionDep, actor: InPerson, code: Said = ""
) -> Response:
    """Give the second factor."""
    words = WORDS[locale_of(request)]
    stands, digits = accounts.factor(session, actor), typed(_CODE, code)
    if digits is None:
        return _ask_factor(request, actor, stands, {"factor-code": words["code_wrong"]})
    engine = request.app.state.engine
    try:
        ticket = accounts.give_factor(engine, session, actor, digits, visitor(request))
    except ApiError as error:
        return failed(
            request,
            session,
            error,
            _ask_factor(request, actor, stands, at(request, "factor-code", error)),
        )
    return arrived(ticket)


@second.post("/sign-in/factor/mail")
def mail_factor(request: Request, session: SessionDep, actor: InPerson) -> Response:
    """Have a code mailed as the second factor."""
    words = WORDS[locale_of(request)]
    stands = accounts.factor(session, actor)
    try:
        accounts.ask_for_factor(request.app.state.engine, session, actor)
    except ApiError as error:
        return failed(
            request,
            session,
            error,
            _ask_factor(request, actor, stands, at(request, "factor-code", error)),
        )
    return _ask_factor(request, actor, stands, done=words["mail_sent"])


router.include_router(public)
router.include_router(second)


def typed(kind: TypeAdapter[str], said: str) -> str | None:
    """What somebody typed, if it is of this kind."""
    try:
        return kind.validate_python(said)
    except ValidationError:
        return None


def masked(email: str) -> str:
    """`a…@example.org`: enough to know one's own address again."""
    name, _, domain = email.rpartition("@")
    return f"{name[:1]}…@{domain}"


def at(request: Request, field: str, error: ApiError) -> Mistakes:
    """A failure as the mistake of a field."""
    return {field: error.detail(locale_of(request))}


def failed(
    request: Request, session: SessionDep, error: ApiError, answer: HTMLResponse
) -> HTMLResponse:
    """The page with the status of the failure; nothing is kept of what was begun."""
    note(request, error)
    session.rollback()
    answer.status_code = error.status
    answer.headers.update(error.sent_headers())
    return answer


def arrived(ticket: Ticket, path: str = "/account") -> Response:
    """Go on with the new cookie."""
    answer = seen_after(path)
    hand_over(answer, ticket)
    return answer


def _sign_in(
    request: Request,
    email: str = "",
    mistakes: Mistakes | None = None,
) -> HTMLResponse:
    words = WORDS[locale_of(request)]
    address = Field("email", words["email"], "email", "username", longest=254, value=email[:254])
    password = Field("password", words["password"], "password", "current-password")
    by_password = Questions(
        "password", "/sign-in", words["sign_in"], (address, password), is_main=True
    )
    by_mail = Questions("mail", "/sign-in/mail", words["send"], (address,))
    return page(
        request,
        words=words,
        title=words["sign_in"],
        mistakes=mistakes,
        sections=[
            Section(words["with_password"], forms=(by_password,)),
            Section(words["without"], (words["without_text"],), forms=(by_mail,)),
        ],
    )


def code_field(words: dict[str, str], hint: str = "") -> Field:
    """Six digits, which phones offer from the mail."""
    return Field("code", words["code"], autocomplete="one-time-code", longest=7, hint=hint,
                 is_code=True)  # fmt: skip


def _ask_code(request: Request, email: str, mistakes: Mistakes | None = None) -> HTMLResponse:
    words = WORDS[locale_of(request)]
    code = Questions(
        "code",
        "/sign-in/code",
        words["sign_in"],
        (code_field(words, words["code_hint"]),),
        {"email": email},
        is_main=True,
    )
    again = Questions("again", "/sign-in/mail", words["again"], hidden={"email": email})
    return page(
        request,
        words=words,
        title=words["code_title"],
        lead=words["code_lead"].format(email=email),
        mistakes=mistakes,
        sections=[Section(forms=(code,)), Section(forms=(again,))],
    )


def _ask_factor(
    request: Request,
    actor: InPerson,
    stands: FactorRead,
    mistakes: Mistakes | None = None,
    *,
    done: str = "",
) -> HTMLResponse:
    words = WORDS[locale_of(request)]
    lead, forms = _second_step(words, actor, stands, is_sent=bool(done or mistakes))
    return page(
        request,
        words=words,
        title=words["factor_title"],
        lead=words[lead],
        mistakes=mistakes,
        done=done,
        sections=[Section(forms=(one,)) for one in forms],
        further=(words["to_account"], "/account"),
    )


def mailed(
    words: dict[str, str], give: Questions, path: str, *, is_sent: bool, is_main: bool = True
) -> tuple[Questions, ...]:
    """First the button that has a code mailed; once it is sent, first the field for it."""
    send = Questions("send", path, words["again" if is_sent else "send"])
    if is_sent:
        return replace(give, is_main=is_main), send
    return replace(send, is_main=is_main), replace(give, is_main=False)


def _second_step(
    words: dict[str, str], actor: InPerson, stands: FactorRead, *, is_sent: bool
) -> tuple[str, Sequence[Questions]]:
    """What is still missing, and the forms for it."""
    give = Questions(
        "factor", "/sign-in/factor", words["confirm"], (code_field(words),), is_main=True
    )
    if stands.app:
        return "factor_app", [give]
    if not stands.mail:
        return "factor_none", [Questions("begin", "/account/app", words["app_begin"], is_main=True)]
    if Given.MAIL in actor.proof.given:
        password = Field("password", words["password"], "password", "current-password")
        known = Questions("proof", "/account/proof", words["confirm"], (password,), is_main=True)
        return "factor_password", [known]
    return "factor_mail", mailed(words, give, "/sign-in/factor/mail", is_sent=is_sent)
