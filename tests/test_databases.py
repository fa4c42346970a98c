"""The databases of the tests themselves."""

from pathlib import Path

import pytest

from tests.databases import Databases


@pytest.mark.sqlite
def test_a_database_is_known_also_where_nobody_has_used_the_one_before(tmp_path: Path) -> None:
    databases = Databases(tmp_path, server="")
    databases.prepare()
    with databases.fresh(), databases.fresh() as second, second.connect():
        assert second.dialect.default_schema_name == "main"
