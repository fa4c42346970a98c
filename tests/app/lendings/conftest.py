"""Something to ask another pool for."""

import pytest
from sqlalchemy import Engine

from tests.app.examples import Asking
from tests.app.lendings import steps
from tests.cast import Cast


@pytest.fixture
def asked(engine: Engine, cast: Cast) -> Asking:
    """A seat that nobody of Wetterau's can take, and Nuru of Fulda who wants to be lent."""
    steps.alone(engine, cast)
    steps.willing(engine, cast, "nuru")
    return steps.seat(engine, cast)
