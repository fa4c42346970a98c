"""Availability phrases read into weekly windows; what is not understood is listed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from scheduling.phrases import doubts, validity
from scheduling.phrases.grouping import Grouping
from scheduling.phrases.kinds import Token
from scheduling.phrases.reading import Reading
from scheduling.phrases.statements import Statement
from scheduling.phrases.windows import WeeklyWindow
from scheduling.phrases.words import normal, tokens

_LONGEST_PHRASE = 1_000


@dataclass(frozen=True)
class AvailabilityAnswer:
    """What an availability phrase says.

    Parameters
    ----------
    windows : tuple of WeeklyWindow
        What was understood, sorted; empty when nothing was.
    on_request : bool
        Whether the person asks to be called without naming times ("n. V.").
    not_understood : tuple of str
        Parts that yield no window and that somebody has to ask about.
    valid_from, valid_to : date or None
        First and last day on which the whole phrase holds, both included; None is without limit.
    """

    windows: tuple[WeeklyWindow, ...]
    on_request: bool = False
    not_understood: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None

    @property
    def every_second_week(self) -> bool:
        """Whether some window needs to know which week is meant; even weeks are known."""
        return any(window.every_weeks > 1 for window in self.windows)


def read_availability(text: str) -> AvailabilityAnswer:
    """The weekly windows of a phrase such as ``"Mo-Fr 8-12, Di auch 14-17"``.

    Mornings are 8-12, afternoons 13-17, evenings 17-20, a whole day 8-18; "ab 16" ends at 20,
    "bis 13" begins at 8; days that are not named are Monday to Friday. An exception reaches
    further: who cannot come in the afternoon cannot come from 12 to 18.

    A condition such as "außer in den Ferien", "gerade KW", "jede 2. Woche" or "evtl." holds for
    the statement it stands in: in "Mo 8-12, Di 9-11 außer in den Ferien" for the Tuesday. Alone
    between commas, "außer in den Ferien" and "nur in den Ferien" hold for the whole phrase.
    A condition before its days reaches up to the next comma; days after that comma are asked
    about unless they bring a condition of their own. "sonst" is the other season, the other
    weeks, or the other days from Monday to Friday.

    Parameters
    ----------
    text : str
        The phrase as written, in German or plain English; empty text gives an empty answer.

    Returns
    -------
    AvailabilityAnswer
        A part that is not understood, or may mean two things, yields no window and is listed.
    """
    plain = normal(text)
    if len(plain) > _LONGEST_PHRASE:
        return AvailabilityAnswer((), not_understood=(plain.strip(),))
    words, days = validity.split(list(tokens(plain)))
    return _answer(plain, words, days)


def _answer(plain: str, words: Sequence[Token], days: validity.Days) -> AvailabilityAnswer:
    grouping = Grouping(words)
    statements = doubts.mark(grouping.statements, grouping.unknown_clauses)
    reading = Reading(statements, nothing_else=grouping.nothing_else)
    windows = reading.windows()
    refused = _texts(plain, reading.refused)
    says_nothing = not (windows or reading.on_request or refused)
    if says_nothing and any(character.isalnum() for character in plain):
        refused = (plain.strip(),)
    return AvailabilityAnswer(windows, reading.on_request, refused, *days)


def _texts(plain: str, refused: Sequence[Statement]) -> tuple[str, ...]:
    """The words of statements that nobody understood, those of one clause together."""
    places: list[tuple[int, int, set[int]]] = []
    for one in sorted(refused, key=lambda statement: statement.start):
        if places and places[-1][2] & one.clauses:
            start, end, clauses = places.pop()
            places.append((start, max(end, one.end), clauses | one.clauses))
        else:
            places.append((one.start, one.end, one.clauses))
    return tuple(dict.fromkeys(plain[start:end].strip(" ,;\n") for start, end, _ in places))
