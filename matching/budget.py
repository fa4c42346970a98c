"""How long a solver may go on: the only place of the package that reads a clock."""

from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic


@dataclass(frozen=True)
class Progress:
    """How far a run is, for a progress bar."""

    method: str
    iteration: int
    objective: int
    seconds: float


@dataclass
class Budget:
    """Limits of one run; it counts from its creation.

    Without a limit of `iterations` the clock decides when to stop; with one the same input gives
    the same plan as long as the seconds are not used up.
    """

    seconds: float = 10.0
    iterations: int | None = None
    cancelled: Callable[[], bool] = lambda: False
    progress: Callable[[Progress], None] = lambda _: None
    started: float = field(default_factory=monotonic)
    done: int = 0

    @property
    def used(self) -> float:
        return monotonic() - self.started

    @property
    def left(self) -> float:
        return max(0.0, self.seconds - self.used)

    def over(self) -> bool:
        """Tell whether it is time to stop."""
        spent = self.iterations is not None and self.done >= self.iterations
        return spent or self.used >= self.seconds or self.cancelled()

    def report(self, method: str, objective: int) -> None:
        """Count an iteration and tell whoever listens."""
        self.done += 1
        self.progress(Progress(method, self.done, objective, self.used))
