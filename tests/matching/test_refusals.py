"""A wrong file gets one clear line and exit code 1, whatever is in it; an unknown one is solved."""

import json
import subprocess
import sys
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import check
from matching.__main__ import main
from matching.files import parse, read_plan, read_problem, write_problem
from matching.generate import SIZES, generate
from matching.reader import MOST_CHARACTERS, MOST_OF, MOST_OF_A_TEXT
from matching.schemas import load
from matching.validate import MAX_SEATS

MANY = 10_000_000
LONGEST_LINE = 300
HEAD = '{"format":"lotsenwerk-problem/1","volunteers":[],"seats":['


def example() -> Any:
    return deepcopy(load("example"))


def written(path: str, value: object) -> str:
    """Give the example as text, with one member set."""
    data = example()
    *steps, last = (int(step) if step.isdigit() else step for step in path.split("/"))
    target = data
    for step in steps:
        target = target[step]
    target[last] = value
    return json.dumps(data)


def with_number(number: str) -> str:
    """Give the example with a number that no Python value is written as."""
    return written("volunteers/0/home", "HERE").replace('"HERE"', number)


TEXTS: list[tuple[str, str, str]] = [
    ("end before start", written("seats/0/spans/0/end", 1), "is not after start"),
    ("unknown language", written("seats/0/language", "tlh"), "unknown language 'tlh'"),
    ("negative cap", written("volunteers/0/caps/0/left", -1), "must lie between 0"),
    ("duplicate id", written("volunteers/1/id", "dilan"), "have the id 'dilan'"),
    ("missing key", json.dumps({"format": "lotsenwerk-problem/1"}), "lacks 'volunteers'"),
    ("not a number", with_number("NaN"), "NaN is not a number"),
    ("infinity", with_number("-Infinity"), "-Infinity is not a number"),
    ("beyond every float", with_number("1e400"), "whole number, not inf"),
    ("many digits", with_number("9" * 4_000), "home must lie between"),
    ("too many digits", with_number("9" * 5_000), "no JSON"),
    ("a list for a number", written("seats/0/priority", [0] * 50_000), "not a list"),
    ("an object for a number", written("seats/0/priority", {"a": 1}), "not an object"),
    ("a text for a number", written("seats/0/priority", "1" * 5_000), "whole number, not '111"),
    ("a number for a text", written("seats/0/role", 5), "must be a text"),
    ("a text of two lines", written("seats/0/id", "a\nb"), "one line"),
    ("a name of two lines", written("volunteers/0/papers", {"a\u2028b": 1}), "one line"),
    ("half a character", written("seats/0/id", "\ud800"), "one line"),
    ("an endless text", written("seats/0/language", "x" * (MOST_OF_A_TEXT + 1)), "one line"),
    ("an endless member", json.dumps({**example(), "y" * 9_999: 1}), "unknown member 'yyy"),
    ("nothing for a list", written("volunteers/0/windows", None), "must be a list"),
    ("deep inside", with_number("[" * 500 + "]" * 500), "not a list"),
    ("too deep", "[" * 100_000, "no JSON"),
    ("deep objects", '{"a":' * 50_000, "no JSON"),
    ("cut off", json.dumps(example())[:-1], "no JSON"),
    ("two in one", "{} {}", "no JSON"),
    ("empty", "", "no JSON"),
    ("only a mark", "\ufeff", "no JSON"),
    ("null", "null", "must be an object"),
    ("a list", "[]", "must be an object"),
    ("ten million seats", HEAD + "0," * MANY + "0]}", "10000001 seats are too many"),
    (
        "seats with spans",
        HEAD + '{"spans":[]},' * (MOST_OF['"spans"'] + 1) + "0]}",
        "the file is too large",
    ),
    ("seats with ids", HEAD + '{"id":"a"},' * (MOST_OF['"id"'] + 1) + "0]}", "file is too large"),
]


def refused(path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """Give the one line with which a file is refused; nothing is written."""
    target = path.parent / "plan.json"
    assert main(["solve", str(path), "-o", str(target)]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert not target.exists()
    assert err.endswith("\n")
    assert len(err.splitlines()) == 1
    assert len(err) <= LONGEST_LINE + len(str(path))
    return err


@pytest.mark.parametrize(
    ("text", "sentence"), [row[1:] for row in TEXTS], ids=[t[0] for t in TEXTS]
)
def test_wrong_file_gets_one_clear_line(
    text: str, sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "problem.json"
    path.write_text(text, encoding="utf-8")
    assert sentence in refused(path, capsys)


def test_text_in_another_encoding_gets_one_clear_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "problem.json"
    path.write_bytes("Köln".encode("utf-16"))
    assert "is no UTF-8 text" in refused(path, capsys)


def test_folder_and_missing_file_get_one_clear_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    assert str(folder) in refused(folder, capsys)
    assert "missing" in refused(tmp_path / "missing", capsys)


def test_seats_are_counted_before_any_of_them_is_looked_at() -> None:
    unread: list[object] = [object()] * (MAX_SEATS + 1)
    with pytest.raises(ValueError, match="seats are too many"):
        read_problem({"format": "lotsenwerk-problem/1", "volunteers": [], "seats": unread})


def test_endless_text_is_refused_unread() -> None:
    class Endless(str):
        def __len__(self) -> int:
            return MOST_CHARACTERS + 1

    with pytest.raises(ValueError, match="too large"):
        parse(Endless("{}"))


ANYTHING: st.SearchStrategy[object] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=5)
    | st.sampled_from(("dilan", "school-ar", "ar", "on_site", -1, 10**30)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)


def places(value: object, here: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    """Give the ways to everything inside a parsed file."""
    items: list[tuple[object, object]] = []
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    return [(*here, key) for key, _ in items] + [
        way for key, item in items for way in places(item, (*here, key))
    ]


@given(data=st.data(), value=ANYTHING)
@settings(deadline=None, max_examples=300)
def test_anything_anywhere_is_read_or_refused_in_one_sentence(
    data: st.DataObject, value: object
) -> None:
    changed: Any = example()
    *steps, last = data.draw(st.sampled_from(places(changed)))
    target = changed
    for step in steps:
        target = target[step]
    target[last] = value
    try:
        read_problem(parse(json.dumps(changed)))
    except ValueError as fault:
        sentence = str(fault)
        assert len(sentence.splitlines()) == 1
        assert len(sentence) <= LONGEST_LINE


def test_unknown_instances_are_solved_by_the_command(tmp_path: Path) -> None:
    task = generate(SIZES["small"], 12, clock_change=True)
    source, target = tmp_path / "problem.json", tmp_path / "plan.json"
    source.write_text(json.dumps(write_problem(task)), encoding="utf-8")
    command = [sys.executable, "-m", "matching", "solve", str(source), "-o", str(target)]
    done = subprocess.run([*command, "--seconds", "20"], capture_output=True, text=True, check=True)
    assert "seats filled, exact, optimal" in done.stdout
    assert done.stderr == ""
    plan = read_plan(parse(target.read_text(encoding="utf-8")))
    assert check(task, plan) == []


Break = Callable[[Any], object]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda plan: plan.update(method="magic"), "unknown method 'magic'"),
        (lambda plan: plan.update(status="perfect"), "unknown status"),
        (lambda plan: plan.update(gap="wide"), "gap must be a number"),
        (lambda plan: plan["assignments"][0].pop("seat"), "lacks 'seat'"),
        (lambda plan: plan["open"].append({"seat": "a", "why": 1}), "unknown member 'why'"),
    ],
)
def test_wrong_plan_gets_one_clear_line(
    change: Break, sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, target = tmp_path / "problem.json", tmp_path / "plan.json"
    source.write_text(json.dumps(example()), encoding="utf-8")
    assert main(["solve", str(source), "-o", str(target)]) == 0
    plan = json.loads(target.read_text(encoding="utf-8"))
    change(plan)
    target.write_text(json.dumps(plan), encoding="utf-8")
    capsys.readouterr()
    assert main(["check", str(source), str(target)]) == 1
    err = capsys.readouterr().err
    assert sentence in err
    assert err.count("\n") == 1
