"""The plot of the gap over time."""

from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from bench.contest import Contest
from bench.results import Result, gap_of

LEAST_GAP = 1e-6
LEAST_SECONDS = 0.01


def plot(contest: Contest, file: Path) -> None:
    """Draw the gap of the longest run of each contender over time, both axes logarithmic."""
    figure = Figure(figsize=(8, 5), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot(xscale="log", yscale="log", xlabel="seconds", ylabel="gap in %")
    for name in contest.runs:
        when, gaps = curve(contest, contest.longest(name))
        if when:
            axes.step(when, [100 * gap for gap in gaps], where="post", label=name)
    week = contest.week
    axes.set_title(f"{week.name}, seed {week.seed}: gap to the tightest bound of the run")
    axes.grid(visible=True, which="both", alpha=0.3)
    if axes.get_legend_handles_labels()[0]:
        axes.legend()
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file, dpi=120)


def curve(contest: Contest, run: Result | None) -> tuple[list[float], list[float]]:
    """Give times and gaps of a run; a closed gap is drawn at one in a million."""
    bound = contest.limits.objective
    when: list[float] = []
    gaps: list[float] = []
    for point in run.points if run else ():
        gap = gap_of(point.objective, bound)
        if gap is not None:
            when.append(max(point.seconds, LEAST_SECONDS))
            gaps.append(max(gap, LEAST_GAP))
    if run and when:
        when.append(max(run.seconds, when[-1]))
        gaps.append(gaps[-1])
    return when, gaps
