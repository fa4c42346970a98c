"""Signatures: what the document tells receivers to check is what is sent."""

import base64

import pytest
from sqlalchemy import Engine

from app import jobs
from app.tables import Webhook, WebhookDelivery
from app.webhooks import signing
from tests.app.webhooks.receiver import Received, Receiver, documented

genuine = documented()


def test_the_signature_is_that_of_the_standard() -> None:
    """The example that the specification of Standard Webhooks prints."""
    made = signing.signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        b'{"test": 2432232314}',
    )
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_each_secret_is_another_one_of_256_bits() -> None:
    secrets = {signing.new_secret() for _ in range(50)}
    assert len(secrets) == 50
    assert {len(base64.b64decode(one.removeprefix("whsec_"))) for one in secrets} == {32}


@pytest.fixture
def received(engine: Engine, receiver: Receiver, waiting: WebhookDelivery) -> Received:
    """A delivery as it came."""
    jobs.work_all(engine)
    (one,) = receiver.seen
    return one


def test_a_receiver_knows_us_by_the_documented_check(hook: Webhook, received: Received) -> None:
    assert genuine(hook.secret, received.headers, received.body)


@pytest.mark.parametrize(
    "forged",
    [
        lambda headers, body: (headers, body.replace(b"offer.made", b"offer.lost")),
        lambda headers, body: (headers, body + b" "),
        lambda headers, body: (headers | {"webhook-id": "other"}, body),
        lambda headers, body: (
            headers | {"webhook-timestamp": str(int(headers["webhook-timestamp"]) + 1)}, body,
        ),
        lambda headers, body: (headers | {"webhook-signature": "v1,"}, body),
        lambda headers, body: (headers | {"webhook-signature": ""}, body),
    ],
)  # fmt: skip
def test_whoever_changes_anything_is_found_out(
    hook: Webhook, received: Received, forged: object
) -> None:
    assert callable(forged)
    headers, body = forged(received.headers, received.body)
    assert not genuine(hook.secret, headers, body)


def test_nobody_without_the_secret_can_write(hook: Webhook, received: Received) -> None:
    stamp = int(received.headers["webhook-timestamp"])
    by_guess = signing.headers([signing.new_secret()], "1", stamp, b"{}")
    assert not genuine(hook.secret, by_guess, b"{}")
    with_it = signing.headers([hook.secret], "1", stamp, b"{}")
    assert genuine(hook.secret, with_it, b"{}"), "control: the secret is all it takes"


def test_what_was_overheard_is_of_no_use_later(
    hook: Webhook, received: Received, clock: object
) -> None:
    clock.shift(299)  # type: ignore[attr-defined]
    assert genuine(hook.secret, received.headers, received.body), "control: a slow line is no crime"
    clock.shift(2)  # type: ignore[attr-defined]
    assert not genuine(hook.secret, received.headers, received.body)
