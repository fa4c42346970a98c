"""Two taps at one moment: one seat, one person."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from playwright.sync_api import Browser, Route, expect
from sqlmodel import Session, select

from app.tables import Assignment
from tests.web import stories
from tests.web.phones import Device, device
from tests.web.service import Service

ACCEPTED = "**/api/v1/offers/*/accept"
YES = "Ja, ich übernehme"
BOOKED = "Danke! Der Termin gehört jetzt Ihnen."
LATE = "Die Zusage kam zu spät: Der Termin ist schon vergeben"


@contextmanager
def phones(browser: Browser, service: Service, *names: str) -> Iterator[list[Device]]:
    """Everybody looks at the question, and nobody has answered yet."""
    with ExitStack() as hands:
        held = [hands.enter_context(device(browser, service, name)) for name in names]
        for phone in held:
            phone.open("/offers")
            phone.page.get_by_role("button", name=YES).wait_for()
        yield held


def say_yes_at_once(*held: Device) -> None:
    """Every tap is on its way before the service hears the first one."""
    on_their_way: list[Route] = []
    for phone in held:
        phone.context.route(ACCEPTED, lambda route: on_their_way.append(route))
        phone.press(YES)
    held[0].until(lambda: len(on_their_way) == len(held))
    for route in on_their_way:
        route.continue_()


def booked(service: Service) -> list[Assignment]:
    """Who has the seat, by the database."""
    with Session(service.engine) as session:
        return list(session.exec(select(Assignment)).all())


def test_of_two_people_one_is_booked_and_the_other_reads_why_not(
    browser: Browser, service: Service
) -> None:
    stories.offered(service, "dilan", "mirela")
    with phones(browser, service, "dilan", "mirela") as (hers, others):
        say_yes_at_once(hers, others)
        for phone in (hers, others):
            expect(phone.page.get_by_text(BOOKED).or_(phone.page.get_by_text(LATE))).to_be_visible()
        happy = [phone for phone in (hers, others) if phone.page.get_by_text(BOOKED).count()]
        assert len(happy) == 1, "one of them has it"
        [sad] = [phone for phone in (hers, others) if phone not in happy]
        happy[0].reads("Schulstr. 1")
        expect(sad.page.get_by_text("Schulstr. 1")).to_have_count(0)
        sad.complaints.clear()
    [assignment] = booked(service)
    names = {service.cast.volunteers[name] for name in ("dilan", "mirela")}
    assert assignment.volunteer_id in names


def test_one_person_on_two_phones_is_booked_once_and_both_show_it(
    browser: Browser, service: Service
) -> None:
    stories.offered(service, "dilan")
    with phones(browser, service, "dilan", "dilan") as held:
        say_yes_at_once(*held)
        for phone in held:
            phone.reads(BOOKED)
            phone.reads("Schulstr. 1")
            phone.press("Termine", role="link")
            expect(phone.page.get_by_role("link", name="Löwenzahnschule")).to_have_count(1)
    assert len(booked(service)) == 1
