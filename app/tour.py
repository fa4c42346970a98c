"""A week of the demo pool, played over HTTP."""

from collections.abc import Iterator


def play(url: str) -> Iterator[str]:
    """Each step of the way as a line."""
    yield url
