"""Languages, regions and holidays that everybody may read."""

from typing import Any

import pytest
from httpx import AsyncClient

from scheduling.languages import catalogue, substitution


async def _languages(client: AsyncClient, **query: str | int) -> list[dict[str, Any]]:
    answer = await client.get("/languages", params=query)
    assert answer.status_code == 200
    return list(answer.json())


async def test_a_usual_spelling_suggests_the_language_first(client: AsyncClient) -> None:
    found = await _languages(client, q="kurmanci")
    assert found[0]["tag"] == "kmr"
    assert "Kurmandschi" in found[0]["synonyms"]
    assert found[0]["ask"] is False


async def test_a_word_for_several_languages_says_which_to_ask_about(client: AsyncClient) -> None:
    found = await _languages(client, q="Kurdisch")
    assert [one["tag"] for one in found if one["ask"]] == ["kmr", "ckb"]
    assert [one["tag"] for one in found][:2] == ["kmr", "ckb"]
    assert not any(one["ask"] for one in await _languages(client, q="Sorani"))


async def test_an_unsure_spelling_is_asked_about(client: AsyncClient) -> None:
    (albanian, *_) = await _languages(client, q="Albanish")
    assert (albanian["tag"], albanian["ask"]) == ("sq", True)


async def test_a_language_names_who_may_stand_in(client: AsyncClient) -> None:
    (ukrainian, *_) = await _languages(client, q="uk")
    assert ukrainian["tag"] == "uk"
    assert ukrainian["substitutes"] == [{"tag": "ru", "cost": 30, "needs_consent": True}]
    (syrian, *_) = await _languages(client, q="Syrisch")
    assert syrian["variety_of"] == "ar"
    assert [one["cost"] for one in syrian["substitutes"]] == [20, 25, 60]


async def test_kurmandschi_and_sorani_never_stand_in_for_each_other(client: AsyncClient) -> None:
    for query in ("kmr", "ckb"):
        (language, *_) = await _languages(client, q=query)
        assert not {"kmr", "ckb"} & {one["tag"] for one in language["substitutes"]}


async def test_all_languages_come_at_once(client: AsyncClient) -> None:
    found = await _languages(client, limit=200)
    assert [one["tag"] for one in found] == list(catalogue())
    for one in found:
        for other in one["substitutes"]:
            assert substitution(one["tag"], other["tag"]) is not None
    assert not any(one["ask"] for one in found)


@pytest.mark.parametrize(
    ("day", "hanau"),
    [
        ("2025-12-31", {"06435014": "06435"}),
        ("2026-01-01", {"06415": None}),
    ],
)
async def test_regions_are_those_of_the_day(
    client: AsyncClient, day: str, hanau: dict[str, str | None]
) -> None:
    found = (await client.get("/regions", params={"day": day})).json()
    assert {r["ags"]: r["parent_ags"] for r in found if r["name"] == "Hanau"} == hanau


async def test_a_region_tells_its_district_and_what_has_to_be_checked(client: AsyncClient) -> None:
    found = {region["ags"]: region for region in (await client.get("/regions")).json()}
    assert found["06531005"] == {
        "ags": "06531005",
        "name": "Gießen (Stadt)",
        "kind": "Sonderstatusstadt",
        "regierungsbezirk": "Gießen",
        "parent_ags": "06531",
        "valid_from": None,
        "valid_to": None,
        "status": "unverified key",
    }


async def test_holidays_of_a_winter(client: AsyncClient) -> None:
    found = await client.get("/holidays?first=2026-12-24&last=2027-01-10")
    assert found.json() == {
        "public": [
            {"day": "2026-12-25", "name": "Erster Weihnachtstag"},
            {"day": "2026-12-26", "name": "Zweiter Weihnachtstag"},
            {"day": "2027-01-01", "name": "Neujahr"},
        ],
        "school": [{"name": "Weihnachtsferien", "first": "2026-12-23", "last": "2027-01-12"}],
        "school_known_until": found.json()["school_known_until"],
        "warning": None,
    }


async def test_years_without_school_holidays_carry_a_warning(client: AsyncClient) -> None:
    query = {"first": "2099-06-01", "last": "2099-12-31"}
    german = (await client.get("/holidays", params=query)).json()
    assert german["school"] == []
    assert german["public"][0] == {"day": "2099-06-01", "name": "Pfingstmontag"}
    assert "bitte prüfen" in german["warning"]
    english = await client.get("/holidays", params=query, headers={"accept-language": "en"})
    assert "please check" in english.json()["warning"]


@pytest.mark.parametrize(
    "query",
    [
        "first=2027-02-01&last=2027-01-31",
        "first=2027-01-01&last=2033-01-01",
        "first=1900-01-01&last=1900-12-31",
        "first=2100-01-01&last=9999-12-31",
        "first=2027-01-01",
        "first=soon&last=later",
        "",
    ],
)
async def test_days_nobody_can_answer_for_are_refused(client: AsyncClient, query: str) -> None:
    answer = await client.get(f"/holidays?{query}")
    assert answer.status_code == 422
    assert answer.headers["content-type"].startswith("application/problem+json")


async def test_a_day_that_no_table_reaches_is_refused(client: AsyncClient) -> None:
    assert (await client.get("/regions?day=0001-01-01")).status_code == 422
