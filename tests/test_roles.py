"""The page of roles is read from the routes, and the tests' own table says the same."""

from typing import Annotated

from fastapi import APIRouter, FastAPI

from app import access, db, roles
from app.actors import Actor, Part
from app.main import create_app
from tests.app.callers import PEOPLE
from tests.app.rules import RULES
from tests.test_papers import ROOT

PAGE = ROOT / "docs" / "roles.md"
PREFIX = "/api/v1"
DECIDED_WITHIN = (
    "POST /claims/{claim_id}/check",
    "POST /volunteers/{volunteer_id}/busy-feeds",
    "POST /volunteers/{volunteer_id}/busy-feeds/{busy_feed_id}/refresh",
)
"""A coordinator may where a treasurer approves, or where she is the volunteer herself."""


def app() -> FastAPI:
    return create_app(db.make_engine("sqlite://"))


def test_the_page_is_what_the_routes_say() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert roles.written(page, app()) == page, "run `lotsenwerk export-roles`"


def test_the_routes_let_in_whom_the_table_of_the_tests_lets_in() -> None:
    """`RULES` is tried by calling; what is read from the signatures must allow no one else."""
    more, compared = {}, 0
    for path, method, who in roles.operations(app()):
        rule = RULES.get(f"{method} {path.removeprefix(PREFIX)}")
        if rule is None or who is None:
            continue
        compared += 1
        tried = {PEOPLE[name] for name in rule.who}
        if tried != who[0]:
            more[f"{method} {path.removeprefix(PREFIX)}"] = tried ^ who[0]
    assert more == {name: {"coordinator"} for name in DECIDED_WITHIN}
    assert compared > 150


def test_what_needs_no_account_is_public_by_name() -> None:
    found = {(path, method) for path, method, who in roles.operations(app()) if who is None}
    assert found == {
        (path, method)
        for path, method, _ in roles.operations(app())
        if access.is_public(method, path)
    }
    assert {path for path, _ in found} == access.PUBLIC | access.PUBLIC_POSTS


def test_a_route_that_checks_twice_allows_who_passes_both() -> None:
    both = Annotated[Actor, access.Depends(access.acting_as(Part.LEAD, Part.FINANCE))]
    router = APIRouter()

    @router.get("/both")
    def _both(one: both, two: access.Lead) -> None:
        """Only for the lead."""

    made = FastAPI()
    made.include_router(router)
    found = {path: who for path, _, who in roles.operations(made)}
    assert found["/both"] == (frozenset({"lead"}), None)


def test_a_proof_is_named() -> None:
    rows = roles.table(app()).splitlines()
    (draw,) = [row for row in rows if row.startswith("| `POST /payruns` ")]
    assert "proof, `payout`" in draw
    assert draw.count("●") == 1
