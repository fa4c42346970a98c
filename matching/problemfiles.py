"""Reads problem files, `lotsenwerk-problem/1`; see `problem.schema.json`."""

from collections.abc import Mapping
from dataclasses import fields
from typing import cast

from matching import problem as types
from matching.problem import Problem, Seat, Volunteer
from matching.reader import Record, look_up, rows, text, texts, whole
from matching.tables import number
from matching.validate import check_sizes, check_unique, validate
from matching.writer import PROBLEM_FORMAT

Numbers = Mapping[str, int]


def read_problem(data: object) -> Problem:
    """Turn a parsed file into a valid problem.

    Raises
    ------
    ValueError
        On the first fault: format, sizes, members, numbers, references.
    """
    top = Record(data, "the problem")
    if top.take("format") != PROBLEM_FORMAT:
        raise ValueError(f"the format must be {PROBLEM_FORMAT!r}")
    people, seats = top.take("volunteers"), top.take("seats")
    if not isinstance(people, list) or not isinstance(seats, list):
        raise ValueError("volunteers and seats must be lists")
    others = top.take("lendable") if top.has("lendable") else []
    if not isinstance(others, list):
        raise ValueError("lendable must be a list")
    check_sizes(len(seats), len(people) + len(others))
    languages = texts(top.take("languages"), "languages")
    check_unique("language", languages)
    tags = number(languages)
    substitution, consent = _substitution(top, tags)
    problem = Problem(
        languages=languages,
        substitution=substitution,
        needs_consent=consent,
        places=top.rows("places", _place),
        travel=_travel(top.take("travel")),
        volunteers=rows(people, "volunteers", lambda item, at: _volunteer(item, at, tags)),
        seats=rows(seats, "seats", lambda item, at: _seat(item, at, tags)),
        all_or_none=top.rows("all_or_none", texts),
        same_option=top.rows("same_option", texts),
        at_most=top.rows("at_most", _quota),
        parents_days=top.rows("parents_days", _parents_day),
        lendable=rows(others, "lendable", lambda item, at: _volunteer(item, at, tags)),
        pins=top.rows("pins", _pin),
        blocks=frozenset(top.rows("blocks", _block)),
        weights=_weights(top.take("weights")) if top.has("weights") else types.Weights(),
    )
    top.finish()
    validate(problem)
    return problem


def _substitution(
    top: Record, tags: Numbers
) -> tuple[tuple[tuple[int, ...], ...], tuple[tuple[bool, ...], ...]]:
    cost = [[0 if a == b else -1 for a in range(len(tags))] for b in range(len(tags))]
    consent = [[False] * len(tags) for _ in tags]

    def read(item: object, where: str) -> None:
        record = Record(item, where)
        wanted = look_up(tags, record.text("wanted"), where)
        spoken = look_up(tags, record.text("spoken"), where)
        cost[wanted][spoken] = record.whole("cost")
        consent[wanted][spoken] = record.flag("needs_consent")
        record.finish()

    top.rows("substitution", read)
    return tuple(map(tuple, cost)), tuple(map(tuple, consent))


def _place(item: object, where: str) -> types.Place:
    record = Record(item, where)
    place = types.Place(record.whole("x_m"), record.whole("y_m"), record.whole("town"))
    record.finish()
    return place


def _travel(item: object) -> types.Travel:
    record = Record(item, "travel")
    overrides: dict[tuple[str, int, int], int] = {}

    def override(item: object, where: str) -> None:
        row = Record(item, where)
        key = (row.text("transport"), row.whole("from"), row.whole("to"))
        overrides[key] = row.whole("minutes")
        row.finish()

    record.rows("overrides", override)
    travel = types.Travel(
        transports=record.pairs("transports", _transport),
        same_town_minutes=record.whole("same_town_minutes", 20),
        buffer_minutes=record.whole("buffer_minutes", 10),
        overrides=overrides,
        matrices=record.pairs("matrices", lambda item, at: rows(item, at, _minutes)),
    )
    record.finish()
    return travel


def _minutes(item: object, where: str) -> tuple[int, ...]:
    return rows(item, where, whole)


def _transport(item: object, where: str) -> types.Transport:
    record = Record(item, where)
    means = types.Transport(
        record.whole("metres_per_minute"),
        record.whole("detour_percent", 130),
        record.whole("fixed_minutes", 5),
    )
    record.finish()
    return means


def _window(item: object, where: str) -> types.Window:
    record = Record(item, where)
    window = types.Window(record.whole("start"), record.whole("end"))
    record.finish()
    return window


def _busy(item: object, where: str) -> types.Busy:
    record = Record(item, where)
    busy = types.Busy(record.whole("start"), record.whole("end"), record.whole_or_none("place"))
    record.finish()
    return busy


def _cap(item: object, where: str) -> types.Cap:
    record = Record(item, where)
    cap = types.Cap(
        period=cast(types.Period, record.text("period")),
        index=record.whole_or_none("index"),
        unit=cast(types.Unit, record.text("unit")),
        left=record.whole("left"),
    )
    record.finish()
    return cap


def _volunteer(item: object, where: str, tags: Numbers) -> Volunteer:
    record = Record(item, where)
    spoken = record.pairs("languages", whole)
    only = record.texts_or_none("only_kinds")
    volunteer = Volunteer(
        id=record.text("id"),
        roles=frozenset(record.rows("roles", text)),
        home=record.whole("home"),
        transport=record.text("transport"),
        languages={look_up(tags, tag, where): level for tag, level in spoken.items()},
        female=record.flag_or_none("female"),
        papers=record.pairs("papers", whole),
        windows=record.rows("windows", _window),
        soft_windows=record.rows("soft_windows", _window),
        busy=record.rows("busy", _busy),
        caps=record.rows("caps", _cap),
        modes=frozenset(_modes(record, "modes", types.MODES)),
        max_travel_minutes=record.whole_or_none("max_travel_minutes"),
        excluded=frozenset(record.rows("excluded", text)),
        only_kinds=None if only is None else frozenset(only),
        lead_minutes=record.whole("lead_minutes", 0),
        open_question=record.flag("open_question"),
        lent=record.flag("lent"),
        long_days=record.flag("long_days"),
    )
    record.finish()
    return volunteer


def _modes(record: Record, name: str, default: tuple[types.Mode, ...]) -> tuple[types.Mode, ...]:
    if not record.has(name):
        return default
    return cast(tuple[types.Mode, ...], record.rows(name, text))


def _span(item: object, where: str) -> types.Span:
    record = Record(item, where)
    start, end, day = record.whole("start"), record.whole("end"), record.whole("day")
    week, year = record.whole("week"), record.whole("year")
    span = types.Span(start, end, day, week, year, record.whole("tax_year", 0))
    record.finish()
    return span


def _seat(item: object, where: str, tags: Numbers) -> Seat:
    record = Record(item, where)
    tag = record.text_or_none("language")
    name = record.text("id")
    seat = Seat(
        id=name,
        request=record.text("request", name),
        role=record.text("role"),
        spans=record.rows("spans", _span),
        place=record.whole_or_none("place"),
        language=None if tag is None else look_up(tags, tag, where),
        min_level=record.whole("min_level", 0),
        wished_level=record.whole("wished_level", 0),
        consent=record.flag("consent"),
        papers=record.rows("papers", text),
        modes=_modes(record, "modes", ("on_site",)),
        mode_alternatives=_modes(record, "mode_alternatives", ()),
        gender=cast(types.Gender | None, record.text_or_none("gender")),
        gender_hard=record.flag("gender_hard"),
        priority=record.whole("priority", 1),
        cents=record.whole("cents", 0),
        wished=record.text_or_none("wished"),
        tags=frozenset(record.rows("tags", text)),
        published=record.text_or_none("published"),
    )
    record.finish()
    return seat


def _quota(item: object, where: str) -> types.Quota:
    record = Record(item, where)
    quota = types.Quota(record.rows("seats", text), record.whole("k"))
    record.finish()
    return quota


def _parents_day(item: object, where: str) -> types.ParentsDay:
    record = Record(item, where)
    usual = types.ParentsDay(record.rows("seats", text))
    day = types.ParentsDay(
        usual.seats,
        work_minutes=record.whole("work_minutes", usual.work_minutes),
        rest_minutes=record.whole("rest_minutes", usual.rest_minutes),
        most_minutes=record.whole("most_minutes", usual.most_minutes),
    )
    record.finish()
    return day


def _pin(item: object, where: str) -> types.Pin:
    record = Record(item, where)
    pin = types.Pin(record.text("seat"), record.text("volunteer"), record.whole("option", 0))
    record.finish()
    return pin


def _block(item: object, where: str) -> tuple[str, str]:
    record = Record(item, where)
    pair = record.text("volunteer"), record.text("seat")
    record.finish()
    return pair


def _weights(item: object) -> types.Weights:
    record = Record(item, "weights")
    usual = types.Weights()
    plain = [field.name for field in fields(usual) if field.name not in _SHAPED]
    weights = types.Weights(
        name=record.text("name", usual.name),
        fairness=record.rows("fairness", _band) if record.has("fairness") else usual.fairness,
        options=record.rows("options", whole) if record.has("options") else usual.options,
        **{name: record.whole(name, getattr(usual, name)) for name in plain},
    )
    record.finish()
    return weights


_SHAPED = ("name", "fairness", "options")


def _band(item: object, where: str) -> tuple[int, int]:
    record = Record(item, where)
    band = record.whole("above_minutes"), record.whole("points")
    record.finish()
    return band
