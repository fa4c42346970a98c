"""A second bound beside that of the prices, from CP-SAT over the whole choice.

Its linear relaxation with cuts sees how conflicts of several volunteers hang together, which prices
do not. It runs in a thread of its own while the plan is made better, on boards of a
size for which it gets somewhere.
"""

from concurrent.futures import Future, ThreadPoolExecutor

from ortools.sat.python import cp_model

from matching.board import Board
from matching.cpsat import write_model
from matching.piece import cut_piece
from matching.roster import Roster
from matching.walks import starts

MOST_PAIRS = 60_000
LEAST_SECONDS = 5.0
CUTS, SYMMETRIES, LINEARIZATION = 2, 3, 2
Best = list[int]


class SecondBound:
    """A bound that falls while others work; begin with `start`, end with `stop`."""

    def __init__(self) -> None:
        self.solver = cp_model.CpSolver()
        self.thread = ThreadPoolExecutor(1)
        self.found: Best = []
        self.run: Future[None] | None = None

    def start(self, board: Board, roster: Roster, seconds: float) -> None:
        """Begin, if the board is small enough and there is time."""
        if len(board.pair) > MOST_PAIRS or seconds < LEAST_SECONDS:
            return
        program = cut_piece(board, roster, starts(board)).program
        parameters = self.solver.parameters
        parameters.num_workers = 1
        parameters.max_time_in_seconds = seconds
        parameters.linearization_level = LINEARIZATION
        parameters.cut_level = CUTS
        parameters.symmetry_level = SYMMETRIES
        self.solver.best_bound_callback = lambda bound: self.found.append(-round(bound))
        model, _ = write_model(program)
        self.run = self.thread.submit(self._solve, model)

    def _solve(self, model: cp_model.CpModel) -> None:
        self.solver.solve(model)

    @property
    def is_running(self) -> bool:
        """Whether it is still at it."""
        return self.run is not None and not self.run.done()

    @property
    def best(self) -> int | None:
        """The best bound so far, None as long as there is none."""
        return min(self.found, default=None)

    def stop(self) -> None:
        """End the search, at once or as soon as it can."""
        if self.run is not None:
            self.solver.stop_search()
            self.run.result()
        self.thread.shutdown()
