"""For `bench.storm`: the service, or a worker, that now and then pauses between two statements.

python -m bench.dawdling serve|worker

What only happens when two are at the same rows at the same moment happens oftener.
"""

import random
import sys
import time
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

from app.cli import cli

OFTEN = 0.15
LONGEST_SECONDS = 0.03


def dawdle(*_of_the_statement: Any) -> None:
    """Wait a little, sometimes."""
    if random.random() < OFTEN:
        time.sleep(random.uniform(0, LONGEST_SECONDS))


if __name__ == "__main__":
    event.listen(Engine, "after_cursor_execute", dawdle)
    cli(sys.argv[1:])
