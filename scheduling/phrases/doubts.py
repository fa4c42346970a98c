"""Statements whose words are all known and whose meaning is still open."""

import itertools
from collections.abc import Iterable, Sequence

from scheduling.phrases.statements import Statement

_WEEKEND = frozenset({5, 6})


def mark(statements: Sequence[Statement], unknown_clauses: Iterable[int]) -> list[Statement]:
    """The statements that say something; those that somebody has to ask about are unknown.

    Parameters
    ----------
    statements : sequence of Statement
        In the order of the phrase; they are changed.
    unknown_clauses : iterable of int
        Parts between commas with a word that nobody understood.
    """
    said = [one for one in statements if one.said and not _says_nothing(one)]
    _attach_days(said)
    _attach_times(said)
    for before, after in itertools.pairwise(said):
        _mark_pair(before, after)
    unknown = set(unknown_clauses)
    for one in said:
        unknown |= one.clauses if one.unknown and one.is_days_only else set()
    for one in said:
        one.unknown = one.unknown or bool(one.clauses & unknown)
    return said


def _says_nothing(one: Statement) -> bool:
    """ "auch in den Ferien" is what holds anyway."""
    return one.is_empty and one.season == "always" and not one.unknown


def _attach_days(said: list[Statement]) -> None:
    """ "nachmittags, Mo-Do": the days belong to the times before, unless they are a weekend."""
    if len(said) < 2:
        return
    first, second = said[:2]
    plain = not (second.negated or second.has_condition or second.only or second.otherwise)
    if not (plain and second.is_days_only and first.times and not first.days):
        return
    if first.negated or first.has_condition or second.sentence != first.sentence:
        return
    if first.clauses & second.clauses:
        return
    if len(said) > 2 or set(second.days) <= _WEEKEND:
        first.unknown = second.unknown = True
        return
    first.days, first.end = second.days, second.end
    first.clauses |= second.clauses
    first.unknown = first.unknown or second.unknown
    del said[1]


def _attach_times(said: list[Statement]) -> None:
    """ "Mo-Fr, außer Mi, ab 14 Uhr": the times after the exception belong to the days before."""
    if len(said) != 3 or len({one.sentence for one in said}) > 1:
        return
    days, exception, times = said
    plain = not any(one.has_condition or one.only or one.otherwise for one in said)
    excepted = exception.negated and exception.not_first and exception.is_days_only
    if not (plain and excepted and _hangs(days) and times.times and not times.days):
        return
    if times.negated or exception.clauses & times.clauses or times.unknown:
        return
    days.times, days.apart = times.times, times.apart
    days.clauses |= times.clauses
    del said[2]


def _mark_pair(before: Statement, after: Statement) -> None:
    together = before.sentence == after.sentence
    if together and _reaches_on(before, after):
        after.unknown = after.leading = True
    elif _may_belong_together(before, after) if together else _hangs(before):
        before.unknown = after.unknown = True


def _may_belong_together(before: Statement, after: Statement) -> bool:
    one_clause = bool(before.clauses & after.clauses) and _hangs(after)
    return one_clause or _may_be_listed(before, after) or _may_share_times(before, after)


def _reaches_on(before: Statement, after: Statement) -> bool:
    """ "in den Ferien Mo 8-12, Di 9-11": the Tuesday may be meant as well, or not."""
    own = after.has_condition or after.negated or after.otherwise
    return before.leading and bool(after.days) and not own and not before.is_empty


def _hangs(one: Statement) -> bool:
    """Whether days stand alone that may belong to the times of their neighbours."""
    return one.is_days_only and not (one.negated or one.has_condition)


def _may_be_listed(before: Statement, after: Statement) -> bool:
    """ "außer Mo, Di 9-12": the Tuesday may be an exception, too."""
    if not (before.negated and before.not_first and before.is_days_only) or after.negated:
        return False
    own = after.has_condition or after.otherwise or after.only
    return bool(after.days) and not own and not set(before.days) <= set(after.days)


def _may_share_times(before: Statement, after: Statement) -> bool:
    """ "gerade KW Mo, ungerade KW Di 9-12": the Monday may have the same times, or none."""
    return before.is_days_only and before.leading and after.has_condition and bool(after.times)
