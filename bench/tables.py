"""Results in columns for a terminal."""

from collections.abc import Iterator, Sequence

from bench.bars import Bar
from bench.contest import Contest, mean, worst
from bench.results import gap_of

HEAD = (
    *("method", "allowed", "gap", "worst", "gap_fill", "gap_cost"),
    *("seconds", "CPU s", "peak MiB", "violations"),
)


def contest_table(contests: list[Contest]) -> str:
    """Give one line per contender and allowance: means over the seeds, and the worst gap."""
    first = contests[0]
    rows = [_row(contests, name, seconds) for name, seconds, _ in first.each()]
    return columns([HEAD, *rows])


def _row(contests: list[Contest], name: str, seconds: float) -> tuple[str, ...]:
    runs = [(contest, contest.runs[name][seconds]) for contest in contests]
    gaps = [gap_of(run.objective, contest.limits.objective) for contest, run in runs]
    fills = [gap_of(run.fill, contest.limits.fill) for contest, run in runs]
    costs = [gap_of(run.objective, c.limits.objective, run.cost) for c, run in runs]
    return (
        name,
        f"{seconds:g}",
        percent(mean(gaps)),
        percent(worst(gaps)),
        percent(mean(fills)),
        percent(mean(costs)),
        number(mean([run.seconds for _, run in runs])),
        number(mean([run.cpu_seconds for _, run in runs])),
        number(worst([float(run.peak_mib) for _, run in runs]), digits=0),
        str(sum(run.violations for _, run in runs)),
    )


def bar_table(bars: list[Bar]) -> str:
    """Give one line per bar: mean and worst over the seeds, what is aimed at, and if it holds."""
    verdict = {None: "not run", True: "holds", False: "missed"}
    rows = [
        (
            bar.text,
            number(bar.mean, 4),
            number(bar.worst, 4),
            number(bar.most, 4),
            verdict[bar.holds],
        )
        for bar in bars
    ]
    return columns([("bar", "mean", "worst", "at most", ""), *rows])


def columns(rows: Sequence[Sequence[str]]) -> str:
    """Set rows in columns, the first to the left and the others to the right."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(_cells(row, widths)).rstrip() for row in rows)


def _cells(row: Sequence[str], widths: list[int]) -> Iterator[str]:
    yield row[0].ljust(widths[0])
    yield from (cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))


def percent(value: float | None) -> str:
    """Give a share in percent, a dash for what is not known."""
    return "–" if value is None else f"{100 * value:.3f} %"


def number(value: float | None, digits: int = 2) -> str:
    """Give a number, a dash for what is not known."""
    return "–" if value is None else f"{value:,.{digits}f}"
