"""The whole matrix: every operation, by everybody, with everybody's id at every place.

python -m bench.matrix

On SQLite, or on the PostgreSQL of `TEST_DATABASE_URL`. Nothing that is done lasts; that a refused
call changes nothing is what the tests look at.
"""

import asyncio
import logging
import sys
import time

from httpx import ASGITransport, AsyncClient

from app import db
from app.main import create_app
from bench import worlds
from bench.tables import columns
from tests.app.matrix.cells import Trial, cells, unruled
from tests.app.matrix.people import CALLERS
from tests.app.matrix.world import World
from tests.app.operations import operations
from tests.app.rules import RULES

HEAD = ("who", "cells", "refused", "allowed", "leaks", "seconds")


async def run(world: World) -> tuple[list[tuple[str, ...]], int, list[str]]:
    """One line for each caller, how many cells there were, and what leaked."""
    rows, count, leaks = [], 0, []
    transport = ASGITransport(app=create_app(world.engine), raise_app_exceptions=False)
    async with AsyncClient(transport=transport, base_url="http://test/api/v1") as client:
        for name, caller in CALLERS.items():
            began = time.perf_counter()
            trial = Trial(client, world, stored=False)
            several = [cell for cell in cells([caller]) if trial.exists(cell)]
            found = await trial.look_at(several)
            refused = sum(cell.is_refused for cell in several)
            parts = ", ".join(sorted(caller.parts | caller.elsewhere)) or "not signed in"
            numbers = (found.cells, refused, found.cells - refused, len(found.leaks))
            seconds = f"{time.perf_counter() - began:.1f}"
            rows.append((f"{name} ({parts})", *(f"{one:,}" for one in numbers), seconds))
            count, leaks = count + found.cells, leaks + found.leaks
    return rows, count, leaks


def main() -> int:
    """Run it from the command line."""
    logging.disable()
    db._commit = lambda session: session.flush()  # noqa: SLF001
    with worlds.found() as world:
        rows, count, leaks = asyncio.run(run(world))
        without = sorted({one.name for one in operations()} ^ set(RULES)) + unruled(world)
        print(columns([HEAD, *rows]))
        print(*leaks, *without, sep="\n")
        print(
            f"{world.engine.dialect.name}: {count:,} cells, {len(leaks)} leaks,"
            f" {len(without)} routes or places without a rule"
        )
    return 1 if leaks or without else 0


if __name__ == "__main__":
    sys.exit(main())
