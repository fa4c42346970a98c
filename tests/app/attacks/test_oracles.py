"""What can be found out by asking: filters, orders and counts on what an answer does not show."""

from datetime import date

from httpx import AsyncClient
from sqlalchemy import Engine

from app.tables import Volunteer
from tests.app.calendars.subscribed import change
from tests.app.examples import Examples
from tests.app.operations import contract
from tests.cast import Cast

HIDDEN = ("0170", "0000000", "DE89", "3704", "1985-05-17", "@example", "61169", "c1", "%", "_")
"""Pieces of what the list of volunteers does not show."""
UNASKED = ("sort=phone", "order_by=iban", "phone=0170", "filter[iban]=DE89", "fields=iban")
FILTERS = {
    "q", "language", "state", "limit", "cursor", "sponsor_id", "volunteer_id", "seat_id",
    "institution_id", "request_id", "from", "to", "format", "as_of", "event", "channel", "kind",
    "day", "month", "preview", "dry_run", "keep_work", "first_day", "last_day", "first", "last",
    "name", "code", "waiting", "source", "priority", "role", "top", "all", "year", "by",
    "direction",
    "subject_type", "subject_id", "action", "account_id", "report", "funding_line", "payrun_id",
    "on", "template", "for",
}  # fmt: skip
"""Words that may stand after a question mark. A new one is looked at here: does it filter by
something that the answer does not show?
"""


async def test_a_list_is_not_searched_by_what_it_does_not_show(
    client: AsyncClient, cast: Cast
) -> None:
    assert (await client.get("/volunteers?q=dilan", headers=cast.key("amal"))).json()["items"]
    for piece in HIDDEN:
        params = {"q": piece}
        found = await client.get("/volunteers", params=params, headers=cast.key("amal"))
        assert found.json()["items"] == [], piece


async def test_words_that_no_route_knows_change_nothing(
    client: AsyncClient, cast: Cast, examples: Examples
) -> None:
    for path in ("volunteers", "institutions", "offers", "claims"):
        plain = await client.get(f"/{path}", headers=cast.key("amal"))
        assert plain.json()["items"], path
        for word in UNASKED:
            asked = await client.get(f"/{path}?{word}", headers=cast.key("amal"))
            assert asked.text == plain.text, f"{path}?{word}"


def test_every_word_one_may_ask_by_was_looked_at() -> None:
    used = {
        parameter["name"]
        for path, item in contract()["paths"].items()
        for details in item.values()
        for parameter in details.get("parameters", [])
        if parameter["in"] == "query" and path.startswith("/api/")
    }
    assert used >= {"q", "cursor", "volunteer_id"}
    assert used - FILTERS == set(), "is one of these an oracle?"


async def test_lists_come_in_the_order_of_their_ids_and_no_other(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    """An order by a hidden field would tell it by and by; by any other Dilan would be last."""
    last = {"phone": "0179 9", "email": "z@example.org", "iban": "GB29NWBK60161331926819"}
    born = {"birth_date": date(2000, 1, 1), "postal_code": "99999", "surname": "Zuletzt"}
    change(engine, Volunteer, cast.volunteers["dilan"], **last, **born, given_name="Zora")
    found = await client.get("/volunteers", headers=cast.key("amal"))
    ids = [one["id"] for one in found.json()["items"]]
    assert ids == sorted(ids)
    assert (len(ids), ids[0]) == (3, str(cast.volunteers["dilan"]))
