"""What is read of a row, and what is said of it."""

from sqlalchemy import Engine
from sqlalchemy.orm import load_only
from sqlmodel import col, select

from app import db
from app.seam import pair
from app.tables import Offer, Request
from tests.app.examples import MORNING, asking, offer
from tests.cast import Cast


def test_a_row_says_all_its_members_also_those_that_were_not_read(
    engine: Engine, cast: Cast
) -> None:
    with db.transaction(engine) as session:
        whole = asking(session, cast.wetterau, cast.school, MORNING).request.model_dump()
    with db.transaction(engine) as session:
        query = select(Request).options(load_only(col(Request.state)))
        found = session.exec(query).one()
        assert "topic" not in vars(found)
        assert found.model_dump() == whole


def test_who_was_held_for_an_answer_says_all_its_members(engine: Engine, cast: Cast) -> None:
    with db.transaction(engine) as session:
        made = asking(session, cast.wetterau, cast.school, MORNING)
        question = offer(made, cast.volunteers["dilan"])
        session.add(question)
    with db.transaction(engine) as session:
        held = pair.hold(session, made.seat.id, question.volunteer_id, offer_id=question.id)
        assert held is not None
        rows = (held.request, held.seat, held.option, held.volunteer, held.institution)
        for row in rows:
            assert row.model_dump().keys() == type(row).model_fields.keys()
        assert session.get_one(Offer, question.id).model_dump() == question.model_dump()
