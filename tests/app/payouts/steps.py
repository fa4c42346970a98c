"""A claim's way in the tests, over HTTP."""

from typing import Any

from httpx import AsyncClient

from tests.cast import Cast


async def build(client: AsyncClient, cast: Cast, month: str = "2027-01", **more: Any) -> Any:
    """What the service answers when Fatma builds the claims of a month."""
    sent = {"month": month, **more}
    answer = await client.post("/claims", json=sent, headers=cast.key("fatma"))
    assert answer.status_code == 201, answer.text
    return answer.json()


async def step(client: AsyncClient, cast: Cast, who: str, claim: str, verb: str) -> Any:
    """One step of a claim."""
    sent = {"reason": "bitte noch einmal prüfen"} if verb == "return" else None
    return await client.post(f"/claims/{claim}/{verb}", json=sent, headers=cast.key(who))


async def approve_all(client: AsyncClient, cast: Cast, month: str = "2027-01") -> list[str]:
    """Build, submit, check and approve every claim of a month; their ids."""
    ids = [claim["id"] for claim in (await build(client, cast, month))["claims"]]
    for claim in ids:
        for who, verb in (("amal", "submit"), ("fatma", "check"), ("lea", "approve")):
            answer = await step(client, cast, who, claim, verb)
            assert answer.status_code == 200, answer.text
    return ids


async def claim(client: AsyncClient, cast: Cast, claim_id: str, who: str = "fatma") -> Any:
    """A claim with its lines."""
    return (await client.get(f"/claims/{claim_id}", headers=cast.key(who))).json()
