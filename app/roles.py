"""Who may call what, read from the routes themselves: the table in `docs/roles.md`."""

import inspect
from collections.abc import Iterator
from itertools import groupby

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts

from app import access
from app.actors import Part

BEGIN = "<!-- begin: written by `lotsenwerk export-roles` -->"
END = "<!-- end -->"
SHORT = {
    Part.COORDINATOR: "coord.",
    Part.FINANCE: "finance",
    Part.LEAD: "lead",
    Part.AUDITOR: "auditor",
    Part.VOLUNTEER: "volunt.",
    Part.INSTITUTION: "instit.",
    Part.PROGRAMME: "progr.",
    Part.OPERATOR: "operator",
}
Allowed = tuple[frozenset[str], str | None]
"""The parts of which one is needed, and the scope that is proven anew."""


def _checks(dependant: Dependant) -> Iterator[Allowed]:
    """What each check on the way to a route asks for; nothing but the check itself is read."""
    for inner in dependant.dependencies:
        if inner.call is access.current_actor:
            yield frozenset(Part), None
        elif getattr(inner.call, "__qualname__", "").startswith(access.acting_as.__name__ + "."):
            said = inspect.getclosurevars(inner.call).nonlocals  # type: ignore[arg-type]
            yield said["allowed"], said["proven"]
        yield from _checks(inner)


def allowed(route: APIRoute) -> Allowed | None:
    """Who may call a route; None: everybody, without signing in."""
    found = list(_checks(route.dependant))
    if not found:
        return None
    parts = frozenset.intersection(*(parts for parts, _ in found))
    return parts, next((scope for _, scope in found if scope), None)


def operations(app: FastAPI) -> list[tuple[str, str, Allowed | None]]:
    """Path, method and who may, for every route, in the order of the paths."""
    found = [
        (str(context.path), method, allowed(context.original_route))
        for context in iter_route_contexts(app.routes)
        if isinstance(context.original_route, APIRoute)
        for method in context.original_route.methods or ()
    ]
    return sorted(found, key=lambda one: one[:2])


def _row(path: str, method: str, who: Allowed | None) -> str:
    name = f"`{method} {path.removeprefix('/api/v1')}`"
    if who is None:
        key = "the link" if "{token}" in path else "no sign-in"
        return f"| {name} | " + " | ".join("○" for _ in SHORT) + f" | {key} |"
    parts, scope = who
    marks = " | ".join("●" if part in parts else " " for part in SHORT)
    return f"| {name} | {marks} | {f'proof, `{scope}`' if scope else ''} |"


def _area(operation: tuple[str, str, Allowed | None]) -> str:
    path = operation[0]
    return path.split("/")[3] if path.startswith("/api/v1/") else "pages and health"


def table(app: FastAPI) -> str:
    """Every operation, and which parts may call it, as a table for reading."""
    heads = " | ".join(SHORT.values())
    lines = [f"| operation | {heads} | asks for |", "|---|" + ":-:|" * len(SHORT) + "---|"]
    for area, rows in groupby(sorted(operations(app), key=_area), key=_area):
        lines.append(f"| **{area}** |" + " |" * (len(SHORT) + 1))
        lines += [_row(*row) for row in rows]
    return "\n".join(lines)


def written(page: str, app: FastAPI) -> str:
    """The page with the table of today between its two marks."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table(app)}\n{END}{after}"
