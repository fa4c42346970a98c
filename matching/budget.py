"""How long a solver may go on: the only place of the package that reads a clock."""

from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic


@dataclass(frozen=True)
class Progress:
    """How far a run is, for a progress bar; `bound` is None as long as there is none."""

    method: str
    iteration: int
    objective: int
    seconds: float
    bound: int | None = None


@dataclass
class Budget:
    """Limits of one run; it counts from its creation.

    Without a limit of `iterations` the clock decides when to stop; with one the same input gives
    the same plan as long as the seconds are not used up. `reserve` are seconds at the end that the
    search leaves for reasons and checks.
    """

    seconds: float = 10.0
    iterations: int | None = None
    cancelled: Callable[[], bool] = lambda: False
    progress: Callable[[Progress], None] = lambda _: None
    reserve: float = 0.0
    started: float = field(default_factory=monotonic)
    done: int = 0

    @property
    def used(self) -> float:
        return monotonic() - self.started

    @property
    def left(self) -> float:
        return max(0.0, self.seconds - self.reserve - self.used)

    @property
    def by_clock(self) -> bool:
        """Whether the clock decides how much is done."""
        return self.iterations is None

    def over(self) -> bool:
        """Tell whether it is time to stop."""
        spent = self.iterations is not None and self.done >= self.iterations
        return spent or self.late()

    def late(self) -> bool:
        """Tell whether the seconds are used up or somebody called the run off."""
        return self.left <= 0 or self.cancelled()

    def report(self, method: str, objective: int, bound: int | None = None) -> None:
        """Count an iteration and tell whoever listens."""
        self.done += 1
        self.progress(Progress(method, self.done, objective, self.used, bound))
