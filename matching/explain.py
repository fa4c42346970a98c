"""Why a seat is open: the ends of the domain with counts, the easiest cure first."""

import numpy as np

from matching.plan import OpenSeat, Reason
from matching.rules import failures
from matching.schedule import Schedule
from matching.speech import SPEAKS
from matching.tables import Bools, Ints, Tables
from matching.teams import strict_teams

ENDS = {
    "language": "no_language",
    "consent": "no_language",
    "level": "no_language",
    "role": "role",
    "open_question": "open_question",
    "unavailable": "no_time",
    "busy": "no_time",
    "gender": "gender",
    "papers": "papers",
    "excluded": "policy",
    "only_kinds": "policy",
    "blocked": "policy",
    "cap": "caps",
    "too_far": "no_region",
    "mode": "mode",
}

# From the easiest to relax to the hardest, with the weight of one such change.
HARDNESS = {
    "no_time": 1,
    "no_region": 1,
    "mode": 1,
    "open_question": 1,
    "caps": 1,
    "gender": 1,
    "papers": 1,
    "policy": 1,
    "role": 4,
    "no_language": 4,
}
CODES = tuple(HARDNESS)
WEIGHTS = np.array(list(HARDNESS.values()), dtype=np.int64)


def open_seats(schedule: Schedule) -> tuple[OpenSeat, ...]:
    """Give every open seat of a finished schedule with its reasons."""
    seats = schedule.problem.seats
    team_of = {row: team for team in strict_teams(schedule.problem) for row in team}
    return tuple(
        OpenSeat(seat.id, _reasons(schedule, row, team_of.get(row, ())))
        for row, seat in enumerate(seats)
        if row not in schedule.pair_of
    )


def why_open(schedule: Schedule, seat: int) -> tuple[Reason, ...]:
    """Give the reasons of one open seat (row), the easiest cure first."""
    team = next((team for team in strict_teams(schedule.problem) if seat in team), ())
    return _reasons(schedule, seat, team)


def _reasons(schedule: Schedule, seat: int, team: tuple[int, ...]) -> tuple[Reason, ...]:
    pairs = schedule.candidates.of_seat(seat)
    if len(pairs):
        people = len(np.unique(schedule.candidates.volunteer[pairs]))
        return (*_groups(schedule, seat, team), Reason("taken", {"volunteers": people}))
    return lacking(schedule.candidates.tables, seat)


def _groups(schedule: Schedule, seat: int, team: tuple[int, ...]) -> list[Reason]:
    """Give the quota that is used up and the team-mates for whom nobody was found."""
    problem, found = schedule.problem, []
    for number in schedule.quotas.get(seat, ()):
        if schedule.filled[number] >= problem.at_most[number].k:
            found.append(Reason("budget", {"at_most": problem.at_most[number].k}))
    empty = [other for other in team if not len(schedule.candidates.of_seat(other))]
    if empty:
        found.append(Reason("team", {"seat": problem.seats[empty[0]].id}))
    return found


def lacking(tables: Tables, seat: int) -> tuple[Reason, ...]:
    """Say why nobody may take a seat, the least change that would help first.

    Each volunteer counts with the date that lacks least, and only those nearest to the seat are
    counted; `relaxations` says how many changes they need. A language or a role that somebody
    would have to learn weighs as much as several of the others.
    """
    people = len(tables.problem.volunteers)
    if not people:
        return (Reason("no_language", {"volunteers": 0, "relaxations": 1}),)
    speakers = np.flatnonzero(tables.speech_code[tables.seats.speech[seat]] == SPEAKS)
    wrong = _wrong(tables, seat, speakers)
    if (WEIGHTS @ wrong).min(initial=HARDNESS["no_language"]) >= HARDNESS["no_language"]:
        wrong = _wrong(tables, seat, np.arange(people))
    lacks = WEIGHTS @ wrong
    near = wrong[:, lacks == lacks.min()]
    changes = int(near.sum(axis=0).min())
    counts = {code: int(row.sum()) for code, row in zip(CODES, near, strict=True) if row.any()}
    return tuple(
        Reason(code, {"volunteers": count, "relaxations": changes})
        for code, count in sorted(counts.items(), key=lambda item: -item[1])
    )


def _wrong(tables: Tables, seat: int, people: Ints) -> Bools:
    """Give ends × some volunteers: what each lacks on the date where she lacks least."""
    slots = tables.slots
    options = np.arange(slots.first[seat], slots.first[seat + 1])
    volunteer = np.tile(people, len(options))
    fails = failures(tables, volunteer, np.repeat(options, len(people)))
    table = np.zeros((len(CODES), len(options) * len(people)), dtype=np.bool_)
    for code, flags in fails.items():
        table[CODES.index(ENDS[code])] |= flags
    by_option = table.reshape(len(CODES), len(options), len(people))
    best = np.tensordot(WEIGHTS, by_option, axes=1).argmin(axis=0)
    lacking: Bools = by_option[:, best, np.arange(len(people))]
    return lacking
