"""What stands at the entrance: the operator's texts, and the demo's accounts nowhere but there."""

from pathlib import Path

import pytest
from httpx import ASGITransport, AsyncClient
from pydantic import ValidationError
from sqlalchemy import Engine
from sqlmodel import col, select, update
from time_machine import Traveller
from typer.testing import CliRunner

from app import db, demo
from app.cli import cli
from app.settings import Settings, get_settings
from app.site import written
from app.tables import Account, ApiToken
from app.tokens import hash_token
from tests.cast import Cast
from tests.serving import serving

GERMAN, ENGLISH = {"Accept-Language": "de"}, {"Accept-Language": "en"}


def write(var: Path, name: str, content: bytes | str) -> None:
    """Lay a text where the operator lays it."""
    folder = var / "texts"
    folder.mkdir(parents=True, exist_ok=True)
    data = content if isinstance(content, bytes) else content.encode()
    (folder / name).write_bytes(data)


def told(var: Path) -> list[str]:
    """What the doctor notes about the texts of this folder."""
    return written.notes(Settings(var=var))


async def texts(client: AsyncClient, headers: dict[str, str] = GERMAN) -> dict[str, str]:
    found: dict[str, str] = (await client.get("/site", headers=headers)).json()["texts"]
    return found


async def test_without_texts_of_the_operator_honest_ones_stand_there(
    client: AsyncClient, cast: Cast
) -> None:
    german, english = await texts(client), await texts(client, ENGLISH)
    assert german["imprint"].startswith("Der Betreiber hat noch kein Impressum hinterlegt.")
    assert english["imprint"].startswith("The operator has not given an imprint yet.")
    for article in range(15, 22):
        assert f"Art. {article} DSGVO" in german["privacy"]
        assert f"Art. {article} GDPR" in english["privacy"]
    for text in (german["accessibility"], english["accessibility"]):
        assert "WCAG) 2.2" in text
        assert "Durchsetzungs- und Überwachungsstelle Barrierefreie Informationstechnik" in text
    for text in (*german.values(), *english.values()):
        assert not {"{", "}", "<"} & set(text), "nothing is left to fill in, and no HTML"


@pytest.mark.sqlite
def test_default_texts_are_written_as_the_web_shows_them() -> None:
    for path in written.DEFAULTS.glob("*.md"):
        for block in path.read_text(encoding="utf-8").strip().split("\n\n"):
            lines = block.splitlines()
            is_list = all(line.startswith("- ") for line in lines)
            assert is_list or len(lines) == 1, f"{path.name}: {lines[0]}"
            assert not lines[0].startswith(("##", "*", "1.")), path.name
    names = {path.name for path in written.DEFAULTS.glob("*.md")}
    assert names == {f"{name}.{locale}.md" for name in written.NAMES for locale in ("de", "en")}


async def test_the_figures_in_the_default_are_those_of_the_installation(
    client: AsyncClient, cast: Cast, var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Notizen, Gründe und Räume: 30 Tage" in (await texts(client))["privacy"]
    for name, value in {
        "FREE_TEXT_DAYS": "41", "MESSAGE_DAYS": "42", "ENDED_DAYS": "43", "ACCOUNTING_YEARS": "7",
        "IMPORT_DAYS": "44", "PROPOSAL_DAYS": "45", "OPERATOR": "Wetterauer {Rechenhaus}",
        "CONTACT_EMAIL": "hilfe@example.org", "CONTACT_PHONE": "06031 0",
    }.items():  # fmt: skip
        monkeypatch.setenv(f"LOTSENWERK_{name}", value)
    get_settings.cache_clear()
    answer = (await client.get("/site")).json()
    assert (answer["operator"], answer["contact_email"], answer["contact_phone"]) == (
        "Wetterauer {Rechenhaus}", "hilfe@example.org", "06031 0",
    )  # fmt: skip
    said = answer["texts"]["privacy"]
    for figure in ("41 Tage", "42 Tage", "43 Tage", "44 Tage", "45 Tage", "7 Jahre"):
        assert figure in said
    assert "Den Dienst betreibt Wetterauer {Rechenhaus}." in said
    assert "- E-Mail: hilfe@example.org\n- Telefon: 06031 0" in said


async def test_the_operators_own_text_is_shown_in_each_language(
    client: AsyncClient, cast: Cast, var: Path
) -> None:
    write(var, "imprint.de.md", "\ufeff# Impressum\r\n\r\nKreis {Muster} <b>\r\n- eins\r\n")
    write(var, "imprint.en.md", "Imprint")
    write(var, "privacy.de.md", "Unser Datenschutz")
    german, english = await texts(client), await texts(client, ENGLISH)
    assert german["imprint"] == "# Impressum\n\nKreis {Muster} <b>\n- eins"
    assert english["imprint"] == "Imprint"
    assert english["privacy"] == "This text is available in German only.\n\nUnser Datenschutz"
    assert english["accessibility"].startswith("This statement comes with the software.")


async def test_a_text_is_read_again_after_a_minute(
    client: AsyncClient, cast: Cast, var: Path, clock: Traveller
) -> None:
    write(var, "imprint.de.md", "alt")
    assert (await texts(client))["imprint"] == "alt"
    write(var, "imprint.de.md", "neu")
    clock.shift(59)
    assert (await texts(client))["imprint"] == "alt", "no file is read at each request"
    clock.shift(1)
    assert (await texts(client))["imprint"] == "neu"
    clock.shift(-3600)
    write(var, "imprint.de.md", "am neuesten")
    assert (await texts(client))["imprint"] == "am neuesten", "a clock that was set back is no trap"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"Stra\xdfe", "is not written in UTF-8"),
        (b"x" * (64 * 1024 + 1), "is larger than 64 KiB"),
        (b"x" * (64 * 1024), ""),
        (b" \n\n", "imprint.de.md"),
    ],
)
async def test_a_text_that_nobody_can_read_is_told_and_not_shown(
    client: AsyncClient, cast: Cast, var: Path, content: bytes, problem: str
) -> None:
    write(var, "imprint.de.md", content)
    shown = (await texts(client))["imprint"]
    assert shown.startswith("Der Betreiber hat noch kein" if problem else "xxx")
    found = [one for one in told(var) if "imprint.de.md" in one]
    assert len(found) == bool(problem)
    assert not found or problem in found[0]


async def test_a_folder_in_the_place_of_a_text_is_no_text(
    client: AsyncClient, cast: Cast, var: Path
) -> None:
    (var / "texts" / "imprint.de.md").mkdir(parents=True)
    assert (await client.get("/site")).status_code == 200


def test_the_doctor_notes_which_texts_are_missing_and_serves_all_the_same(
    engine: Engine, var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("LOTSENWERK_DATABASE_URL", url)
    get_settings.cache_clear()
    for name in written.NAMES:
        write(var, f"{name}.de.md", "Text")
    looked = CliRunner().invoke(cli, ["doctor"])
    assert (looked.exit_code, "All is well." in looked.stdout) == (0, True)
    assert "imprint.en.md, privacy.en.md, accessibility.en.md" in looked.stderr
    assert "de.md" not in looked.stderr
    for name in written.NAMES:
        write(var, f"{name}.en.md", "Text")
    assert CliRunner().invoke(cli, ["doctor"]).stderr == ""


async def test_the_texts_may_lie_elsewhere(
    client: AsyncClient, cast: Cast, var: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "imprint.de.md").write_text("von woanders", encoding="utf-8")
    monkeypatch.setenv("LOTSENWERK_TEXTS", str(tmp_path))
    get_settings.cache_clear()
    assert (await texts(client))["imprint"] == "von woanders"


@pytest.mark.sqlite
@pytest.mark.parametrize("address", ["zwei@example.org,drei@example.org", "a@b@c", "ohne"])
def test_the_operator_has_one_address(address: str) -> None:
    with pytest.raises(ValidationError, match="LOTSENWERK_CONTACT_EMAIL"):
        Settings(contact_email=address)
    assert Settings(contact_email="hilfe@example.org").contact_email == "hilfe@example.org"


def demo_account(engine: Engine, cast: Cast, name: str, email: str) -> None:
    """Make somebody's account one of the demo pool: its address and its key."""
    (one,) = [account for account in demo.ACCOUNTS if account.email == email]
    with db.transaction(engine) as session:
        account = session.get_one(Account, cast.accounts[name])
        account.email = email
        token = ApiToken(account_id=account.id, name="Demo", token_hash=hash_token(one.key))
        session.add_all([account, token])


async def test_the_demo_pools_accounts_are_told_where_they_are(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    demo_account(engine, cast, "amal", demo.COORDINATOR.email)
    demo_account(engine, cast, "dilan", demo.HELPER.email)
    answer = (await client.get("/site", headers=GERMAN)).json()
    assert (answer["demo"], answer["demo_password"]) == (True, demo.PASSWORD)
    assert answer["demo_accounts"] == [
        {"email": "koordination@example.org", "name": "Amal", "what": "koordiniert"},
        {"email": "dolmetscherin@example.org", "name": "Dilan", "what": "dolmetscht"},
    ]
    english = (await client.get("/site", headers=ENGLISH)).json()
    assert [one["what"] for one in english["demo_accounts"]] == ["coordinates", "interprets"]


@pytest.mark.parametrize("what", ["nothing", "address alone", "closed", "key revoked"])
async def test_a_real_installation_tells_no_accounts(
    client: AsyncClient, cast: Cast, engine: Engine, what: str
) -> None:
    if what != "nothing":
        demo_account(engine, cast, "amal", demo.COORDINATOR.email)
    with db.transaction(engine) as session:
        keys = col(ApiToken.token_hash) == hash_token(demo.COORDINATOR.key)
        if what == "address alone":
            for row in session.exec(select(ApiToken).where(keys)).all():
                session.delete(row)
        elif what == "closed":
            session.exec(update(Account).values(active=False))
        elif what == "key revoked":
            session.exec(update(ApiToken).where(keys).values(revoked_at=col(ApiToken.created_at)))
    answer = (await client.get("/site")).json()
    assert (answer["demo"], answer["demo_accounts"], answer["demo_password"]) == (False, [], "")


def test_the_demo_pool_is_known_again_once_it_is_loaded(engine: Engine, var: Path) -> None:
    with db.transaction(engine) as session:
        assert demo.loaded(session) == []
        demo.load(session)
    with db.transaction(engine) as session:
        found = demo.loaded(session)
    assert [one for one, _ in found] == list(demo.ACCOUNTS)
    assert all(name for _, name in found)


@pytest.mark.parametrize("locale", ["de", "en"])
async def test_the_start_page_leads_into_the_app_and_to_the_way_without(
    engine: Engine, var: Path, locale: str
) -> None:
    transport = ASGITransport(app=serving(engine))
    async with AsyncClient(transport=transport, base_url="http://test") as pages:
        shown = (await pages.get("/", headers={"Accept-Language": locale})).text
    words = {
        "de": ("Zur App", "Ohne App anmelden"),
        "en": ("To the app", "Sign in without the app"),
    }
    app, without = words[locale]
    assert f'<a class="button main" href="/app/">{app}</a>' in shown
    assert f'href="/sign-in">{without}</a>' in shown
    assert shown.index(app) < shown.index(without)


async def test_the_address_of_the_app_may_be_typed_without_its_last_stroke(
    client: AsyncClient,
) -> None:
    answer = await client.get("http://test/app")
    assert (answer.status_code, answer.headers["location"]) == (308, "/app/")
