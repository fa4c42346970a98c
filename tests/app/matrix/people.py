"""Who calls, and whose objects she sees: the rule behind every cell of the matrix."""

from dataclasses import dataclass, replace
from enum import StrEnum

from tests.app.callers import ANYONE, GRANTED, PEOPLE, Body, always
from tests.app.matrix.places import ITEM, WHOLE_PATH, Place
from tests.app.operations import Operation, rule

STAFF = frozenset({"coordinator", "finance", "lead", "auditor"})
"""Parts that see what belongs to their sponsor, whoever's it is there."""


class Whose(StrEnum):
    """To whom the object belongs that a call names."""

    OWN = "own"
    BESIDE = "of another person of the same sponsor"
    FOREIGN = "of another sponsor"


@dataclass(frozen=True)
class Caller:
    """Somebody who calls: her parts, and at which sponsor she is at home."""

    name: str
    parts: frozenset[str]
    at_fulda: bool = False
    elsewhere: frozenset[str] = frozenset()
    """Her parts at the other sponsor."""

    def acting(self, operation: Operation) -> "Caller":
        """How she calls an operation: at the sponsor where her part allows it."""
        here, there = self.may_call(operation), self.turned.may_call(operation)
        return self.turned if there and not here else self

    @property
    def turned(self) -> "Caller":
        """The same person, seen from the other sponsor."""
        return replace(self, parts=self.elsewhere, elsewhere=self.parts, at_fulda=not self.at_fulda)

    def is_everywhere(self, operation: Operation) -> bool:
        """Whether she may call the operation at both sponsors."""
        return bool(self.may_call(operation) and self.turned.may_call(operation))

    def may_call(self, operation: Operation) -> frozenset[str]:
        """Her parts that may call the operation."""
        if operation.name in HERSELF and self.name == SEVERAL:
            return frozenset()
        return self.parts & {PEOPLE[name] for name in rule(operation).who}


SEVERAL = "samira"
"""Coordinates, keeps the books, leads, interprets, and asks for the school."""
BETWEEN = "tariq"
"""Coordinates at Wetterau, keeps the books and leads at Fulda."""
NOBODY = Caller("", frozenset())
CALLERS = {
    **{name: Caller(name, frozenset({part})) for name, part in PEOPLE.items()},
    SEVERAL: Caller(
        SEVERAL, frozenset({"coordinator", "finance", "lead", "volunteer", "institution"})
    ),
    BETWEEN: Caller(BETWEEN, frozenset({"coordinator"}), elsewhere=frozenset({"finance", "lead"})),
    "kofi": Caller("kofi", frozenset({"coordinator", "finance", "lead"}), at_fulda=True),
    "nuru": Caller("nuru", frozenset({"volunteer"}), at_fulda=True),
    "nobody": NOBODY,
}

HERSELF = frozenset({
    "POST /volunteers/{volunteer_id}/busy-feeds",
    "POST /volunteers/{volunteer_id}/busy-feeds/{busy_feed_id}/refresh",
})  # fmt: skip
"""What nobody does for a volunteer, though the office reaches the rest of what is hers."""
SEEN_ELSEWHERE = frozenset({"POST /claims/{claim_id}/check path claim_id"})
"""Where who works at two sponsors is told that it is only her part that is wrong."""
OWNERS = {
    "token_id": ("amal", "kofi"),
    "session_id": ("amal", "kofi"),
    "feed_id": ("dilan", "nuru"),
    "subscription_id": ("dilan", "nuru"),
}
"""Ids of an account alone, and whose the examples at Wetterau and Fulda are."""
CHILDREN = frozenset({"absence_id", "exclusion_id", "extra_id", "busy_feed_id"})
"""Ids that lead somewhere only under their own parent."""
HOUSE = frozenset({"job_id", "feedback_id"})
"""Ids of the house: who may call sees all of them."""
SHARED = frozenset({"lending_id"})
"""Ids that two sponsors see: the one that asks and the one that lends."""

MEANT = {
    "subject_id": "offer_id",
    "follow_up_of": "request_id",
    "seen": "offer_id",
    "agreed": "volunteer_id",
    "first": "volunteer_id",
    "seats/*/id": "seat_id",
    "PATCH /series/{series_id} body request_id": "series_request_id",
    "POST /series/{series_id}/cancel body request_id": "series_request_id",
    "POST /service-records body assignment_id": "past_assignment_id",
    "POST /service-records/late-cancellation body assignment_id": "past_assignment_id",
    "POST /cap-exceptions body request_id": "past_request_id",
}
"""Places whose name does not say which example belongs there."""
SEEN_BY = {"POST /privacy/export body volunteer_id": frozenset({"lead", "volunteer"})}
"""Places where not every part that may call the operation may name somebody."""
NARROWS = {
    "POST /plans/{plan_id}/release body seat_ids/*",
    "POST /claims body volunteer_id",
    "POST /messages/seen body seen/*",
}
"""Places that only choose among what is the caller's own: a foreign id chooses nothing."""
OTHERWISE: dict[str, frozenset[int]] = {
    # The code of the example is no code.
    "POST /auth/factor": frozenset({422}),
    # One who is not booked there; only the coordination may name anybody.
    "POST /requests/{request_id}/move body agreed/*": frozenset({403, 409}),
    # The own people first have to wish it.
    "POST /seats/{seat_id}/lendings body lender_id": frozenset({409}),
    # A volunteer's calendar is of all her sponsors and takes none.
    "POST /calendar-feeds body sponsor_id": frozenset({404, 422}),
}
"""Places with other answers than 404 and a success, the same whoever's id stands there."""
WITH: dict[str, Body] = {
    "PATCH /series/{series_id} body request_id": always(scope="this", room="Zimmer 3"),
    "POST /series/{series_id}/cancel body request_id": always(scope="this", reason="ausgefallen"),
    "POST /cap-exceptions body request_id": always(**GRANTED),
    "POST /volunteers/{volunteer_id}/exclusions body institution_id": always(),
}
"""Bodies in which a place is looked at, where that of the rule does not take it."""
JOINED = frozenset({
    "POST /requests body follow_up_of",
    "POST /requests/check body follow_up_of",
    "PATCH /requests/{request_id} body seats/*/id",
    "PATCH /series/{series_id} body request_id",
    "POST /series/{series_id}/cancel body request_id",
    "POST /offers body seat_id",
    "POST /offers body option_id",
    "POST /assignments body option_id",
    "POST /service-records body assignment_id",
    "POST /courses/{course_id}/attendance path course_id",
    "POST /courses/{course_id}/attendance body items/*/volunteer_id",
    "DELETE /courses/{course_id}/participants/{volunteer_id} path course_id",
    "DELETE /courses/{course_id}/participants/{volunteer_id} path volunteer_id",
    "GET /courses/{course_id}/participants/{volunteer_id}/certificate.pdf path course_id",
    "GET /courses/{course_id}/participants/{volunteer_id}/certificate.pdf path volunteer_id",
})  # fmt: skip
"""Places whose id must fit to the others of the call: another's is visible, and still wrong."""
ELSEWHERE = frozenset({"POST /seats/{seat_id}/searches body first/*"})
"""Places that are only looked at on the other person's object: one's own is busy."""


def label(operation: Operation, place: Place) -> str:
    """The place of an operation in words: `POST /claims body volunteer_id`."""
    return f"{operation.name} {place}"


def is_cursor(place: Place) -> bool:
    """Where a list goes on: rows after an id, whoever's it is."""
    return place.within != "path" and place.at == ("cursor",)


def narrows(operation: Operation, place: Place) -> bool:
    """Whether a foreign id chooses nothing there, instead of being refused."""
    is_filter = place.within == "query" and place.at[0] != "sponsor_id"
    return is_filter or label(operation, place) in NARROWS


def is_between(operation: Operation) -> bool:
    """Whether two pools speak to each other there: each hears the other's name."""
    return "/lend" in operation.path


def otherwise(operation: Operation, place: Place | None) -> frozenset[int]:
    """Other answers that a place has than 404 and a success."""
    return OTHERWISE.get(label(operation, place) if place else operation.name, frozenset())


def fits(operation: Operation, place: Place, whose: Whose) -> bool:
    """Whether an id that is visible also belongs where it stands."""
    return whose is Whose.OWN or label(operation, place) not in JOINED


def example_of(operation: Operation, place: Place) -> str:
    """The name of the example object whose id belongs at a place."""
    path = "/".join(place.at)
    bare = path.removesuffix(f"/{ITEM}")
    for name in (label(operation, place), path, bare):
        if name in MEANT:
            return MEANT[name]
    last = bare.rpartition("/")[2]
    return last.removesuffix("s")


def sees(caller: Caller, operation: Operation, place: Place, whose: Whose) -> bool:
    """Whether somebody who may call sees the object that the id at a place names."""
    name = example_of(operation, place)
    if name in HOUSE or name in SHARED:
        return True
    if name in OWNERS:
        return whose is Whose.OWN and caller.name in OWNERS[name]
    if whose is not Whose.OWN and _parts_from_its_parent(operation, place):
        return False
    parts = caller.may_call(operation)
    parts &= SEEN_BY.get(label(operation, place), parts)
    if whose is Whose.BESIDE:
        return bool(parts & STAFF)
    if whose is not Whose.OWN or not parts:
        return False
    # Whoever is in a pool may name it, also where the examples in it are another's.
    return name == "sponsor_id" or _is_hers(caller, operation)


def _parts_from_its_parent(operation: Operation, place: Place) -> bool:
    """A child under another's parent, or a parent of another's child."""
    one_of_them = place.within == "path" and place != WHOLE_PATH
    return one_of_them and bool(CHILDREN & set(operation.path_names))


def _is_hers(caller: Caller, operation: Operation) -> bool:
    """The examples are Dilan's: who coordinates and interprets has none of her own."""
    if caller.parts <= {"operator", "programme"}:
        return rule(operation).who != ANYONE
    return caller.name != SEVERAL or caller.may_call(operation) != {"volunteer"}
