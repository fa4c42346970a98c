"""What is kept secret stands in no answer, whoever reads."""

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine
from sqlmodel import select

from app import db
from app.tables import (
    ApiToken,
    CalendarFeed,
    Message,
    PushSubscription,
    Row,
    SignedLink,
    Webhook,
)
from tests.app.callers import PEOPLE
from tests.app.examples import Examples, furnish
from tests.app.operations import call, operations
from tests.cast import Cast

KEPT: tuple[tuple[type[Row], str], ...] = (
    (Webhook, "secret"),
    (PushSubscription, "endpoint"),
    (PushSubscription, "p256dh"),
    (PushSubscription, "auth"),
    (SignedLink, "token_hash"),
    (ApiToken, "token_hash"),
    (CalendarFeed, "token_hash"),
    (Message, "body"),
)


def kept(engine: Engine) -> set[str]:
    """Every value that nobody may read; of each kind there is one."""
    found: set[str] = set()
    with db.transaction(engine) as session:
        for table, name in KEPT:
            values = {str(getattr(row, name)) for row in session.exec(select(table)).all()} - {""}
            assert values, f"control: {table.__name__}.{name} can be found"
            found |= values
    return found


@pytest.fixture
def examples(engine: Engine, cast: Cast) -> Examples:
    """One object of every kind, with secrets that are known again."""
    made = furnish(engine, cast)
    with db.transaction(engine) as session:
        hook = session.exec(select(Webhook)).one()
        hook.secret, hook.previous_secret = "whsec_Geheimnis", "whsec_Geheimnis"
        message = session.exec(select(Message)).first()
        assert message
        message.body = "Was geschrieben wurde: http://test/a/lw_Geheimnis"
        session.add_all([hook, message])
    return made


async def test_no_answer_holds_what_is_kept_secret(
    client: AsyncClient, cast: Cast, engine: Engine, examples: Examples
) -> None:
    secrets = kept(engine) | {"lw_Geheimnis", "whsec_"}
    leaks, shown = {}, 0
    for operation in operations():
        if operation.method != "GET":
            continue
        for name in PEOPLE:
            answer = await call(client, operation, examples.ids, key=cast.key(name))
            shown += answer.is_success
            found = [one for one in secrets if one in answer.text]
            if found:
                leaks[operation.name, name] = found
    assert leaks == {}
    assert shown > 50
