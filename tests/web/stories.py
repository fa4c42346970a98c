"""What has to have happened before a test begins, told over the interface."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, delete

from app import db
from app.tables import PushSubscription, Webhook, WebhookDelivery
from tests.app.examples import furnish
from tests.web.phones import Device
from tests.web.service import Service

Row = dict[str, Any]
DAY = "2027-01-05"
"""Tomorrow, for the tests."""
AFTER = datetime(2027, 1, 5, 11, 0, tzinfo=UTC)
"""Tuesday, 12:00: an appointment of the morning is over."""


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
    request = asked(service, **when)
    return [_offer(service, request, name) for name in names]


def offer_for(service: Service, request: str, name: str) -> Row:
    """The office looks at a request, and asks somebody for its seat."""
    service.call("amal", "POST", f"/requests/{request}/triage", json={"decision": "open"})
    return _offer(service, service.call("amal", "GET", f"/requests/{request}"), name)


def _offer(service: Service, request: Row, name: str) -> Row:
    body = {
        "seat_id": request["seats"][0]["id"],
        "volunteer_id": str(service.cast.volunteers[name]),
    }
    made: Row = service.call("amal", "POST", "/offers", json=body)
    return made


def booked(service: Service, name: str, **when: Any) -> Row:
    """Somebody has said yes."""
    [offer] = offered(service, name, **when)
    made: Row = service.call(name, "POST", f"/offers/{offer['id']}/accept")
    return made


def over_and_asked(service: Service, held: Device) -> Row:
    """An appointment of Dilan's is over this noon, which her device knows; she is asked again."""
    done = booked(service, "dilan", start="10:00")
    service.travel(AFTER)
    held.live_at(service)
    offered(service, "dilan", day="2027-01-07")
    return done


def reported(service: Service, assignment: Row, **more: Any) -> Row:
    """Dilan says that it took as long as planned."""
    times = {"started_at": assignment["starts_at"], "ended_at": assignment["ends_at"]}
    body = {"assignment_id": assignment["id"]} | times | more
    made: Row = service.call("dilan", "POST", "/service-records", json=body)
    return made


def paid(service: Service, month: str = "2027-01", on: str = "2027-02-03") -> Row:
    """The office builds the claims of a month, two pairs of eyes look at them, the bank pays."""
    [claim] = service.call("fatma", "POST", "/claims", json={"month": month})["claims"]
    for name, verb in (("amal", "submit"), ("fatma", "check"), ("lea", "approve")):
        service.call(name, "POST", f"/claims/{claim['id']}/{verb}")
    run = service.call("fatma", "POST", "/payruns", json={})
    service.call("fatma", "POST", f"/payruns/{run['id']}/paid", json={"paid_on": on})
    service.call("fatma", "POST", f"/payruns/{run['id']}/statements")
    return dict(service.call("fatma", "GET", f"/claims/{claim['id']}"))


def everything(service: Service) -> dict[str, str]:
    """Something on every page: one object of every kind, by the name of its path parameter."""
    found = dict(furnish(service.engine, service.cast).ids)
    _call_nobody(service.engine)
    offered(service, "dilan", day="2027-01-06", start="09:00")
    found["assignment_id"] = booked(service, "dilan", day="2027-01-07", start="11:00")["id"]
    found["asked_id"] = asked(service, day="2027-01-08", start="12:00")["id"]
    _around(service)
    return found


def _call_nobody(engine: Engine) -> None:
    """Take away whom the service would call: nobody is there."""
    with db.transaction(engine) as session:
        for table in (WebhookDelivery, Webhook, PushSubscription):
            session.execute(delete(table))


def _around(service: Service) -> None:
    """When Dilan cannot, where she does not go, what she did beside, and her calendar."""
    hers = f"/volunteers/{service.cast.volunteers['dilan']}"
    away = {"first_day": "2027-02-15", "last_day": "2027-02-19", "reason": "Urlaub"}
    service.call("dilan", "POST", f"{hers}/absences", json=away)
    service.call("dilan", "POST", f"{hers}/exclusions", json={"institution_kind": "doctor"})
    service.call("dilan", "POST", "/calendar-feeds", json={"name": "Handy"})
    done = {"kind": "consultation", "role": "guide"}
    hour = {"started_at": "2027-01-02T10:00:00+01:00", "ended_at": "2027-01-02T11:00:00+01:00"}
    service.call("dilan", "POST", "/activities", json=done | hour)


def examples(service: Service, name: str | None) -> dict[str, str]:
    """What stands for each name in brackets in the addresses that somebody opens."""
    found = service.shown
    hers = {"[id]": found["request_id"]} if name == "selin" else {"[id]": found["assignment_id"]}
    return hers | {
        "[assignment]": found["past_assignment_id"],
        "[claim]": found["claim_id"],
        "[series]": found["series_id"],
        "[day]": found["parents_day_id"],
    }
