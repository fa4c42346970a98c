"""The timetable of a parents' day: a page without script, and files."""

import csv
import io
from html.parser import HTMLParser
from typing import Any

import pytest
from httpx import AsyncClient
from openpyxl import load_workbook

from tests.app.parents_days.asking import book, made
from tests.cast import Cast


class Reader(HTMLParser):
    """Collects what a timetable is made of."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += [data.strip()] if data.strip() else []

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


async def page(client: AsyncClient, cast: Cast, day_id: str, locale: str = "de") -> Reader:
    """The page as it comes."""
    answer = await client.get(
        f"/parents-days/{day_id}/timetable",
        headers=cast.key("selin") | {"Accept-Language": locale},
    )
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    reader = Reader()
    reader.feed(answer.text)
    return reader


async def test_each_language_has_an_accessible_table(client: AsyncClient, cast: Cast) -> None:
    day = await made(client, cast)
    await book(client, cast, day["shifts"][0]["seat_id"], "dilan")
    read = await page(client, cast, day["id"])
    assert len(read.all("table")) == len(read.all("caption")) == 2
    assert {cell["scope"] for cell in read.all("th")} == {"col", "row"}
    assert {"Kurdisch (Kurmandschi)", "Rumänisch"} <= {text.rstrip(" \n·") for text in read.text}
    assert {"Dilan", "noch offen", "Pause", "15:30–15:45", "Person 1"} <= set(read.text)
    assert "Mittwoch, 13.01.2027, 14:00–18:00 Uhr" in read.text
    assert "Löwenzahnschule, Aula" in read.text
    own = [span for span in read.all("span") if span.get("lang")]
    assert {(span["lang"], span["dir"]) for span in own} == {("kmr", "ltr"), ("ro", "ltr")}
    empty = [cell for cell in read.all("td") if not cell]
    assert len(empty) == 15, "room to write for each slot"


async def test_the_page_needs_no_script_and_no_style_of_its_own(
    client: AsyncClient, cast: Cast
) -> None:
    day = await made(client, cast, note="<script>alert(1)</script>", room="<b>")
    read = await page(client, cast, day["id"])
    assert not read.all("script")
    assert not read.all("style")
    assert not read.all("b")
    assert not any("style" in a or any(n.startswith("on") for n in a) for _, a in read.tags)
    assert [link["href"] for link in read.all("link")] == ["/static/pages.css"]


async def test_the_page_speaks_english(client: AsyncClient, cast: Cast) -> None:
    day = await made(client, cast, needs=[{"language": "ar", "slots": 2}])
    read = await page(client, cast, day["id"], "en")
    assert {"still open", "Wednesday, 13 January 2027, 14:00–18:00"} <= set(read.text)
    assert read.all("html")[0]["lang"] == "en"
    (own,) = [span for span in read.all("span") if span.get("lang")]
    assert (own["lang"], own["dir"]) == ("ar", "rtl")


async def test_many_people_of_a_language_fill_several_tables(
    client: AsyncClient, cast: Cast
) -> None:
    day = await made(client, cast, needs=[{"language": "ar", "slots": 60}])
    assert len(day["shifts"]) == 6
    read = await page(client, cast, day["id"])
    assert len(read.all("table")) == 2
    labels = [region["aria-label"] for region in read.all("div") if region.get("role")]
    assert len(set(labels)) == 2


async def test_a_parents_day_that_is_called_off_says_so(client: AsyncClient, cast: Cast) -> None:
    day = await made(client, cast)
    body = {"reason": "fällt aus"}
    await client.post(f"/parents-days/{day['id']}/cancel", json=body, headers=cast.key("selin"))
    assert (
        "Dieser Elternsprechtag findet nicht statt." in (await page(client, cast, day["id"])).text
    )


async def file(
    client: AsyncClient, cast: Cast, day: dict[str, Any], kind: str, locale: str = "de"
) -> tuple[bytes, str]:
    """A file and what it is called."""
    answer = await client.get(
        f"/parents-days/{day['id']}/timetable?format={kind}",
        headers=cast.key("selin") | {"Accept-Language": locale},
    )
    assert answer.status_code == 200, answer.text
    return answer.content, answer.headers["content-disposition"]


@pytest.mark.parametrize("locale", ["de", "en"])
async def test_the_csv_file_lists_slots_and_breaks(
    client: AsyncClient, cast: Cast, locale: str
) -> None:
    day = await made(client, cast)
    content, name = await file(client, cast, day, "csv", locale)
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == 1 + 11 + 1 + 4
    if locale == "de":
        assert name == 'attachment; filename="elternsprechtag-2027-01-13.csv"'
        assert rows[0] == [
            "Sprache", "Person", "Name", "Beginn", "Ende", "Art", "Familie", "Raum",
        ]  # fmt: skip
        assert rows[1][:3] == ["Kurdisch (Kurmandschi)", "1", "noch offen"]
        assert rows[1][3:] == ["14:00", "14:15", "Gespräch", "", ""]
        assert rows[7][3:6] == ["15:30", "15:45", "Pause"]
    else:
        assert rows[7][3:6] == ["15:30", "15:45", "Break"]


async def test_the_workbook_holds_the_same(client: AsyncClient, cast: Cast) -> None:
    day = await made(client, cast)
    await book(client, cast, day["shifts"][1]["seat_id"], "mirela")
    content, _ = await file(client, cast, day, "xlsx")
    sheet = load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert len(rows) == 17
    assert rows[-1][:6] == ("Rumänisch", 1, "Mirela", "14:45", "15:00", "Gespräch")
