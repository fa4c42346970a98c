"""The ways in and out, as somebody goes them."""

import pyotp
from playwright.sync_api import Browser, expect
from sqlmodel import Session, delete

from app.tables import SessionToken
from tests.cast import APP_SECRET
from tests.web import mails
from tests.web.phones import device
from tests.web.service import Service
from tests.web.stories import booked

WELCOME = "Zurzeit steht kein Termin an."


def test_with_a_password_and_on_to_where_she_wanted_to_be(
    browser: Browser, service: Service
) -> None:
    with device(browser, service) as phone:
        phone.page.goto(f"{service.url}/app/times/limits")
        phone.page.get_by_role("heading", name="Anmelden", level=1).wait_for()
        expect(phone.page.get_by_text("Zum Ausprobieren")).to_have_count(0)
        phone.sign_in("dilan", "Der Storch steht im Schilf")
        phone.reads("stimm")
        expect(phone.page.get_by_role("alert")).to_be_visible()
        phone.sign_in("dilan")
        phone.page.get_by_role("heading", name="Meine Grenzen", level=1).wait_for()
        phone.open("/account")
        phone.press("Abmelden")
        phone.reads("Sie sind abgemeldet. Auf diesem Gerät ist von Ihnen nichts mehr gespeichert.")


def test_who_signs_in_at_once_is_not_told_what_was_so_before(
    browser: Browser, service: Service
) -> None:
    """The page asks for her appointments before she is known: that answer is of no use."""
    booked(service, "dilan")
    with device(browser, service) as phone:
        phone.open("/")
        phone.sign_in("dilan")
        phone.page.locator(".card.next").wait_for()
        expect(phone.page.get_by_role("alert")).to_have_count(0)


def test_with_a_code_by_mail(browser: Browser, service: Service) -> None:
    with device(browser, service) as phone:
        phone.open("/sign-in")
        phone.page.get_by_label("E-Mail-Adresse").fill("dilan@example.org")
        phone.press("Code per E-Mail senden")
        phone.page.get_by_label("Code", exact=True).fill("12")
        phone.press("Anmelden")
        phone.reads("Bitte geben Sie die sechs Ziffern ein.")
        code = mails.found(service, "dilan@example.org", r"\b(\d{3} ?\d{3})\b")
        phone.page.get_by_label("Code", exact=True).fill(code)
        phone.press("Anmelden")
        phone.reads(WELCOME)


def test_the_link_of_the_mail_ends_in_the_app(browser: Browser, service: Service) -> None:
    with device(browser, service) as phone:
        phone.open("/sign-in")
        phone.page.get_by_label("E-Mail-Adresse").fill("dilan@example.org")
        phone.press("Code per E-Mail senden")
        phone.page.goto(mails.found(service, "dilan@example.org", r"(http\S+/l/\S+)"))
        phone.page.get_by_role("button").first.click()
        phone.reads(WELCOME)
        assert phone.page.url == f"{service.url}/app/"


def test_the_second_step_of_who_leads(browser: Browser, service: Service) -> None:
    with device(browser, service) as phone:
        phone.open("/sign-in")
        phone.sign_in("lea")
        phone.page.get_by_role("heading", name="Zweiter Schritt", level=1).wait_for()
        phone.page.get_by_label("Code", exact=True).fill("000000")
        phone.press("Bestätigen")
        expect(phone.page.get_by_role("alert")).to_be_visible()
        now = phone.page.evaluate("Math.floor(Date.now() / 1000)")
        phone.page.get_by_label("Code", exact=True).fill(pyotp.TOTP(APP_SECRET).at(now))
        phone.press("Bestätigen")
        phone.page.get_by_role("heading", name="Konto", level=1).wait_for()
        phone.complaints.clear()


def test_a_session_that_was_ended_elsewhere_is_over_here(
    browser: Browser, service: Service
) -> None:
    with device(browser, service, "dilan") as phone:
        phone.open("/")
        phone.reads(WELCOME)
        with Session(service.engine) as session:
            session.exec(delete(SessionToken))
            session.commit()
        phone.press("Termine", role="link")
        phone.reads("Ihre Anmeldung auf diesem Gerät ist beendet.")
        phone.complaints.clear()


def test_a_week_that_was_begun_outlasts_the_session(browser: Browser, service: Service) -> None:
    with device(browser, service, "dilan") as phone:
        page = phone.open("/times")
        page.get_by_text("Sa", exact=True).first.click()
        cell = page.get_by_role("gridcell", name="Samstag, 10:00 bis 10:30 Uhr")
        cell.click()
        with Session(service.engine) as session:
            session.exec(delete(SessionToken))
            session.commit()
        phone.press("Speichern")
        phone.reads("Ihre Anmeldung auf diesem Gerät ist beendet.")
        phone.sign_in("dilan")
        phone.reads("Nicht gespeichert")
        page.get_by_text("Sa", exact=True).first.click()
        expect(cell).to_have_accessible_name("Samstag, 10:00 bis 10:30 Uhr: kann ich")
        phone.press("Speichern")
        phone.reads("Gespeichert. Ab jetzt werden Sie in diesen Zeiten gefragt.")
        page.reload()
        page.get_by_role("grid").wait_for()
        expect(page.get_by_text("Nicht gespeichert")).to_have_count(0)
        phone.complaints.clear()


def test_the_way_out_leads_to_its_button(browser: Browser, service: Service) -> None:
    with device(browser, service, "dilan") as phone:
        phone.open("/me")
        phone.press("Abmelden", role="link", exact=False)
        phone.page.get_by_role("heading", name="Konto", level=1).wait_for()
        expect(phone.page.locator("#sign-out")).to_be_focused()
