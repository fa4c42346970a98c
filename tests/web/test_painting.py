"""The week under a finger: a tap paints, a second finger zooms."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, CDPSession, Locator, expect

from tests.web.phones import Device, device
from tests.web.service import Service

NAME = "Montag, 19:00 bis 19:30 Uhr"
HELD = 600
"""Milliseconds, longer than it takes until a finger paints."""


@pytest.fixture
def phone(browser: Browser, service: Service) -> Iterator[Device]:
    """Dilan's."""
    with device(browser, service, "dilan", has_touch=True) as held:
        yield held


def points(cell: Locator, *beside: int) -> list[dict[str, float]]:
    """Where fingers lie: in the middle of a cell, and so far beside it."""
    box = cell.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    return [{"x": x + off, "y": y, "id": at} for at, off in enumerate((0, *beside))]


def touch(fingers: CDPSession, kind: str, where: list[dict[str, float]]) -> None:
    """Fingers come down, or leave."""
    fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": where})


@pytest.mark.parametrize(("beside", "state"), [((), "kann ich"), ((60,), "kann ich nicht")])
def test_a_second_finger_does_not_paint(phone: Device, beside: tuple[int, ...], state: str) -> None:
    page = phone.open("/times")
    cell = page.get_by_role("gridcell", name=NAME)
    cell.scroll_into_view_if_needed()
    fingers = phone.context.new_cdp_session(page)
    touch(fingers, "touchStart", points(cell))
    if beside:
        touch(fingers, "touchStart", points(cell, *beside))
    page.wait_for_timeout(HELD)
    touch(fingers, "touchEnd", [])
    expect(cell).to_have_accessible_name(f"{NAME}: {state}")
