"""Foreign calendars as busy times."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling import calendar_in
from scheduling.calendar_in import BusyTimes, CalendarRefused, read_busy
from scheduling.calendar_out import Appointment, calendar_text

FIRST = datetime(2027, 1, 3, 9, 0, tzinfo=UTC)
LAST = FIRST + timedelta(days=181)
SECRET = "Termin bei Dr. Geheim"


def event(*lines: str, uid: str = "1@example.org") -> str:
    """An entry with a title that nobody must see."""
    told = [f"UID:{uid}", f"SUMMARY:{SECRET}", "ATTENDEE:mailto:x@example.org", *lines]
    return "\r\n".join(["BEGIN:VEVENT", *told, "END:VEVENT", ""])


def calendar(*parts: str) -> bytes:
    """A calendar of these parts."""
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{''.join(parts)}END:VCALENDAR\r\n".encode()


def read(*parts: str, own_suffix: str = "") -> BusyTimes:
    """What is busy in a calendar of these parts."""
    return read_busy(calendar(*parts), FIRST, LAST, own_suffix=own_suffix)


def shown(found: BusyTimes) -> list[str]:
    """`0105 10:00-11:00` in UTC."""
    return [f"{start:%m%d %H:%M}-{end:%H:%M}" for start, end in found.spans]


@pytest.mark.parametrize(
    ("lines", "busy"),
    [
        (["DTSTART:20270105T100000Z", "DTEND:20270105T110000Z"], "0105 10:00-11:00"),
        (["DTSTART:20270105T100000Z", "DURATION:PT90M"], "0105 10:00-11:30"),
        (["DTSTART:20270105T100000", "DTEND:20270105T110000"], "0105 09:00-10:00"),
        (
            ["DTSTART;TZID=Europe/Berlin:20270605T100000", "DTEND:20270605T100000Z"],
            "0605 08:00-10:00",
        ),
        (
            [
                'DTSTART;TZID="W. Europe Standard Time":20270605T100000',
                "DTEND;TZID=W. Europe Standard Time:20270605T110000",
            ],
            "0605 08:00-09:00",
        ),
        (
            ["DTSTART;TZID=America/New_York:20270105T100000", "DURATION:PT1H"],
            "0105 15:00-16:00",
        ),
        (
            ["DTSTART;TZID=/mozilla.org/2005/Europe/London:20270105T100000", "DURATION:PT1H"],
            "0105 10:00-11:00",
        ),
        (["DTSTART;TZID=Nowhere/Land:20270105T100000", "DURATION:PT1H"], "0105 09:00-10:00"),
        (["DTSTART;VALUE=DATE:20270105"], "0104 23:00-23:00"),
        (["DTSTART;VALUE=DATE:20270105", "DTEND;VALUE=DATE:20270106"], "0104 23:00-23:00"),
        (["DTSTART;VALUE=DATE:20270328"], "0327 23:00-22:00"),
        (["DTSTART:20261101T000000Z", "DTEND:20280101T000000Z"], "0103 09:00-09:00"),
        (["DTSTART:20270105T100000Z", "DURATION:PT1H", "STATUS:TENTATIVE"], "0105 10:00-11:00"),
    ],
)
def test_an_entry_is_busy_time_in_utc(lines: list[str], busy: str) -> None:
    assert shown(read(event(*lines))) == [busy]


@pytest.mark.parametrize(
    "line",
    [
        "TRANSP:TRANSPARENT",
        "STATUS:CANCELLED",
        "X-MICROSOFT-CDO-BUSYSTATUS:FREE",
        "X-MICROSOFT-CDO-BUSYSTATUS:WORKINGELSEWHERE",
        "transp:transparent",
    ],
)
def test_what_is_free_or_cancelled_is_not_busy(line: str) -> None:
    found = read(event("DTSTART:20270105T100000Z", "DTEND:20270105T110000Z", line))
    assert found == BusyTimes((), 0)


def test_titles_and_people_stay_behind() -> None:
    found = read(event("DTSTART:20270105T100000Z", "DTEND:20270105T110000Z"))
    assert len(found.spans) == 1
    assert "Geheim" not in repr(found)
    with pytest.raises(CalendarRefused) as refused:
        read_busy(calendar(event("X:1"))[:-15], FIRST, LAST)
    assert "Geheim" not in repr(refused.value)
    assert refused.value.code == "cut_off"


def test_a_weekly_entry_keeps_its_wall_time_over_the_clock_change() -> None:
    found = read(
        event(
            "DTSTART;TZID=Europe/Berlin:20200106T180000",
            "DTEND;TZID=Europe/Berlin:20200106T190000",
            "RRULE:FREQ=WEEKLY;BYDAY=MO;UNTIL=20270406T215959Z",
            "EXDATE;TZID=Europe/Berlin:20270111T180000,20270118T180000",
        )
    )
    assert found.skipped == 0
    assert shown(found)[:2] == ["0104 17:00-18:00", "0125 17:00-18:00"]
    assert shown(found)[-2:] == ["0329 16:00-17:00", "0405 16:00-17:00"]


def test_a_moved_and_a_freed_date_of_a_rule_are_seen() -> None:
    found = read(
        event("DTSTART:20270104T170000Z", "DTEND:20270104T180000Z", "RRULE:FREQ=WEEKLY;COUNT=4"),
        event(
            "RECURRENCE-ID:20270111T170000Z", "DTSTART:20270112T190000Z", "DTEND:20270112T200000Z"
        ),
        event(
            "RECURRENCE-ID:20270118T170000Z",
            "DTSTART:20270118T170000Z",
            "DTEND:20270118T180000Z",
            "STATUS:CANCELLED",
        ),
    )
    assert shown(found) == ["0104 17:00-18:00", "0112 19:00-20:00", "0125 17:00-18:00"]


def test_dates_that_are_listed_count_as_well() -> None:
    found = read(
        event(
            "DTSTART:20270105T100000Z",
            "DTEND:20270105T110000Z",
            "RDATE:20270107T100000Z",
            "RDATE;VALUE=PERIOD:20270108T100000Z/PT3H",
        )
    )
    assert shown(found) == ["0105 10:00-11:00", "0107 10:00-11:00", "0108 10:00-13:00"]


def test_lists_of_busy_times_are_read() -> None:
    found = read(
        "BEGIN:VFREEBUSY\r\n"
        "FREEBUSY:20270105T100000Z/PT1H,20270106T100000Z/20270106T120000Z\r\n"
        "FREEBUSY;FBTYPE=FREE:20270107T100000Z/PT1H\r\n"
        "FREEBUSY;FBTYPE=BUSY-UNAVAILABLE:20270108T100000Z/PT1H,rubbish\r\n"
        "END:VFREEBUSY\r\n"
    )
    assert shown(found) == ["0105 10:00-11:00", "0106 10:00-12:00", "0108 10:00-11:00"]
    assert found.skipped == 1


def test_our_own_entries_are_no_news() -> None:
    start = datetime(2027, 1, 5, 10, 0, tzinfo=UTC)
    ours = Appointment("1@lotsen.example", 0, start, start + timedelta(hours=1), start, "Einsatz")
    text = calendar_text([ours]).encode()
    assert read_busy(text, FIRST, LAST, own_suffix="@lotsen.example").spans == ()
    assert len(read_busy(text, FIRST, LAST, own_suffix="@other.example").spans) == 1


def test_a_zone_that_only_its_offsets_name_is_found_by_them() -> None:
    zone = (
        "BEGIN:VTIMEZONE\r\nTZID:Customized\r\n"
        "BEGIN:STANDARD\r\nDTSTART:16010101T000000\r\nTZOFFSETFROM:-0400\r\nTZOFFSETTO:-0500\r\n"
        "RRULE:FREQ=SECONDLY\r\nEND:STANDARD\r\n"
        "BEGIN:DAYLIGHT\r\nTZOFFSETFROM:-0500\r\nTZOFFSETTO:-0400\r\nEND:DAYLIGHT\r\n"
        "END:VTIMEZONE\r\n"
    )
    found = read(zone, event("DTSTART;TZID=Customized:20270605T100000", "DURATION:PT1H"))
    assert shown(found) == ["0605 14:00-15:00"]


def test_touching_and_overlapping_times_become_one() -> None:
    found = read(
        event("DTSTART:20270105T100000Z", "DURATION:PT1H", uid="a"),
        event("DTSTART:20270105T110000Z", "DURATION:PT1H", uid="b"),
        event("DTSTART:20270105T103000Z", "DURATION:PT15M", uid="c"),
    )
    assert shown(found) == ["0105 10:00-12:00"]


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=MINUTELY;INTERVAL=5",
        "FREQ=HOURLY",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYHOUR=0,1,2,3;BYMINUTE=0,1,2,3,4;BYSECOND=0,1,2,3",
        "FREQ=DAILY;COUNT=999999999",
        "FREQ=WEEKLY;INTERVAL=0",
        "FREQ=WEEKLY;BYSETPOS=366",
        "FREQ=WEEKLY\x0bRRULE:FREQ=SECONDLY",
        "COUNT=3",
        "",
    ],
)
def test_a_rule_that_is_refused_is_left_out_and_counted(rule: str) -> None:
    good = event("DTSTART:20270105T100000Z", "DURATION:PT1H", uid="good")
    found = read(event("DTSTART:20270104T100000Z", f"RRULE:{rule}", uid="bad"), good)
    assert shown(found) == ["0105 10:00-11:00"]
    assert found.skipped == 1


@pytest.mark.parametrize(
    "lines",
    [
        ["DTSTART:20270105T100000Z", "DTEND:20270105T090000Z"],
        ["DTSTART:20270105T100000Z", "DURATION:P99999999W"],
        ["DTSTART:20270231T100000Z", "DTEND:20270231T110000Z"],
        ["DTSTART:yesterday", "DTEND:tomorrow"],
        ["DTEND:20270105T110000Z"],
        [],
        ["DTSTART:00000105T100000Z", "RRULE:FREQ=YEARLY"],
        ["DTSTART:00010105T100000Z", "RRULE:FREQ=DAILY"],
        ["DTSTART:20270104T100000Z", "RRULE:FREQ=DAILY;COUNT=2", "RRULE:FREQ=WEEKLY;COUNT=2"],
        ["DTSTART;VALUE=DATE:20270105", "DTEND:20270105T110000Z"],
    ],
)
def test_times_that_make_no_sense_are_left_out_and_counted(lines: list[str]) -> None:
    good = event("DTSTART:20270109T100000Z", "DURATION:PT1H", uid="good")
    found = read(event(*lines, uid="bad"), good)
    assert shown(found) == ["0109 10:00-11:00"]
    assert found.skipped == 1


@pytest.mark.parametrize("line", ["DURATION:PT0S", "DURATION:-PT1H", "DTEND:20270105T100000Z"])
def test_no_time_at_all_is_not_busy(line: str) -> None:
    assert read(event("DTSTART:20270105T100000Z", line)) == BusyTimes(())
    assert read(event("DTSTART:20270105T100000Z")) == BusyTimes(())


def test_the_last_year_there_is_does_no_harm() -> None:
    far = ["DTSTART:99991231T100000Z", "DURATION:P1D"]
    assert read(event(*far), event(*far, "RRULE:FREQ=YEARLY", uid="2")) == BusyTimes(())


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "no_calendar"),
        (b"<html>", "no_calendar"),
        (b"BEGIN:VCALENDAR\r\n" + b"X" * 1_000_000, "too_large"),
        (calendar("SUMMARY:a\x00b\r\n"), "no_calendar"),
        (calendar().decode().encode("utf-16"), "no_calendar"),
        (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", "cut_off"),
        (b"BEGIN:VCALENDAR\r\nEND:VEVENT\r\n", "no_calendar"),
        (b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\nBEGIN:VEVENT\r\n", "no_calendar"),
        (b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * 50_000, "no_calendar"),
        (calendar("BEGIN:VALARM\r\nEND:VALARM\r\n" * 21_000), "too_many"),
        (calendar(event("RDATE:" + "20270101T100000Z," * 20_000)), "too_many"),
        (calendar(*(event("RRULE:FREQ=DAILY") for _ in range(5_001))), "too_many"),
        (
            calendar("BEGIN:VFREEBUSY\r\nFREEBUSY:" + "," * 6_000 + "\r\nEND:VFREEBUSY\r\n"),
            "too_many",
        ),
        (
            calendar(
                *(
                    event("DTSTART:20270104T100000Z", "RRULE:FREQ=DAILY", uid=str(n))
                    for n in range(40)
                )
            ),
            "too_many",
        ),
    ],
)
def test_a_hostile_calendar_is_refused_whole(data: bytes, code: str) -> None:
    with pytest.raises(CalendarRefused) as refused:
        read_busy(data, FIRST, LAST)
    assert refused.value.code == code


def test_old_rules_step_only_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    old = [
        event("DTSTART:19700105T100000Z", "DURATION:PT1H", "RRULE:FREQ=WEEKLY", uid=str(n))
        for n in range(3)
    ]
    assert read(*old).skipped == 0
    monkeypatch.setattr(calendar_in, "MOST_STEPS", 50_000)
    assert read(*old).skipped == 1


FAR = [
    ["DTEND:19000101T000000Z", "RRULE:FREQ=DAILY"],
    ["DURATION:-P9W", "RRULE:FREQ=DAILY"],
    ["DURATION:P99999D", "RRULE:FREQ=DAILY"],
    ["DTEND:99991231T235959Z", "RDATE:20270106T100000Z"],
]


@pytest.mark.parametrize("lines", FAR)
def test_what_comes_back_lasts_neither_for_centuries_nor_backwards(lines: list[str]) -> None:
    found = read(event("DTSTART:20270105T100000Z", *lines))
    assert found == BusyTimes((), skipped=1)


@pytest.mark.parametrize("far", ["00010105", "19000105", "20300105"])
def test_a_date_of_a_rule_is_not_moved_over_centuries(far: str) -> None:
    rule = event("DTSTART:20250105T100000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY")
    moved = ["RECURRENCE-ID;RANGE=THISANDFUTURE:20250107T100000Z", "DURATION:PT1H"]
    assert read(rule, event(f"DTSTART:{far}T110000Z", *moved)) == BusyTimes((), skipped=1)
    near = read(rule, event("DTSTART:20250107T110000Z", *moved))
    assert shown(near)[0] == "0103 11:00-12:00", "control: by an hour it is"


@pytest.mark.parametrize("line", ["SEQUENCE:1", "DTSTART:20270105T100000Z", "TRANSP:OPAQUE"])
def test_what_may_stand_there_once_stands_there_once(line: str) -> None:
    lines = ["DTSTART:20270105T100000Z", "DURATION:PT1H", "SEQUENCE:1", "TRANSP:OPAQUE"]
    assert read(event(*lines)).skipped == 0
    assert read(event(*lines, *[line] * 9)) == BusyTimes((), skipped=1)


def test_the_work_for_one_calendar_is_bounded_whatever_it_is_made_of() -> None:
    leap = "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29"
    rules = [event("DTSTART:20270601T100000Z", leap, uid=str(n)) for n in range(1_000)]
    assert read(*rules).skipped > 400, "each is looked ahead for years"
    assert read(*rules[:200]).skipped == 0, "control: so many are read"
    free = [one.replace("UID", "TRANSP:TRANSPARENT\r\nUID", 1) for one in rules]
    assert read(*free).skipped == 0, "birthdays that take no time cost nothing"


def test_broken_folding_loses_a_line_and_no_more() -> None:
    found = read(
        event("DESCRIPTION:broken\r\ninto pieces", "DTSTART:20270105T1000\r\n 00Z", "DURATION:PT1H")
    )
    assert shown(found) == ["0105 10:00-11:00"]


WORDS = st.sampled_from([
    "BEGIN:VCALENDAR", "END:VCALENDAR", "BEGIN:VEVENT", "END:VEVENT", "BEGIN:VTIMEZONE",
    "DTSTART:20270105T100000Z", "DTSTART;TZID=Europe/Berlin:20270105T100000", "DTEND:20270105",
    "DTSTART;TZID=\"a;b:c\":20270105T100000", "RRULE:FREQ=WEEKLY", "RRULE:FREQ=DAILY;COUNT=3",
    "RECURRENCE-ID:20270112T100000Z", "EXDATE:20270112T100000Z", "DURATION:PT1H", "UID:1", "UID:2",
    "FREEBUSY:20270105T100000Z/PT1H", "TRANSP:TRANSPARENT", ":", ";", "DTSTART", "\ufeff", "\x0b",
])  # fmt: skip


def _outcome(data: bytes) -> str:
    try:
        found = read_busy(data, FIRST, LAST)
    except CalendarRefused as refused:
        return refused.code
    assert all(FIRST <= start < end <= LAST for start, end in found.spans)
    assert all(a[1] < b[0] for a, b in zip(found.spans, found.spans[1:], strict=False))
    return "read"


@given(st.binary(max_size=300))
def test_random_bytes_give_a_refusal_and_nothing_else(data: bytes) -> None:
    assert _outcome(data) != ""
    assert _outcome(b"BEGIN:VCALENDAR\r\n" + data) != ""


@settings(max_examples=200)
@given(st.lists(WORDS, max_size=25))
def test_a_shuffled_calendar_is_read_or_refused(lines: list[str]) -> None:
    inner = "\r\n".join(lines)
    assert _outcome(calendar(inner + "\r\n")) != ""
    assert _outcome(calendar(event(*lines))) != ""
