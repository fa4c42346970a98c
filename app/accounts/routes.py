"""Sign in and out; keys for programs."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from app.access import COOKIE, Anyone
from app.accounts import service as accounts
from app.accounts.schemas import ApiTokenCreate, ApiTokenCreated, ApiTokenRead, Login, MeRead
from app.db import SYSTEM, SessionDep, UnitOfWork, set_scope

router = APIRouter(route_class=UnitOfWork, tags=["session"])


@router.post("/auth/login", status_code=204)
def login(body: Login, request: Request, response: Response, session: SessionDep) -> None:
    """Sign in with address and password; the answer sets the session cookie."""
    state, place = request.app.state, request.client.host if request.client else ""
    account_id = accounts.verify(state.engine, state.throttle, body, place)
    set_scope(session, SYSTEM)
    secret = accounts.begin_session(session, account_id)
    lasts = int(accounts.SESSION_LASTS.total_seconds())
    response.set_cookie(
        COOKIE, secret, max_age=lasts, path="/", secure=True, httponly=True, samesite="lax"
    )


@router.post("/auth/logout", status_code=204)
def logout(request: Request, response: Response, session: SessionDep, _actor: Anyone) -> None:
    """End this session; the cookie is useless from now on."""
    accounts.logout(session, request.cookies.get(COOKIE))
    response.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="lax")


@router.get("/me")
def me(session: SessionDep, actor: Anyone) -> MeRead:
    """Who am I, and what may I act for?"""
    return accounts.me(session, actor)


@router.get("/api-tokens")
def list_api_tokens(session: SessionDep, actor: Anyone) -> list[ApiTokenRead]:
    """My live keys, without their secrets."""
    return [ApiTokenRead(**t.model_dump()) for t in accounts.api_tokens(session, actor)]


@router.post("/api-tokens", status_code=201)
def create_api_token(body: ApiTokenCreate, session: SessionDep, actor: Anyone) -> ApiTokenCreated:
    """Make a key for a program. Its secret is shown only in this answer."""
    return accounts.create_api_token(session, actor, body.name, body.expires_at)


@router.delete("/api-tokens/{token_id}", status_code=204)
def revoke_api_token(token_id: UUID, session: SessionDep, actor: Anyone) -> None:
    """Revoke one of my keys."""
    accounts.revoke_api_token(session, actor, token_id)
