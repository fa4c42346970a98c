"""What looks like data about a client."""

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine

from app.freetext import personal_words, seems_personal
from app.pages import approvals, records
from tests.app.examples import furnish, snapshot
from tests.cast import Cast

NAMED = "Frau Musterfrau, geb. 01.02.1980, kam nicht"


@pytest.mark.parametrize(
    "text",
    [
        "Klient: Ahmad Rahimi",
        "Mutter heißt Fatima Rahimi",
        "0151.2345678",
        "Tel 12345678",
        "Kind ist schwerbehindert",
        "Vater nach Schlaganfall",
    ],
)
def test_a_hint_at_a_person_is_noticed(text: str) -> None:
    assert seems_personal(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Bitte nur für Frau Muster, Raum 3", ("name", "Frau Muster")),
        ("Kind: Amira kommt mit", ("name", "Kind: Amira")),
        ("Mutter, geb. 01.02.1980, kommt", ("birth_date", "geb. 01.02.1980")),
        ("erreichbar: 0151.2345678!", ("phone", "0151.2345678")),
        ("an amira@example.org", ("email", "amira@example.org")),
        ("Kind ist schwerbehindert.", ("health", "schwerbehindert.")),
        ("Elterngespräch", None),
    ],
)
def test_the_words_and_what_they_look_like_are_told(
    text: str, found: tuple[str, str] | None
) -> None:
    assert personal_words(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "Mutter-Kind-Gruppe im Familienzentrum",
        "Gespräch mit Eltern und Kind am 01.02.2027",
        "Eltern: bitte Impfpass mitbringen",
        "Raum 0.12, Eingang Hinterhof",
    ],
)
def test_plain_words_are_no_person(text: str) -> None:
    assert not seems_personal(text)


@pytest.mark.parametrize(
    ("who", "path", "body"),
    [
        ("amal", "/service-records/{record_id}/confirm", {"minutes": 60}),
        ("selin", "/service-records/{record_id}/dispute", {"minutes": 0}),
        ("amal", "/service-records/{record_id}/resolve", {"minutes": 0}),
        ("fatma", "/claims/{claim_id}/return", {}),
        ("fatma", "/claims/{claim_id}/hold", {}),
        ("fatma", "/claims/{claim_id}/reject", {}),
        ("dilan", "/claims/{claim_id}/waive", {}),
        ("lea", "/claims/{claim_id}/reverse", {}),
        ("amal", "/requests/{request_id}/triage", {"decision": "reject"}),
    ],
)
async def test_a_reason_that_names_somebody_is_refused_and_nothing_of_it_is_kept(
    client: AsyncClient, cast: Cast, engine: Engine, who: str, path: str, body: dict[str, object]
) -> None:
    path = path.format(**furnish(engine, cast).ids)
    before = snapshot(engine)
    answer = await client.post(path, json=body | {"reason": NAMED}, headers=cast.key(who))
    assert (answer.status_code, answer.json()["detail"]) == (
        422,
        "Im Text scheint etwas über einen Menschen zu stehen, etwa ein Name. Bitte weglassen.",
    )
    assert snapshot(engine) == before
    plain = body | {"reason": "kam nicht"}
    other = await client.post(path, json=plain, headers=cast.key(who))
    assert other.status_code != 422, f"control: {other.text}"


def test_pages_ask_again_when_a_note_names_somebody() -> None:
    for answer in ("yes", "no"):
        assert records.Answer(answer, "60", NAMED).mistakes == ["note"]
        assert records.Answer(answer, "60", "kam nicht").mistakes == []
    assert approvals._mistakes("no", NAMED) == ["note"]  # noqa: SLF001
    assert approvals._mistakes("no", "Betrag falsch") == []  # noqa: SLF001
    assert approvals._mistakes("yes", NAMED) == [], "kept only with a no"  # noqa: SLF001
