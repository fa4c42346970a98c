"""`/account`: one's own password, app for codes, and signed-in devices."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse
from markupsafe import Markup
from pydantic import TypeAdapter

from app.access import InPerson, ProofNeeded
from app.accounts import factors, sessions
from app.accounts import service as accounts
from app.accounts.cookies import take_away, visitor
from app.accounts.refusals import CodeRefused, TooManyTries, WeakPassword
from app.accounts.schemas import Code, FactorRead, Password
from app.clock import ZONE
from app.db import SessionDep
from app.errors import ApiError, locale_of
from app.pages.account_words import DONE, WORDS
from app.pages.sections import (
    Field,
    Form,
    Line,
    Link,
    Mistakes,
    Section,
    SignedInRoute,
    page,
    seen_after,
)
from app.pages.sign_in import Said, arrived, at, code_field, failed, mailed, typed
from app.requests.near import shown as day_shown
from app.tables import SessionToken

router = APIRouter(route_class=SignedInRoute, include_in_schema=False)
_CODE, _PASSWORD = TypeAdapter(Code), TypeAdapter(Password)


@router.get("/account")
def show_account(
    request: Request,
    session: SessionDep,
    actor: InPerson,
    done: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """What belongs to signing in, and what was just done."""
    return _account(request, session, actor, done=done)


@router.post("/account/password")
def change_password(
    request: Request, session: SessionDep, actor: InPerson, old: Said = "", new: Said = ""
) -> Response:
    """Set a new password."""
    words, engine = WORDS[locale_of(request)], request.app.state.engine
    chosen = typed(_PASSWORD, new)
    if chosen is None:
        mistakes = {"change-new": words["new_hint"]}
        return _account(request, session, actor, mistakes)
    try:
        ticket = accounts.set_password(
            engine, session, actor, chosen, old or None, visitor(request)
        )
    except ProofNeeded:
        raise
    except ApiError as error:
        session.rollback()
        accounts.look_again(session)
        field = "change-new" if isinstance(error, WeakPassword) else "change-old"
        shown = _account(request, session, actor, at(request, field, error))
        return failed(request, session, error, shown)
    return arrived(ticket, "/account?done=password")


@router.post("/account/app")
def begin_app(request: Request, session: SessionDep, actor: InPerson) -> Response:
    """Begin to set up an app: the picture it reads."""
    return _set_up(request, factors.begin_app(session, actor))


@router.post("/account/app/confirm")
def confirm_app(
    request: Request, session: SessionDep, actor: InPerson, code: Said = ""
) -> Response:
    """Take the app into use with its first code."""
    words, digits = WORDS[locale_of(request)], typed(_CODE, code)
    if digits is None:
        mistakes = {"app-code": words["code_wrong"]}
        return _set_up(request, factors.begun_app(session, actor), mistakes)
    try:
        engine = request.app.state.engine
        ticket = accounts.set_up_app(engine, session, actor, digits, visitor(request))
    except (CodeRefused, TooManyTries) as error:
        session.rollback()
        accounts.look_again(session)
        shown = factors.begun_app(session, actor)
        return failed(
            request, session, error, _set_up(request, shown, at(request, "app-code", error))
        )
    return arrived(ticket, "/account?done=app")


@router.post("/account/app/remove")
def remove_app(session: SessionDep, actor: InPerson) -> Response:
    """Take the app out of use."""
    accounts.remove_app(session, actor)
    return seen_after("/account?done=no_app")


@router.get("/account/proof")
def show_proof(request: Request, session: SessionDep, actor: InPerson) -> HTMLResponse:
    """Ask once more who it is."""
    return _ask_proof(request, accounts.factor(session, actor))


@router.post("/account/proof/mail")
def mail_proof(request: Request, session: SessionDep, actor: InPerson) -> HTMLResponse:
    """Have a code mailed: who signs in by mail has no password to prove it with."""
    stands = accounts.factor(session, actor)
    try:
        accounts.ask_for_factor(request.app.state.engine, session, actor)
    except ApiError as error:
        return failed(
            request, session, error, _ask_proof(request, stands, at(request, "prove-code", error))
        )
    return _ask_proof(request, stands, done=WORDS[locale_of(request)]["mail_sent"])


@router.post("/account/proof")
def prove(
    request: Request,
    session: SessionDep,
    actor: InPerson,
    password: Said = "",
    code: Said = "",
) -> Response:
    """Prove that it is still she, with the password or a code."""
    engine, digits = request.app.state.engine, typed(_CODE, code)
    stands = accounts.factor(session, actor)
    if code and digits is None:
        return _ask_proof(request, stands, {"prove-code": WORDS[locale_of(request)]["code_wrong"]})
    field = "proof-password" if digits is None else "prove-code"
    try:
        if digits is None:
            said = typed(_PASSWORD, password) or ""
            ticket = accounts.prove(engine, session, actor, said, visitor(request))
        else:
            ticket = accounts.prove_by_code(engine, session, actor, digits, visitor(request))
    except ApiError as error:
        return failed(
            request, session, error, _ask_proof(request, stands, at(request, field, error))
        )
    return arrived(ticket, "/account?done=proof")


@router.post("/account/sessions/end-others")
def end_others(session: SessionDep, actor: InPerson) -> Response:
    """Sign out all other devices."""
    sessions.end_all(session, actor.account_id, but=actor.proof.secret_id)
    return seen_after("/account?done=ended")


@router.post("/account/sessions/{session_id}/end")
def end_one(session_id: UUID, session: SessionDep, actor: InPerson) -> Response:
    """Sign out one device."""
    sessions.end_one(session, actor, session_id)
    return seen_after("/account?done=ended")


@router.post("/account/sign-out")
def sign_out(request: Request, session: SessionDep, _actor: InPerson) -> Response:
    """Sign out here."""
    sessions.end(session, visitor(request).secret)
    answer = seen_after("/sign-in")
    take_away(answer)
    return answer


def _account(
    request: Request,
    session: SessionDep,
    actor: InPerson,
    mistakes: Mistakes | None = None,
    *,
    done: str = "",
) -> HTMLResponse:
    words = WORDS[locale_of(request)]
    stands = accounts.factor(session, actor)
    leave = Form("leave", "/account/sign-out", words["sign_out"])
    return page(
        request,
        words=words,
        title=words["account"],
        lead=words["account_lead"].format(name=actor.name),
        mistakes=mistakes,
        done=words[f"done_{done}"] if done in DONE else "",
        sections=[
            *([_missing(words)] if stands.needed else []),
            _devices(request, sessions.mine(session, actor), actor),
            _password(words),
            _app(words, has_app=stands.app),
            Section(forms=(leave,)),
        ],
    )


def _missing(words: dict[str, str]) -> Section:
    go = Link(words["to_factor"], "/sign-in/factor", is_main=True)
    return Section(words["factor_title"], (words["needs_factor"],), link=go)


def _password(words: dict[str, str]) -> Section:
    old = Field("old", words["old"], "password", "current-password", hint=words["old_hint"])
    new = Field("new", words["new"], "password", "new-password", hint=words["new_hint"])
    form = Form("change", "/account/password", words["change"], (old, new))
    return Section(words["password_title"], forms=(form,))


def _app(words: dict[str, str], *, has_app: bool) -> Section:
    begin = Form("begin", "/account/app", words["app_begin"])
    remove = Form("remove", "/account/app/remove", words["app_remove"])
    said = words["app_there" if has_app else "app_none"]
    return Section(words["app_title"], (said,), forms=(remove if has_app else begin,))


def _devices(request: Request, rows: list[SessionToken], actor: InPerson) -> Section:
    locale = locale_of(request)
    words, here = WORDS[locale], actor.proof.secret_id
    others = Form("others", "/account/sessions/end-others", words["end_others"])
    lines = tuple(_device(locale, row, current=row.id == here) for row in rows)
    return Section(words["sessions_title"], rows=lines, forms=(others,) if len(rows) > 1 else ())


def _device(locale: str, row: SessionToken, *, current: bool) -> Line:
    words = WORDS[locale]
    label = row.label or words["unknown"]
    since, seen = _when(row.created_at, locale), _when(row.seen_at, locale)
    said = words["since"].format(since=since, seen=seen)
    if current:
        return Line(f"{label} ({words['this_one']})", said)
    path = f"/account/sessions/{row.id}/end"
    end = Form("end", path, words["end"], says=words["end_says"].format(label=label))
    return Line(label, said, end)


def _when(moment: datetime | None, locale: str) -> str:
    if moment is None:
        return "–"
    here = moment.astimezone(ZONE)
    return f"{day_shown(here.date(), locale)}, {here:%H:%M}"


def _set_up(
    request: Request,
    begun: factors.Beginning,
    mistakes: Mistakes | None = None,
) -> HTMLResponse:
    words = WORDS[locale_of(request)]
    confirm = Form(
        "app", "/account/app/confirm", words["confirm"], (code_field(words),), is_main=True
    )
    return page(
        request,
        words=words,
        title=words["app_begin"],
        mistakes=mistakes,
        sections=[
            # Drawn by a library from our own address of the account: nothing in it is typed.
            Section(
                sentences=(words["app_scan"],),
                figure=Markup(begun.qr_svg),  # noqa: S704
                secret=begun.secret,
                link=Link(words["app_here"], begun.uri),
            ),
            Section(sentences=(words["app_first"],), forms=(confirm,)),
        ],
        further=(words["to_account"], "/account"),
    )


def _ask_proof(
    request: Request,
    stands: FactorRead,
    mistakes: Mistakes | None = None,
    *,
    done: str = "",
) -> HTMLResponse:
    words = WORDS[locale_of(request)]
    password = Field("password", words["password"], "password", "current-password")
    by_password = Form("proof", "/account/proof", words["confirm"], (password,), is_main=True)
    by_code = Form("prove", "/account/proof", words["confirm"], (code_field(words),))
    ways = [Section(words["with_password"], forms=(by_password,))]
    if stands.app:
        ways.append(Section(words["with_app"], (words["factor_app"],), forms=(by_code,)))
    elif stands.mail:
        is_sent = bool(done) or "prove-code" in (mistakes or {})
        forms = mailed(words, by_code, "/account/proof/mail", is_sent=is_sent, is_main=False)
        ways.append(Section(words["with_code"], forms=forms))
    return page(
        request,
        words=words,
        title=words["proof_title"],
        lead=words["proof_lead"],
        mistakes=mistakes,
        done=done,
        sections=ways,
        further=(words["to_account"], "/account"),
    )
