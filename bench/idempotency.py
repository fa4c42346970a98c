"""The same POST many times at once, over HTTP: has each key one effect?

python -m bench.idempotency [--keys N] [--times N] [--people N] [--without-keys]

Serves on SQLite, or on the PostgreSQL of `TEST_DATABASE_URL`, in a database of its own, and sends
each of the keys so many times by so many people at once. With `--without-keys` every press has a
key of its own: then there must be an effect for each.
"""

import argparse
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from sqlalchemy import Engine
from sqlmodel import func, select

from app import db
from app.tables import Request
from bench import served
from bench.served import Answer, Press, Service
from tests.databases import SERVER, Databases


def effects(engine: Engine) -> int:
    """Count the requests that were stored."""
    with db.transaction(engine, read_only=True) as session:
        return session.exec(select(func.count()).select_from(Request)).one()


def send(port: int, presses: list[Press], people: int) -> list[tuple[str, Answer]]:
    """Press everything; who is told to come again does."""
    answers: list[tuple[str, Answer]] = []

    def work() -> None:
        while True:
            try:
                press = presses.pop()
            except IndexError:
                return
            answer = served.post(port, press)
            answers.append((press.mark, answer))
            if answer.status == 503:
                time.sleep(float(answer.headers["retry-after"]) / 10)
                presses.append(press)

    threads = [threading.Thread(target=work) for _ in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def trial(
    engine: Engine, service: Service, keys: int, times: int, people: int, *, alone: bool
) -> bool:
    """Send, count and print; whether all is as it must be."""
    pool = served.found(engine)
    presses = [pool.request() for _ in range(keys)] * times
    if alone:
        presses = [replace(press, key=uuid4().hex) for press in presses]
    random.Random(1).shuffle(presses)
    with served.running(service):
        began = time.perf_counter()
        answers = send(service.port, presses, people)
        seconds = time.perf_counter() - began
    stored, wanted = effects(engine), keys * (times if alone else 1)
    done = [(mark, answer) for mark, answer in answers if answer.status == 201]
    different = len({(mark, answer.content["id"]) for mark, answer in done})
    statuses = dict(Counter(answer.status for _, answer in answers))
    print(
        f"{engine.dialect.name}: {keys * times} POSTs, {keys} keys, {people} people: {stored}"
        f" effects, {different} different answers, {statuses}, {len(answers) / seconds:.0f}/s"
    )
    return stored == different == wanted and len(done) == keys * times


def main() -> int:
    """Run it from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keys", type=int, default=100)
    parser.add_argument("--times", type=int, default=64)
    parser.add_argument("--people", type=int, default=64)
    parser.add_argument("--without-keys", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        made = Databases(Path(folder))
        made.prepare()
        try:
            with made.fresh() as engine:
                url = engine.url.render_as_string(hide_password=False)
                service = Service(url, Path(folder) / "var")
                size = asked.keys, asked.times, asked.people
                held = trial(engine, service, *size, alone=asked.without_keys)
        finally:
            made.remove()
    print("held" if held else "NOT HELD", "on", "PostgreSQL" if SERVER else "SQLite")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
