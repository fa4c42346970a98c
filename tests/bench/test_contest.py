"""Contenders are compared on the same week, and broken plans are found out."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from bench.bars import bars, ratio
from bench.contender import Allowance, compete, violations
from bench.contest import Contest, Week
from bench.matching import parse_names, parse_seeds, title
from bench.peers import annealing
from bench.peers.answer import empty_schedule, finish, plan_of
from bench.plots import curve, plot
from bench.results import (
    Limits,
    Point,
    Result,
    Watch,
    from_json,
    gap_of,
    objective_at,
    summary,
    tightest,
    to_json,
)
from bench.tables import bar_table, contest_table
from matching import solve
from matching.generate import SIZES, generate

POOL = generate(SIZES["small"], 3)
OURS = Result(
    name="ours",
    objective=990,
    fill=10,
    cost=10,
    filled=9,
    violations=0,
    seconds=2.0,
    cpu_seconds=1.5,
    peak_mib=100,
    bound=1_000,
    most=11,
    points=(Point(0.5, 900), Point(1.5, 990, 1_000)),
)
PEER = replace(OURS, name="greedy", objective=900, bound=None, most=None, points=(Point(0.1, 900),))


def contest(size: str = "pool", **changes: Result) -> Contest:
    runs = {"ours": {2.0: OURS}, "greedy": {2.0: PEER}}
    return Contest(Week(size, 1), runs | {name: {2.0: run} for name, run in changes.items()})


def test_command_prints_the_promised_keys(tmp_path: Path) -> None:
    picture = tmp_path / "gap.png"
    command = [sys.executable, "-m", "bench.matching", "--size", "pool", "--seed", "1"]
    command += ["--seconds", "1", "--against", "greedy", "--json", "--plot", str(picture)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    content = json.loads(done.stdout)
    assert set(content) == {"size", "seed", "ours", "peers"}
    assert (content["size"], content["seed"], set(content["peers"])) == ("pool", 1, {"greedy"})
    keys = {"gap", "gap_fill", "gap_cost", "objective", "bound", "seconds", "cpu_seconds"}
    keys |= {"peak_mib", "filled", "violations", "gap_at"}
    assert set(content["ours"]) == set(content["peers"]["greedy"]) == keys
    assert set(content["ours"]["gap_at"]) == {"1"}
    assert content["ours"]["violations"] == content["peers"]["greedy"]["violations"] == 0
    assert content["ours"]["gap"] <= content["peers"]["greedy"]["gap"]
    assert picture.read_bytes().startswith(b"\x89PNG")


NOT_BUILT = pytest.mark.skipif(annealing.missing() is not None, reason="the peer is not built")


@pytest.mark.parametrize(
    "name", ["cpsat", "cpsat-lns", "mip", pytest.param("timefold", marks=NOT_BUILT)]
)
def test_each_peer_gives_a_plan_that_holds(name: str) -> None:
    result = compete(name, POOL, Allowance(seconds=2, seed=1))
    assert result.violations == 0
    assert result.objective is not None
    assert result.objective >= solve(POOL, method="greedy").objective
    assert result.points[-1].objective == result.objective


def test_seat_given_to_somebody_who_may_not_go_counts_as_a_violation() -> None:
    plan = solve(POOL, method="greedy")
    assert violations(POOL, plan) == 0
    taken = plan.assignments[0]
    broken = replace(taken, option=taken.option, volunteer="nobody")
    assert violations(POOL, replace(plan, assignments=(broken, *plan.assignments[1:]))) > 0


def test_objective_that_is_not_the_plan_s_counts_as_a_violation() -> None:
    plan = solve(POOL, method="greedy")
    assert violations(POOL, replace(plan, objective=plan.objective + 1)) > 0


def test_empty_answer_is_a_plan_that_holds() -> None:
    assert violations(POOL, plan_of(finish(empty_schedule(POOL), []))) == 0


def test_gap_is_relative_to_the_bound_or_to_a_given_whole() -> None:
    assert gap_of(90, 100) == 0.1
    assert gap_of(90, 100, 20) == 0.5
    assert gap_of(100, 100, 0) == 0.0
    assert gap_of(None, 100) is None
    assert gap_of(90, None) is None
    assert gap_of(-10, 0) is None


def test_tightest_bound_comes_from_any_run_or_from_elsewhere() -> None:
    other = replace(PEER, points=(Point(1, 900, 995),))
    assert tightest([OURS, other]) == Limits(995, 11)
    assert tightest([OURS, other], known=992) == Limits(992, 11)
    assert tightest([PEER]) == Limits(None, None)


def test_objective_of_a_time_is_the_best_until_then() -> None:
    assert objective_at(OURS, 0.4) is None
    assert objective_at(OURS, 1.0) == 900
    assert objective_at(OURS, 9.0) == 990


def test_summary_lists_gaps_as_far_as_the_run_went() -> None:
    found = summary(OURS, Limits(1_000, 11), seconds=6)
    assert found["gap"] == 0.01
    assert found["gap_cost"] == 1.0
    assert found["gap_at"] == {"1": 0.1, "5": 0.01}


def test_watch_never_notes_a_worse_plan_than_before() -> None:
    watch = Watch()
    watch.note(5)
    watch.note(3, 9)
    assert [(point.objective, point.bound) for point in watch.points] == [(5, None), (5, 9)]


def test_result_survives_the_way_between_processes() -> None:
    assert from_json(json.loads(json.dumps(to_json(OURS)))) == OURS


def test_gap_at_an_allowance_is_that_of_its_own_run() -> None:
    short = replace(OURS, objective=950)
    both = Contest(Week("pool", 1), {"ours": {1.0: short, 2.0: OURS}})
    assert both.gap("ours", 1.0) == 0.05
    assert both.gap("ours", 2.0) == 0.01
    assert both.gap("ours", 1.5) == 0.01
    assert both.gap("ours", 5.0) is None
    assert set(both.to_json()["ours"]["runs"]) == {"1", "2"}


def test_contender_without_a_plan_has_no_gap() -> None:
    lost = replace(PEER, name="cpsat", objective=None, fill=None, cost=None, points=())
    content = contest(cpsat=lost).to_json()
    assert content["peers"]["cpsat"]["gap"] is None
    assert "cpsat" in contest_table([contest(cpsat=lost)])


def test_bar_is_judged_by_the_worst_seed() -> None:
    slow = replace(PEER, name="cpsat", seconds=10.0)
    slower = replace(slow, seconds=30.0)
    found = {bar.text: bar for bar in bars([contest(cpsat=slow), contest(cpsat=slower)])}
    seconds = found["seconds ÷ seconds of cpsat"]
    assert seconds.worst == 0.2
    assert seconds.holds is False
    assert found["violations"].holds is True
    assert "missed" in bar_table(list(found.values()))


def test_bar_against_somebody_who_did_not_run_is_left_open() -> None:
    found = {bar.text: bar for bar in bars([contest()])}
    assert found["seconds ÷ seconds of cpsat"].holds is None


@pytest.mark.parametrize("size", ["pool", "region", "state", "nation"])
def test_every_size_has_bars(size: str) -> None:
    assert "violations" in {bar.text for bar in bars([contest(size)])}


def test_mix_that_was_asked_for_stands_in_title_and_figures() -> None:
    usual, rich = contest(), replace(contest(), week=Week("pool", 1, mix="rich"))
    assert title([usual]) == "pool, 50 × 100, plain, seed 1"
    assert title([rich]) == "pool, 50 × 100, rich, seed 1"
    assert set(usual.to_json()) == {"size", "seed", "ours", "peers"}
    assert rich.to_json()["mix"] == "rich"
    assert rich.week.drawn == replace(SIZES["pool"], mix="rich")


def test_closed_gap_has_the_ratio_zero() -> None:
    assert ratio(0.0, 0.0) == 0.0
    assert ratio(1.0, 0.0) == float("inf")
    assert ratio(None, 1.0) is None


def test_plot_has_a_curve_per_contender_that_found_a_plan(tmp_path: Path) -> None:
    assert curve(contest(), OURS) == ([0.5, 1.5, 2.0], [0.1, 0.01, 0.01])
    file = tmp_path / "new" / "gap.png"
    plot(contest(), file)
    assert file.read_bytes().startswith(b"\x89PNG")


def test_seeds_and_names_are_read_as_ranges_and_lists() -> None:
    assert parse_seeds("1-3,7") == [1, 2, 3, 7]
    assert parse_names("") == []
    assert parse_names("mip,greedy") == ["mip", "greedy"]
