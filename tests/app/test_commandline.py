"""Hints can be typed as they are printed, however the program was called."""

import sys
from pathlib import Path

import pytest

from app import commandline


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The program in a folder of its own, where the shell does not look for it."""
    folder = tmp_path / "venv" / "bin"
    folder.mkdir(parents=True)
    file = folder / "lotsenwerk"
    file.touch(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    return file


def hint(monkeypatch: pytest.MonkeyPatch, called: object) -> str:
    """What is printed when the program was called like this."""
    monkeypatch.setattr(sys, "argv", [str(called), "doctor"])
    return commandline.typed("migrate")


def test_who_typed_a_path_is_told_the_same_path(
    program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert hint(monkeypatch, "venv/bin/lotsenwerk") == "venv/bin/lotsenwerk migrate"
    assert hint(monkeypatch, program) == f"{program} migrate"


def test_a_path_with_spaces_is_quoted(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program.parent.rename("my bin")
    assert hint(monkeypatch, "my bin/lotsenwerk") == "'my bin/lotsenwerk' migrate"


def test_the_bare_name_is_enough_where_the_shell_finds_it(
    program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(program.parent))
    assert hint(monkeypatch, program) == "lotsenwerk migrate"


def test_another_program_of_this_name_is_not_meant(
    program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "lotsenwerk").touch(0o755)
    assert hint(monkeypatch, program) == f"{program} migrate"


def test_a_test_or_another_program_says_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    assert hint(monkeypatch, "/usr/bin/pytest") == "lotsenwerk migrate"
    assert hint(monkeypatch, "nowhere/lotsenwerk") == "lotsenwerk migrate"
