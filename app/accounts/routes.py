"""Sign in and out, second factors, sessions; keys for programs."""

from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from app.access import InPerson, Oneself, refuse_foreign_page
from app.accounts import codes, factors, keys, sessions
from app.accounts import service as accounts
from app.accounts.cookies import hand_over, take_away, visitor
from app.accounts.schemas import (
    ApiTokenCreate,
    ApiTokenCreated,
    ApiTokenRead,
    AppRead,
    CodeGiven,
    CodeLogin,
    LinkRequest,
    Login,
    MeRead,
    PasswordChange,
    ProofGiven,
    SessionRead,
)
from app.db import SessionDep, UnitOfWork

router = APIRouter(route_class=UnitOfWork, tags=["session"])
NO_FOREIGN_PAGE = [Depends(refuse_foreign_page)]


@router.post("/auth/login", status_code=204, dependencies=NO_FOREIGN_PAGE)
def login(body: Login, request: Request, response: Response, session: SessionDep) -> None:
    """Sign in with address and password; the answer sets the session cookie.

    `GET /me` says whether a second factor is needed.
    """
    engine = request.app.state.engine
    ticket = accounts.sign_in(engine, session, body.email, body.password, visitor(request))
    hand_over(response, ticket)


@router.post("/auth/link", status_code=202, dependencies=NO_FOREIGN_PAGE)
def mail_link(body: LinkRequest, request: Request, session: SessionDep) -> None:
    """Have a code and a link mailed, for 15 minutes and one use; the newest counts.

    With `to` the link leads into the app. The answer is the same whether or not somebody has this
    address.
    """
    place = visitor(request).place
    engine = request.app.state.engine
    accounts.ask_for_mail(engine, session, body.email, place, to_app=body.to == codes.APP)


@router.post("/auth/code", status_code=204, dependencies=NO_FOREIGN_PAGE)
def login_by_code(
    body: CodeLogin, request: Request, response: Response, session: SessionDep
) -> None:
    """Sign in with address and mailed code; the answer sets the session cookie."""
    engine = request.app.state.engine
    ticket = accounts.sign_in_by_code(engine, session, body.email, body.code, visitor(request))
    hand_over(response, ticket)


@router.post("/auth/logout", status_code=204)
def logout(request: Request, response: Response, session: SessionDep, _actor: Oneself) -> None:
    """End this session; the cookie is useless from now on."""
    sessions.end(session, visitor(request).secret)
    take_away(response)


@router.post("/auth/factor", status_code=204)
def give_factor(
    body: CodeGiven, request: Request, response: Response, session: SessionDep, actor: InPerson
) -> None:
    """Give the second factor: a code of the app, or a mailed one where that is enough.

    The answer sets a new session cookie; the old one ends.
    """
    engine = request.app.state.engine
    ticket = accounts.give_factor(engine, session, actor, body.code, visitor(request))
    hand_over(response, ticket)


@router.post("/auth/factor/mail", status_code=202)
def mail_factor(request: Request, session: SessionDep, actor: InPerson) -> None:
    """Have a code mailed, as second factor or to prove that it is still you."""
    accounts.ask_for_factor(request.app.state.engine, session, actor)


@router.post("/auth/factor/totp")
def begin_app(session: SessionDep, actor: InPerson) -> AppRead:
    """Begin to set up an authenticator app; needs a fresh proof. The secret is shown once."""
    begun = factors.begin_app(session, actor)
    return AppRead(secret=begun.secret, uri=begun.uri, qr_svg=begun.qr_svg)


@router.post("/auth/factor/totp/confirm", status_code=204)
def confirm_app(
    body: CodeGiven, request: Request, response: Response, session: SessionDep, actor: InPerson
) -> None:
    """Take the app into use with its first code; the answer sets a new session cookie."""
    engine, at = request.app.state.engine, visitor(request)
    hand_over(response, accounts.set_up_app(engine, session, actor, body.code, at))


@router.delete("/auth/factor/totp", status_code=204)
def remove_app(session: SessionDep, actor: InPerson) -> None:
    """Take the app out of use; needs the second factor and a fresh proof. Other sessions end."""
    accounts.remove_app(session, actor)


@router.post("/auth/proof", status_code=204)
def prove(
    body: ProofGiven, request: Request, response: Response, session: SessionDep, actor: InPerson
) -> None:
    """Prove once more that it is you: password, code of the app, or mailed code.

    Payout, export and erasure ask for it; it holds for ten minutes. The answer sets a new session
    cookie.
    """
    engine, at = request.app.state.engine, visitor(request)
    if body.password is not None:
        ticket = accounts.prove(engine, session, actor, body.password, at)
    else:
        ticket = accounts.prove_by_code(engine, session, actor, body.code or "", at)
    hand_over(response, ticket)


@router.post("/auth/password", status_code=204)
def change_password(
    body: PasswordChange,
    request: Request,
    response: Response,
    session: SessionDep,
    actor: InPerson,
) -> None:
    """Set a new password, with the old one or after a fresh proof; all other sessions end.

    The answer sets a new session cookie, and a mail says that the password was changed.
    """
    engine, at = request.app.state.engine, visitor(request)
    ticket = accounts.set_password(engine, session, actor, body.new, body.old, at)
    hand_over(response, ticket)


@router.get("/sessions")
def list_sessions(session: SessionDep, actor: InPerson) -> list[SessionRead]:
    """The browsers in which I am signed in, the newest first."""
    return [
        SessionRead(
            **row.model_dump(include={"id", "label", "created_at", "seen_at"}),
            factor=row.factor_at is not None,
            current=row.id == actor.proof.secret_id,
        )
        for row in sessions.mine(session, actor)
    ]


@router.post("/sessions/revoke-others", status_code=204)
def end_other_sessions(session: SessionDep, actor: InPerson) -> None:
    """End all my sessions but this one."""
    sessions.end_all(session, actor.account_id, but=actor.proof.secret_id)


@router.delete("/sessions/{session_id}", status_code=204)
def end_session(session_id: UUID, session: SessionDep, actor: InPerson) -> None:
    """End one of my sessions."""
    sessions.end_one(session, actor, session_id)


@router.get("/me")
def me(session: SessionDep, actor: Oneself) -> MeRead:
    """Who am I, what may I act for, and do I have to show more?"""
    return accounts.me(session, actor)


@router.get("/api-tokens")
def list_api_tokens(session: SessionDep, actor: Oneself) -> list[ApiTokenRead]:
    """My live keys, without their secrets."""
    return [ApiTokenRead(**t.model_dump()) for t in keys.mine(session, actor)]


@router.post("/api-tokens", status_code=201)
def create_api_token(body: ApiTokenCreate, session: SessionDep, actor: InPerson) -> ApiTokenCreated:
    """Make a key for a program. Its secret is shown only in this answer.

    Scopes: `read`, `write`, and `payout`, `export`, `erase`, which need a fresh proof. A key makes
    no keys and changes no password, factor or session.
    """
    token, secret = keys.create(session, actor, body.name, body.expires_at, body.scopes)
    return ApiTokenCreated(**token.model_dump(), token=secret)


@router.delete("/api-tokens/{token_id}", status_code=204)
def revoke_api_token(token_id: UUID, session: SessionDep, actor: InPerson) -> None:
    """Revoke one of my keys."""
    keys.revoke(session, actor, token_id)
