import json
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Pin, Problem, check, solve
from matching.__main__ import main
from matching.files import parse, read_plan, read_problem, write_plan, write_problem
from matching.schemas import load
from matching.validate import check_sizes, validate
from tests.matching.cases import dilan, problem, seat, week

PROBLEM = jsonschema.Draft202012Validator(load("problem.schema"))
PLAN = jsonschema.Draft202012Validator(load("plan.schema"))


@given(seed=st.integers(0, 10**6))
@settings(deadline=None, max_examples=10)
def test_problem_and_plan_survive_the_round_trip(seed: int) -> None:
    task = week(seed, volunteers=6, seats=12)
    written = json.loads(json.dumps(write_problem(task)))
    PROBLEM.validate(written)
    assert read_problem(written) == task
    plan = solve(task)
    saved = json.loads(json.dumps(write_plan(plan)))
    PLAN.validate(saved)
    assert read_plan(saved) == plan
    assert check(task, read_plan(saved)) == []


def test_schemas_are_schemas_and_the_example_follows_them() -> None:
    for name in ("problem.schema", "plan.schema"):
        jsonschema.Draft202012Validator.check_schema(load(name))
    PROBLEM.validate(load("example"))
    plan = solve(read_problem(load("example")))
    PLAN.validate(write_plan(plan))
    assert plan.status == "optimal"
    assert [empty.seat for empty in plan.open] == ["clinic-prs"]


def put(path: str, value: object) -> Any:
    """Give the example with one member set; `!` as value takes it away."""
    data = deepcopy(load("example"))
    *steps, last = (int(step) if step.isdigit() else step for step in path.split("/"))
    target = data
    for step in steps:
        target = target[step]
    if value == "!":
        del target[last]
    else:
        target[last] = value
    return data


BAD = [
    ("format", "lotsenwerk-problem/2", "format must be"),
    ("seats", "!", "lacks 'seats'"),
    ("seats", {}, "must be lists"),
    ("colour", "red", "unknown member 'colour'"),
    ("seats/0/colour", "red", "unknown member 'colour'"),
    ("seats/0/spans/0/end", 540, "end 540 is not after start 540"),
    ("seats/0/spans/0/start", 1.5, "whole number"),
    ("seats/0/spans/0/start", True, "whole number"),
    ("seats/0/spans", [], "needs 1 to 50 spans"),
    ("seats/0/language", "tlh", "unknown language 'tlh'"),
    ("seats/0/id", "office-apc", "office-apc"),
    ("seats/0/id", 7, "must be a text"),
    ("seats/0/place", 99, "place must lie between"),
    ("seats/0/place", None, "on site needs a place"),
    ("seats/0/modes", ["fax"], "unknown mode 'fax'"),
    ("seats/0/modes", [], "needs modes"),
    ("seats/0/priority", -1, "priority must lie"),
    ("seats/0/gender", "x", "unknown gender"),
    ("seats/0/consent", 1, "true or false"),
    ("volunteers/0/id", "mirela", "have the id 'mirela'"),
    ("volunteers/0/home", -1, "home must lie"),
    ("volunteers/0/transport", "horse", "unknown transport"),
    ("volunteers/0/languages", {"ar": 8}, "level must lie"),
    ("volunteers/0/languages", {"tlh": 7}, "unknown language"),
    ("volunteers/0/caps/0/left", -1, "cap has left must lie"),
    ("volunteers/0/caps/0/period", "month", "unknown period"),
    ("volunteers/0/windows/0/end", 0, "is not after start"),
    ("substitution/0/cost", 101, "substitution of ar"),
    ("substitution/0/wanted", "tlh", "unknown language"),
    ("languages/0", "fa", "have the id 'fa'"),
    ("travel/transports/car/metres_per_minute", 0, "metres_per_minute must lie"),
    ("travel/overrides/0/to", 99, "override"),
    ("at_most/0/seats", ["nothing"], "unknown seat 'nothing'"),
    ("at_most/0/k", -1, "k must lie"),
    ("all_or_none", [["nothing"]], "unknown seat"),
    ("pins", [{"seat": "school-ar", "volunteer": "nobody"}], "unknown volunteer"),
    ("pins", [{"seat": "school-ar", "volunteer": "dilan", "option": 4}], "option must lie"),
    ("blocks", [{"seat": "nothing", "volunteer": "dilan"}], "unknown seat"),
    ("weights", {"fairness": [{"above_minutes": 0, "points": -1}]}, "weight fairness"),
    ("weights", {"options": []}, "must not be empty"),
    ("same_option", [["school-ar", "office-apc"]], "share a date"),
]


@pytest.mark.parametrize(("path", "value", "sentence"), BAD)
def test_bad_file_is_refused_with_one_sentence(path: str, value: object, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence) as caught:
        read_problem(put(path, value))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["NaN", "[Infinity]", "{", "", "[" * 100_000])
def test_text_that_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"no JSON|not a number"):
        parse(text)


def test_absurd_sizes_are_refused_before_anything_is_read() -> None:
    with pytest.raises(ValueError, match="too many"):
        read_problem({"format": "lotsenwerk-problem/1", "volunteers": [], "seats": [0] * 200_001})
    with pytest.raises(ValueError, match="too many"):
        check_sizes(1, 100_001)


PAIR = (seat("a", 9), seat("b", 9.5))


@pytest.mark.parametrize(
    ("task", "sentence"),
    [
        (
            problem((dilan(),), PAIR, pins=(Pin("a", "dilan"), Pin("b", "dilan"))),
            "at one time",
        ),
        (
            problem(
                (dilan(),), PAIR, pins=(Pin("a", "dilan"),), blocks=frozenset((("dilan", "a"),))
            ),
            "blocked from it",
        ),
        (problem((dilan(),), PAIR, pins=(Pin("a", "dilan"),) * 2), "pin for a seat"),
    ],
)
def test_pins_that_contradict_are_refused(task: Problem, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        validate(task)


def write(path: Path, data: object) -> str:
    path.write_text(json.dumps(data), encoding="utf-8")
    return str(path)


def test_command_line_solves_and_checks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, target = write(tmp_path / "p.json", load("example")), str(tmp_path / "plan.json")
    assert main(["solve", source, "-o", target, "--seconds", "5", "--seed", "2"]) == 0
    assert main(["check", source, target]) == 0
    assert "4 of 5 seats filled" in capsys.readouterr().out


def test_command_line_refuses_a_false_plan_and_a_bad_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = write(tmp_path / "p.json", load("example"))
    plan = solve(read_problem(load("example")))
    false = write(tmp_path / "plan.json", write_plan(replace(plan, objective=1)))
    assert main(["check", source, false]) == 1
    assert "objective" in capsys.readouterr().err
    assert main(["check", source, str(tmp_path / "missing.json")]) == 1
    assert main(["solve", write(tmp_path / "q.json", []), "-o", false]) == 1
    assert capsys.readouterr().err.count("\n") == 2


@pytest.mark.parametrize("call", [[], ["solve"], ["solve", "p", "-o", "q", "--seconds", "0"]])
def test_wrong_call_ends_with_two(call: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(call)
    assert caught.value.code == 2
