"""What has to have happened before a test begins, told over the interface."""

from typing import Any

from tests.web.service import Service

Row = dict[str, Any]
DAY = "2027-01-05"
"""Tomorrow, for the tests."""


def asked(service: Service, day: str = DAY, start: str = "10:00", **other: Any) -> Row:
    """The school asks for an hour of Kurmanci."""
    body = {
        "times": [{"day": day, "start": start}],
        "duration_minutes": 60,
        "seats": [{"language": "Kurmanci"}],
        "topic": "Elterngespräch",
    }
    made: Row = service.call("selin", "POST", "/requests", json=body | other)
    if made["state"] != "open":
        service.call("amal", "POST", f"/requests/{made['id']}/triage", json={"decision": "open"})
    return made


def offered(service: Service, *names: str, **when: Any) -> list[Row]:
    """The office asks these people for one seat."""
    seat = asked(service, **when)["seats"][0]["id"]
    return [
        service.call(
            "amal",
            "POST",
            "/offers",
            json={"seat_id": seat, "volunteer_id": str(service.cast.volunteers[name])},
        )
        for name in names
    ]


def booked(service: Service, name: str, **when: Any) -> Row:
    """Somebody has said yes."""
    [offer] = offered(service, name, **when)
    made: Row = service.call(name, "POST", f"/offers/{offer['id']}/accept")
    return made


def everything(service: Service) -> Row:
    """Something on every page: a question, appointments to come and past, hours, a claim."""
    offered(service, "dilan", day="2027-01-06", start="09:00")
    coming = booked(service, "dilan", day="2027-01-07", start="11:00")
    asked(service, day="2027-01-08", start="12:00")
    return coming
