"""The two packages that estimate travel know nothing of each other, and agree."""

from hypothesis import given, settings
from hypothesis import strategies as st

from matching.problem import Place, Problem, Transport, Travel
from matching.travel import minutes
from scheduling import places, travel

NORTH_AND_EAST = st.tuples(st.floats(49.4, 51.6), st.floats(7.8, 10.2))


@settings(deadline=None)
@given(NORTH_AND_EAST, NORTH_AND_EAST, st.sampled_from(sorted(travel.TRANSPORTS)), st.booleans())
def test_both_estimates_differ_by_a_minute_in_fifty_at_most(
    home: tuple[float, float], place: tuple[float, float], transport: str, same_town: bool
) -> None:
    towns = ("here", "here" if same_town else "there")
    ours = travel.travel_minutes(
        travel.Spot(*home, town=towns[0], building="a"),
        travel.Spot(*place, town=towns[1], building="b"),
        transport,
    )
    problem = Problem(
        languages=(),
        substitution=(),
        needs_consent=(),
        places=(
            Place(*places.to_metres(*home), 0),
            Place(*places.to_metres(*place), 0 if same_town else 1),
        ),
        travel=Travel(
            {
                name: Transport(t.metres_per_minute, t.detour_percent, t.fixed_minutes)
                for name, t in travel.TRANSPORTS.items()
            },
            travel.SAME_TOWN_MINUTES,
            travel.BUFFER_MINUTES,
        ),
        volunteers=(),
        seats=(),
    )
    engine = minutes(problem, transport, 0, 1)
    assert abs(ours - engine) <= 1 + ours // 50
