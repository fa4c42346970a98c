"""Parents' days: slots become shifts of few people."""

from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.parents_days import (
    Frame,
    Need,
    Shift,
    SlotTooLong,
    TooManySlots,
    even,
    lay_out,
)

AFTERNOON = Frame(14 * 60, 18 * 60, 15)
FRAMES = st.builds(
    lambda start, length, slot, pause: Frame(start, start + max(length, slot), slot, pause),
    start=st.integers(0, 900),
    length=st.integers(60, 480),
    slot=st.sampled_from([5, 7, 10, 12, 15, 20, 25, 30, 40, 45, 60]),
    pause=st.integers(0, 5),
)


def works(frame: Frame, slots: list[int]) -> bool:
    """Whether one person may do slots that begin at these minutes; counted minute by minute."""
    begun = since = slots[0]
    for one, following in pairwise(slots):
        if following - (one + frame.slot_minutes) >= frame.rest_minutes:
            since = following
        if following + frame.slot_minutes - since > frame.work_minutes:
            return False
    return slots[-1] + frame.slot_minutes - begun <= frame.most_minutes


def clock(shift: Shift) -> tuple[str, str]:
    """When a shift begins and ends."""
    begins, ends = (f"{m // 60}:{m % 60:02d}" for m in (shift.start, shift.end))
    return begins, ends


@settings(deadline=None)
@given(FRAMES, st.lists(st.integers(1, 60), min_size=1, max_size=3))
def test_every_slot_is_done_once_by_people_who_have_their_breaks(
    frame: Frame, counts: list[int]
) -> None:
    needs = [Need(f"l{number}", count) for number, count in enumerate(counts)]
    shifts = lay_out(frame, needs)
    for need in needs:
        own = [shift for shift in shifts if shift.language == need.language]
        assert sum(len(shift.slots) for shift in own) == need.slots
        assert [shift.number for shift in own] == list(range(1, len(own) + 1))
        assert len(own) == -(-need.slots // frame.most_slots), "as few people as can be"
        most, least = max(len(s.slots) for s in own), min(len(s.slots) for s in own)
        assert most - least <= 1
    for shift in shifts:
        check(frame, shift)


def check(frame: Frame, shift: Shift) -> None:
    """What holds for every shift."""
    assert frame.start <= shift.start == shift.slots[0]
    assert shift.end == shift.slots[-1] + frame.slot_minutes <= frame.end
    assert works(frame, list(shift.slots))
    gaps = [(a + frame.slot_minutes, b) for a, b in pairwise(shift.slots)]
    assert [gap for gap in gaps if gap[1] - gap[0] != frame.pause_minutes] == list(shift.breaks)
    assert all((slot - frame.start) % frame.step == 0 for slot in shift.slots)
    assert all(end - start >= frame.rest_minutes for start, end in shift.breaks)


@settings(deadline=None)
@given(FRAMES, st.integers(1, 60), st.integers(1, 4))
def test_no_more_people_are_there_at_once_than_wished(
    frame: Frame, slots: int, at_once: int
) -> None:
    need = Need("tr", slots, at_once)
    if slots > at_once * frame.cells:
        with pytest.raises(TooManySlots) as refused:
            lay_out(frame, [need])
        assert refused.value.most == at_once * frame.cells
        lay_out(frame, [Need("tr", refused.value.most, at_once)])
        return
    shifts = lay_out(frame, [need])
    assert sum(len(shift.slots) for shift in shifts) == slots
    for shift in shifts:
        check(frame, shift)
        there = [other for other in shifts if other.start <= shift.start < other.end]
        assert len(there) <= at_once


@settings(deadline=None)
@given(
    FRAMES,
    st.integers(1, 40),
    st.integers(1, 3),
    st.lists(st.tuples(st.integers(0, 1380), st.integers(1, 180)), min_size=1, max_size=4),
)
def test_who_is_there_already_counts_for_how_many_may_be_there_at_once(
    frame: Frame, slots: int, at_once: int, others: list[tuple[int, int]]
) -> None:
    taken = tuple((start, start + length) for start, length in others)
    free = sum(
        max(0, at_once - sum(a < begin + frame.slot_minutes and begin < b for a, b in taken))
        for begin in range(frame.start, frame.end - frame.slot_minutes + 1, frame.step)
    )
    need = Need("kmr", slots, at_once, taken)
    if slots > free:
        with pytest.raises(TooManySlots) as refused:
            lay_out(frame, [need])
        assert refused.value.most == free
        return
    shifts = lay_out(frame, [need])
    assert sum(len(shift.slots) for shift in shifts) == slots
    for shift in shifts:
        check(frame, shift)
    for minute in range(frame.start, frame.end):
        own = sum(shift.start <= minute < shift.end for shift in shifts)
        there = sum(start <= minute < end for start, end in taken)
        assert own == 0 or own + there <= at_once


def test_a_gap_at_the_end_of_the_day_is_filled() -> None:
    (shift,) = lay_out(Frame(1320, 1440, 15, 5), [Need("kmr", 3, 1, ((1320, 1375),))])
    assert clock(shift) == ("23:00", "23:55")


def longest(frame: Frame) -> int:
    """The most slots of one person, by trying every set of slots."""
    grid = range(frame.start, frame.end - frame.slot_minutes + 1, frame.step)
    return max(
        number
        for number in range(1, len(grid) + 1)
        for chosen in combinations(grid, number)
        if works(frame, list(chosen))
    )


@pytest.mark.parametrize("slot", [15, 20, 30, 45, 60])
@pytest.mark.parametrize("length", [60, 120, 150, 180, 225])
def test_one_person_does_as_much_as_can_be_done(slot: int, length: int) -> None:
    frame = Frame(840, 840 + length, slot)
    assert frame.most_slots == longest(frame)


def fewest(frame: Frame, slots: int, at_once: int) -> int:
    """The fewest people, by trying all shifts in all lanes."""
    lengths = {}
    for number in range(1, frame.cells + 1):
        for chosen in combinations(range(frame.cells), number):
            begins = [frame.start + cell * frame.step for cell in chosen]
            if chosen[0] == 0 and works(frame, begins):
                span = chosen[-1] + 1
                lengths[number] = min(span, lengths.get(number, span))
    lanes: set[tuple[int, tuple[int, ...]]] = {(0, (0,) * at_once)}
    people = 0
    while not any(done >= slots for done, _ in lanes):
        people += 1
        lanes = {
            (done + number, tuple(sorted((*used[:lane], used[lane] + span, *used[lane + 1 :]))))
            for done, used in lanes
            for number, span in lengths.items()
            for lane in range(at_once)
            if used[lane] + span <= frame.cells
        }
    return people


@pytest.mark.parametrize("at_once", [1, 2])
@pytest.mark.parametrize("frame", [
    Frame(840, 1020, 30), Frame(840, 1080, 30), Frame(840, 1080, 20, 5), Frame(840, 1080, 45),
    Frame(840, 1020, 15, 0, 45, 15, 75),
], ids=str)  # fmt: skip
def test_with_few_at_once_there_are_still_as_few_people_as_can_be(
    frame: Frame, at_once: int
) -> None:
    for slots in range(1, frame.cells * at_once + 1):
        people = len(lay_out(frame, [Need("tr", slots, at_once)]))
        assert people == fewest(frame, slots, at_once), slots


def test_eleven_quarters_of_an_hour_are_one_person_with_a_break_in_the_middle() -> None:
    (shift,) = lay_out(AFTERNOON, [Need("tr", 11)])
    assert clock(shift) == ("14:00", "17:00")
    assert shift.breaks == ((930, 945),)


def test_two_people_of_a_language_cover_the_whole_window() -> None:
    first, second = lay_out(AFTERNOON, [Need("ar", 20)])
    assert (clock(first), clock(second)) == (("14:00", "16:45"), ("15:15", "18:00"))


def test_who_can_follow_each_other_do() -> None:
    first, second = lay_out(AFTERNOON, [Need("ar", 16)])
    assert (clock(first), clock(second)) == (("14:00", "16:00"), ("16:00", "18:00"))
    assert first.breaks == second.breaks == ()


def test_the_way_between_slots_takes_time() -> None:
    (shift,) = lay_out(Frame(840, 1080, 10, 5), [Need("tr", 9)])
    assert shift.slots[:3] == (840, 855, 870)
    assert shift.breaks == ((910, 930),)
    assert shift.end == 985


def test_slots_stay_on_the_grid_after_a_break() -> None:
    (shift,) = lay_out(Frame(840, 1080, 10), [Need("tr", 16)])
    assert shift.breaks == ((920, 940),)
    assert all(slot % 10 == 0 for slot in shift.slots)


def test_what_fits_no_window_is_refused() -> None:
    with pytest.raises(SlotTooLong):
        Frame(840, 850, 15)
    with pytest.raises(SlotTooLong):
        Frame(840, 1080, 130)
    for start, end in ((900, 840), (840, 840), (-1, 60), (1400, 1441)):
        with pytest.raises(ValueError, match="no window"):
            Frame(start, end, 15)
    with pytest.raises(ValueError, match="short"):
        Frame(840, 1080, 0)
    for need in (Need("tr", 0), Need("tr", 3, 0)):
        with pytest.raises(ValueError, match="none"):
            lay_out(AFTERNOON, [need])


def test_a_number_is_shared_evenly() -> None:
    assert even(11, 3) == [4, 4, 3]
