"""A statement: some days with some times, and how they are meant."""

from dataclasses import dataclass, field

from scheduling.phrases.kinds import OPEN_ENDED, Parity, Season, Token


@dataclass
class Statement:
    """Days with times, as far as they were said, and how they are meant."""

    start: int
    end: int
    sentence: int = 0
    days: list[int] = field(default_factory=list)
    times: list[Token] = field(default_factory=list)
    apart: set[int] = field(default_factory=set)
    """Places of the times that a word such as "und" sets apart from the time before."""
    season: Season | None = None
    is_firm: bool = False
    """Whether the season may speak for the whole phrase: "nur in den Ferien"."""
    parity: Parity | None = None
    every_weeks: int | None = None
    soft: bool = False
    on_request: bool = False
    besides: bool = False
    """Whether "n. V." comes on top of what was said: "sonst n. V."."""
    negated: bool = False
    not_first: bool = False
    """Whether "nicht" stood before the days, so that a list of days may go on."""
    only: bool = False
    only_first: bool = False
    otherwise: bool = False
    leading: bool = False
    """Whether a condition stood before the days and times, so that it may reach further."""
    trailing: bool = False
    """Whether a condition stood after them."""
    times_first: bool = False
    closed: bool = False
    """Whether its days stood in brackets behind the times: "vormittags (Mo, Di)"."""
    continued: bool = False
    """Whether a day after a comma continues a range: "Mo-Do, Fr"."""
    unknown: bool = False
    said: bool = False
    clauses: set[int] = field(default_factory=set)
    """Numbers of the parts between separators that the statement reaches over."""

    @property
    def is_days_only(self) -> bool:
        return bool(self.days) and not self.times

    @property
    def is_open_ended(self) -> bool:
        """Whether its times are "ab 14" or "bis 12" and nothing else."""
        return bool(self.times) and {token.kind for token in self.times} <= OPEN_ENDED

    @property
    def takes_days(self) -> bool:
        """Whether a list of days may go on after a comma: "außer Mo, Di", "abends Mo, Di"."""
        return self.times_first or (self.not_first and self.is_days_only)

    @property
    def is_empty(self) -> bool:
        return not self.days and not self.times

    @property
    def has_condition(self) -> bool:
        """Whether something was said about the weeks it holds in, or how surely."""
        in_weeks = self.season or self.parity or self.every_weeks
        return bool(in_weeks or self.soft or self.on_request)
