"""What the attacks are tried on."""

import pytest
from sqlalchemy import Engine

from tests.app.examples import Examples, furnish
from tests.cast import Cast


@pytest.fixture
def examples(engine: Engine, cast: Cast) -> Examples:
    """One object of every kind at Wetterau."""
    return furnish(engine, cast)
