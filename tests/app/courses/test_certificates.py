"""The certificate of a course: for who took part in full, and for nobody else."""

import io
from datetime import date
from uuid import UUID

import pytest
from httpx import AsyncClient
from pypdf import PdfReader

from app.courses import papers
from app.tables import Course, Volunteer
from tests.app.courses.planned import course, send, were_there
from tests.cast import Cast

HOSTILE = '#read("/etc/passwd") $x^2$ \\ @ref = Titel *fett* #eval("1")'


def said(made: bytes) -> str:
    """The words in reading order."""
    pages = PdfReader(io.BytesIO(made)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


async def certified(client: AsyncClient, cast: Cast) -> str:
    """The address of a course that Dilan did in full and Mirela did not."""
    path = await course(client, cast, "dilan", "mirela")
    await were_there(client, cast, path, dilan=24, mirela=8)
    await send(client, cast, f"{path}/held")
    return path


def paper_of(cast: Cast, path: str, name: str) -> str:
    return f"{path}/participants/{cast.volunteers[name]}/certificate.pdf"


async def test_she_and_her_office_get_her_certificate(client: AsyncClient, cast: Cast) -> None:
    address = paper_of(cast, await certified(client, cast), "dilan")
    for who in ("dilan", "amal"):
        answer = await client.get(address, headers=cast.key(who))
        assert answer.headers["content-type"] == "application/pdf"
        words = said(answer.content)
        for one in ("Dilan Dilan-Beispiel", "24 zu 45 Minuten", "07.12.2026 bis 11.12.2026"):
            assert one in words
    english = cast.key("dilan") | {"Accept-Language": "en"}
    words = said((await client.get(address, headers=english)).content)
    assert "took part in every unit" in words


async def test_nobody_else_gets_one(client: AsyncClient, cast: Cast) -> None:
    path = await certified(client, cast)
    dilans, mirelas = paper_of(cast, path, "dilan"), paper_of(cast, path, "mirela")
    for who, status in {"mirela": 404, "oksana": 404, "kofi": 404, "arno": 403}.items():
        assert (await client.get(dilans, headers=cast.key(who))).status_code == status, who
    short = await client.get(mirelas, headers=cast.key("mirela"))
    assert (short.status_code, short.json()["type"]) == (409, "/problems/not-certified")
    nobody = await client.get(paper_of(cast, path, "oksana"), headers=cast.key("amal"))
    assert nobody.status_code == 404


async def test_a_course_that_is_opened_again_certifies_nobody(
    client: AsyncClient, cast: Cast
) -> None:
    path = await certified(client, cast)
    await send(client, cast, f"{path}/reopen", reason="Liste verwechselt")
    answer = await client.get(paper_of(cast, path, "dilan"), headers=cast.key("dilan"))
    assert answer.status_code == 409


@pytest.mark.parametrize("text", [HOSTILE, "محمد عبد الله", "ሰላም", "김철수", "\ue000 \x07"])
def test_whatever_is_typed_is_written_and_not_carried_out(text: str) -> None:
    at = {"sponsor_id": UUID(int=1), "starts_on": date(2026, 12, 7), "ends_on": date(2026, 12, 7)}
    held = Course(**at, kind="deepening", title=text, moderator=text, units=8)
    her = Volunteer(surname=text, given_name="Ada", identity_key="x", birth_date=date(1990, 1, 1))
    made = papers.paper(held, her, f"Träger {text}", date(2026, 12, 11), "de")
    root = PdfReader(io.BytesIO(made)).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert "Vertiefung" in said(made)
    if text == HOSTILE:
        assert '#read("/etc/passwd")' in said(made)
