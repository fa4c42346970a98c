"""Ours beside its peers on the same synthetic weeks, judged by the same checker.

python -m bench.matching --size region --seeds 1-5 --seconds 5,20 \\
    --against cpsat-lns,timefold --peer-seconds 30,60

--mix says what is in the weeks: "plain" (single requests, parents' days, teams that weigh as much
as one seat), "full" (also second dates, clients with a budget, teams of which every seat counts) or
"rich" (a little of everything). Without it a size has its usual mix, for which the bars are set.

Every run has a process of its own. With several allowances each contender runs once for each,
because a method that cools down over its time shows at the end of it what it can do.
"""

import argparse
import json
import sys
from pathlib import Path

from bench.bars import bars
from bench.contender import MIXES, NAMES, OURS
from bench.contest import Contest, Week, hold
from bench.peers import annealing
from bench.plots import plot
from bench.tables import bar_table, contest_table
from matching.generate import SIZES

PLOTS = Path("var/bench")


def parse_seeds(text: str) -> list[int]:
    """Read "3", "1-5" or "1,4"."""
    found: list[int] = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        found += range(int(first), int(last or first) + 1)
    if not found:
        raise ValueError(f"no seed in {text!r}")
    return found


def parse_seconds(text: str) -> list[float]:
    """Read "10" or "5,20"."""
    return [float(part) for part in text.split(",")]


def parse_names(text: str) -> list[str]:
    """Read names of peers; "all" stands for everyone, nothing for nobody."""
    peers = [name for name in NAMES if name != OURS]
    names = peers if text == "all" else [part for part in text.split(",") if part]
    unknown = sorted(set(names) - set(peers))
    if unknown:
        raise argparse.ArgumentTypeError(f"unknown: {', '.join(unknown)}; known: {peers}")
    return names


def parser() -> argparse.ArgumentParser:
    """Give the options of the command."""
    made = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument("--size", choices=tuple(SIZES), default="pool")
    made.add_argument("--mix", choices=MIXES, help="what is in it, unless the usual of its size")
    made.add_argument("--seed", "--seeds", dest="seeds", type=parse_seeds, default=[1])
    made.add_argument("--seconds", type=parse_seconds, default=[10.0])
    made.add_argument("--peer-seconds", type=parse_seconds, help="where peers are allowed more")
    made.add_argument("--against", type=parse_names, default=["greedy"])
    made.add_argument("--clock-change", action="store_true", help="a week in which clocks change")
    made.add_argument("--known-bound", type=int, help="a bound known from elsewhere, one seed only")
    made.add_argument("--json", action="store_true")
    made.add_argument("--plot", type=Path, metavar="FILE.png")
    return made


def main(arguments: list[str] | None = None) -> None:
    """Hold the contests and print what came out."""
    made = parser()
    chosen = made.parse_args(arguments)
    if chosen.known_bound is not None and len(chosen.seeds) > 1:
        made.error("--known-bound belongs to one seed")
    allowed = _allowed(chosen)
    weeks = [Week(chosen.size, seed, chosen.clock_change, chosen.mix) for seed in chosen.seeds]
    contests = [hold(week, allowed, chosen.known_bound) for week in weeks]
    _print_json(contests) if chosen.json else _print_tables(contests)
    _plots(contests, chosen.plot)


def _allowed(chosen: argparse.Namespace) -> dict[str, list[float]]:
    """Give who runs how long; says who is skipped."""
    allowed: dict[str, list[float]] = {OURS: chosen.seconds}
    for name in chosen.against:
        missing = annealing.missing() if name == "timefold" else None
        if missing:
            _say(missing)
        else:
            allowed[name] = chosen.peer_seconds or chosen.seconds
    return allowed


def _print_json(contests: list[Contest]) -> None:
    if len(contests) == 1:
        print(json.dumps(contests[0].to_json(), indent=2))
        return
    week = contests[0].week
    content = {
        **week.to_json(),
        "seeds": [contest.week.seed for contest in contests],
        "runs": [contest.to_json() for contest in contests],
        "bars": [bar.to_json() for bar in bars(contests)],
    }
    print(json.dumps(content, indent=2))


def _print_tables(contests: list[Contest]) -> None:
    print(title(contests))
    print(contest_table(contests))
    found = bars(contests)
    if found:
        print(bar_table(found))


def title(contests: list[Contest]) -> str:
    """Give size, mix and seeds of the weeks in one line."""
    week, size = contests[0].week, contests[0].week.drawn
    seeds = ", ".join(str(contest.week.seed) for contest in contests)
    change = ", clocks change" if week.clock_change else ""
    return f"{week.size}, {size.volunteers:,} × {size.seats:,}, {size.mix}, seed {seeds}{change}"


def _plots(contests: list[Contest], file: Path | None) -> None:
    """Draw one plot per seed; a given name is for the first."""
    for number, contest in enumerate(contests):
        usual = PLOTS / f"{contest.week.name}-{contest.week.seed}.png"
        chosen = usual if file is None or number else file
        plot(contest, chosen)
        _say(f"plot: {chosen}")


def _say(text: str) -> None:
    print(text, file=sys.stderr)


if __name__ == "__main__":
    main()
