"""Column templates: columns of a report in an order and under headings of one's own."""

from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine

from tests.app.reports.worlds import YEAR, drawn, line, written
from tests.cast import Cast

COLUMNS = [{"key": "minutes", "heading": "Std."}, {"key": "volunteer"}]


async def made(client: AsyncClient, cast: Cast, who: str = "amal", **more: Any) -> Any:
    """What the service answers to a new template."""
    body = {"report": "hours", "name": "Land 2026", "columns": COLUMNS} | more
    return await client.post("/column-templates", json=body, headers=cast.key(who))


async def test_a_template_gives_order_choice_and_headings(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    written(engine, [line(cast)])
    assert (await made(client, cast)).status_code == 201
    query = f"{YEAR}&template=Land 2026"
    answer = (await drawn(client, cast, "hours", query)).json()
    assert [column["heading"] for column in answer["columns"]] == ["Std.", "Name"]
    assert answer["rows"] == [{"minutes": 60, "volunteer": "Dilan-Beispiel, Dilan"}]
    sheet = await drawn(client, cast, "hours", f"{query}&format=csv")
    assert sheet.content.decode("utf-8-sig").splitlines() == [
        "Std.;Name", "1:00;Dilan-Beispiel, Dilan",
    ]  # fmt: skip
    assert (await drawn(client, cast, "hours", f"{query}&format=pdf")).status_code == 200


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (
            {"columns": [{"key": "stunden"}]},
            "Die Spalte stunden gibt es im Bericht hours nicht. Möglich sind: volunteer_id, ",
        ),
        ({"columns": [COLUMNS[0], COLUMNS[0]]}, "Die Spalte minutes steht zweimal"),
        ({"columns": [{"key": "minutes", "heading": "Frau Muster"}]}, "Bitte weglassen"),
    ],
)
async def test_columns_that_are_wrong_are_told_by_name(
    client: AsyncClient, cast: Cast, more: dict[str, Any], told: str
) -> None:
    answer = await made(client, cast, **more)
    assert answer.status_code == 422
    assert told in answer.json()["detail"]


async def test_templates_of_a_report_nobody_knows_are_refused(
    client: AsyncClient, cast: Cast
) -> None:
    answer = await made(client, cast, report="alles")
    assert answer.status_code == 404
    assert "proof-of-use" in answer.json()["detail"]
    unknown = await drawn(client, cast, "hours", f"{YEAR}&template=Bund")
    assert unknown.status_code == 404
    assert "Bekannt sind: –" in unknown.json()["detail"]


async def test_a_name_is_given_once_for_each_report(client: AsyncClient, cast: Cast) -> None:
    assert (await made(client, cast)).status_code == 201
    again = await made(client, cast)
    assert again.status_code == 409
    assert "„Land 2026“ gibt es" in again.json()["detail"]
    columns = [{"key": "people"}]
    assert (await made(client, cast, report="proof-of-use", columns=columns)).status_code == 201


async def test_a_template_is_changed_on_the_version_that_was_read(
    client: AsyncClient, cast: Cast
) -> None:
    first = await made(client, cast)
    path = f"/column-templates/{first.json()['id']}"
    tag = {"If-Match": first.headers["etag"]}
    body = {"columns": [{"key": "month", "heading": ""}]}
    assert (await client.patch(path, json=body, headers=cast.key("amal"))).status_code == 428
    changed = await client.patch(path, json=body, headers=cast.key("lea") | tag)
    assert changed.json()["columns"] == body["columns"]
    late = await client.patch(path, json={"name": "B"}, headers=cast.key("amal") | tag)
    assert late.status_code == 412
    listed = await client.get("/column-templates?report=hours", headers=cast.key("arno"))
    assert [one["name"] for one in listed.json()["items"]] == ["Land 2026"]
    others = await client.get("/column-templates?report=lending", headers=cast.key("arno"))
    assert others.json()["items"] == []
    unknown = await client.get("/column-templates?report=%00", headers=cast.key("arno"))
    assert (unknown.status_code, unknown.json()["type"]) == (404, "/problems/report-unknown")


async def test_only_the_office_keeps_templates_and_only_its_own(
    client: AsyncClient, cast: Cast
) -> None:
    for who in ("arno", "dilan"):
        assert (await made(client, cast, who)).status_code == 403
    answer = await made(client, cast)
    path, tag = f"/column-templates/{answer.json()['id']}", {"If-Match": answer.headers["ETag"]}
    assert (await client.get(path, headers=cast.key("kofi"))).status_code == 404
    assert (await client.delete(path, headers=cast.key("kofi") | tag)).status_code == 404
    assert (await client.delete(path, headers=cast.key("amal") | tag)).status_code == 204
    assert (await client.get(path, headers=cast.key("amal"))).status_code == 404
