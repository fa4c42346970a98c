"""Minutes of the day that the times of a statement mean."""

from collections.abc import Callable, Iterable

from scheduling import intervals
from scheduling.phrases.kinds import (
    FIRST_MINUTE,
    LAST_MINUTE,
    LIMITS,
    MINUTES_A_DAY,
    OPEN_ENDED,
    WHOLE_DAY,
    Kind,
    Token,
)
from scheduling.phrases.statements import Statement

Span = tuple[int, int]
_Meaning = Callable[[Token], list[Span]]
_SLACK = 120
"""So far may a clock reach beyond the part of the day beside it: "vormittags 7-13"."""
_WHOLE_PARTS = {480: (0, 720), 720: (720, 840), 780: (720, 1080), 1020: (1020, MINUTES_A_DAY)}
"""How far a part of the day reaches, by its first minute, for somebody who cannot come then."""


def spans_of(statement: Statement) -> list[Span] | None:
    """When somebody can come; None when the times make no sense together."""
    return _read(statement, _inclusion)


def cuts_of(statement: Statement) -> list[Span] | None:
    """When somebody cannot come, read generously: "nicht nachmittags" is from 12 to 18."""
    return _read(statement, _exception)


def beyond(limits: Iterable[Token]) -> list[Span]:
    """The parts of the day that limits take away."""
    return [
        (0, limit.numbers[0])
        if limit.kind is Kind.NOT_BEFORE
        else (limit.numbers[0], MINUTES_A_DAY)
        for limit in limits
    ]


def _read(statement: Statement, meaning: _Meaning) -> list[Span] | None:
    limits = [token for token in statement.times if token.kind in LIMITS]
    flexible = [token for token in statement.times if token.kind is Kind.FLEXIBLE]
    named = [token for token in statement.times if token.kind not in LIMITS | {Kind.FLEXIBLE}]
    told = named or flexible or limits[:1]
    spans = _joined(told, statement.apart, meaning)
    if spans is None or _is_open_and_overlaps(told, spans):
        return None
    left = list(intervals.subtract(spans, beyond(limits)))
    return left if left or not spans else None


def _joined(told: list[Token], apart: set[int], meaning: _Meaning) -> list[Span] | None:
    spans: list[Span] = []
    parts: set[int] = set()
    for index, token in enumerate(told):
        new = meaning(token)
        if any(start >= end for start, end in new):
            return None
        near = index > 0 and token.start not in apart
        if near and (token.kind is Kind.PART or len(spans) - 1 in parts):
            new = _narrowed(spans, told[index - 1], token, meaning)
        if not new:
            return None
        if token.kind is Kind.PART:
            parts.add(len(spans) + len(new) - 1)
        spans += new
    return spans


def _narrowed(spans: list[Span], first: Token, second: Token, meaning: _Meaning) -> list[Span]:
    """ "nachmittags ab 14", "14-18 Uhr nachmittags": the clock is right; the earlier span goes."""
    if (first.kind is Kind.PART) == (second.kind is Kind.PART) or len(meaning(first)) > 1:
        return []
    part, told = (first, second) if first.kind is Kind.PART else (second, first)
    earlier = spans.pop()
    clock = [earlier] if told is first else meaning(second)
    if len(part.numbers) > 2 or len(clock) != 1 or meaning is not _inclusion:
        return list(intervals.intersect([earlier], meaning(second)))
    return _told_within(part.numbers, clock[0], told)


def _told_within(part: tuple[int, ...], clock: Span, told: Token) -> list[Span]:
    """The clock where it fits the part of the day; nothing for "vormittags 9-17"."""
    start, end = clock
    if told.kind in (Kind.FROM, Kind.NOT_BEFORE):
        end = part[1]
    elif told.kind in (Kind.UNTIL, Kind.NOT_AFTER):
        start = part[0]
    latest = MINUTES_A_DAY if part[1] == LAST_MINUTE else part[1] + _SLACK
    overlaps = start < part[1] and part[0] < end
    return [(start, end)] if overlaps and part[0] - _SLACK <= start and end <= latest else []


def _is_open_and_overlaps(told: list[Token], spans: list[Span]) -> bool:
    """Whether "ab 14 und bis 18" is being read: both at once, or each of them?"""
    is_open = any(token.kind in OPEN_ENDED for token in told)
    return is_open and not intervals.are_disjoint(spans)


def _inclusion(token: Token) -> list[Span]:
    numbers = token.numbers
    if token.kind in (Kind.FROM, Kind.NOT_BEFORE):
        return [(numbers[0], LAST_MINUTE)]
    if token.kind in (Kind.UNTIL, Kind.NOT_AFTER):
        return [(FIRST_MINUTE, numbers[0])]
    if token.kind is Kind.FLEXIBLE:
        return [WHOLE_DAY]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def _exception(token: Token) -> list[Span]:
    spans = _inclusion(token)
    if token.kind in (Kind.FROM, Kind.NOT_BEFORE):
        return [(token.numbers[0], MINUTES_A_DAY)]
    if token.kind in (Kind.UNTIL, Kind.NOT_AFTER):
        return [(0, token.numbers[0])]
    if token.kind is Kind.FLEXIBLE or spans == [WHOLE_DAY]:
        return [(0, MINUTES_A_DAY)]
    if token.kind is Kind.PART:
        return [_WHOLE_PARTS[start] for start, _ in spans]
    return spans
