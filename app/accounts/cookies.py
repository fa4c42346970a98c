"""The session cookie: no script reads it, no other host sets it, no other site sends it."""

from fastapi import Request, Response

from app.access import COOKIE
from app.accounts.sessions import Ticket, Visitor, label_of
from app.clock import now
from app.rates import place_of


def visitor(request: Request) -> Visitor:
    """Where a request comes from, and the secret it brought along."""
    return Visitor(
        place=place_of(request.scope),
        label=label_of(request.headers.get("user-agent", "")),
        secret=request.cookies.get(COOKIE),
    )


def hand_over(response: Response, ticket: Ticket) -> None:
    """Give the browser its new secret."""
    lasts = int((ticket.expires_at - now()).total_seconds())
    response.set_cookie(
        COOKIE, ticket.secret, max_age=lasts, path="/", secure=True, httponly=True, samesite="lax"
    )


def take_away(response: Response) -> None:
    """Let the browser forget it."""
    response.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="lax")
