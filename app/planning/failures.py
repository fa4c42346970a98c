"""Why a run gave no plan, in German and English. What is no code here is a sentence already."""

from enum import StrEnum

SIGNS_OF_NO_MEMORY = (
    "out of memory", "MemoryError", "bad_alloc", "Cannot allocate memory", "failed to map segment",
    "Memory allocation",
)  # fmt: skip
OUT_OF_MEMORY = 3
"""The exit code with which the engine says so itself."""


class Failure(StrEnum):
    """What can happen to the process that looks for a plan."""

    MEMORY = "memory"
    TIME = "time"
    KILLED = "killed"
    CRASHED = "crashed"


GERMAN = {
    Failure.MEMORY: "Der Speicher reichte für diesen Plan nicht aus. Planen Sie weniger Tage auf"
    " einmal, oder erhöhen Sie LOTSENWERK_PLAN_MEMORY_MB.",
    Failure.TIME: "Die Planung wurde nicht rechtzeitig fertig. Bitte versuchen Sie es noch einmal.",
    Failure.KILLED: "Die Planung wurde von außen beendet; vielleicht war der Speicher des Rechners"
    " voll. Bitte versuchen Sie es noch einmal.",
    Failure.CRASHED: "Die Planung ist abgebrochen. Bitte versuchen Sie es noch einmal; hilft das"
    " nicht, sagen Sie der Technik Bescheid.",
}
ENGLISH = {
    Failure.MEMORY: "There was not enough memory for this plan. Plan fewer days at a time, or raise"
    " LOTSENWERK_PLAN_MEMORY_MB.",
    Failure.TIME: "The plan was not finished in time. Please try again.",
    Failure.KILLED: "The planning was ended from outside; perhaps the machine was out of memory."
    " Please try again.",
    Failure.CRASHED: "The planning broke off. Please try again; if that does not help, tell your"
    " administrator.",
}


class SolverFailed(Exception):
    """The engine gave no plan: a code of `Failure`, or the sentence with which it refused."""

    def __init__(self, failure: str, said: str = "") -> None:
        super().__init__(failure)
        self.failure = failure
        self.said = said


def of_exit(status: int, said: str) -> SolverFailed:
    """What an exit code and the last words of a process mean."""
    if status == OUT_OF_MEMORY or (status and any(sign in said for sign in SIGNS_OF_NO_MEMORY)):
        return SolverFailed(Failure.MEMORY, said)
    if status in (-9, -15, -2):
        return SolverFailed(Failure.KILLED, said)
    lines = said.strip().splitlines()
    if status != 1 or not lines or "Traceback" in said:
        return SolverFailed(Failure.CRASHED, said)
    return SolverFailed(lines[-1], said)


def sentence(failure: str, locale: str = "de") -> str:
    """A failure as people read it."""
    table = ENGLISH if locale == "en" else GERMAN
    return table.get(Failure(failure), failure) if failure in set(Failure) else failure
