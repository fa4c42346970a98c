"""A week of the demo pool, played over HTTP: asked, planned, offered, confirmed, paid."""

import time
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import httpx
from lxml import etree

from app.clock import today
from app.demo import COORDINATOR, FINANCE, HELPER, LEAD, SCHOOL, DemoAccount, next_full_week

Row = dict[str, Any]


class Caller:
    """One person who calls the service with her key."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def get(self, path: str, **params: Any) -> Any:
        """What a GET gives."""
        return _content(self._client.get(path, params=params))

    def post(self, path: str, body: Row | None = None) -> Any:
        """What a POST gives."""
        return _content(self._client.post(path, json=body or {}))

    def delete(self, path: str) -> None:
        """Take something away."""
        _content(self._client.delete(path))

    def text(self, url: str) -> str:
        """What an address without a key gives."""
        return str(_content(self._client.get(url, headers={"Authorization": ""})))

    def all(self, path: str, **params: Any) -> list[Row]:
        """Every row of a list, page by page."""
        page = self.get(path, limit=200, **params)
        rows: list[Row] = page["items"]
        while page["next"]:
            page = self.get(path, limit=200, cursor=page["next"], **params)
            rows += page["items"]
        return rows

    def form(self, url: str, **fields: str) -> str:
        """Send a form, as a browser without script does."""
        answer = self._client.post(url, data=fields, headers={"Authorization": ""})
        if answer.is_error and answer.status_code != 422:
            raise RuntimeError(f"{url.partition('/c/')[0]}: {answer.status_code}")
        return answer.text


def client(url: str, account: DemoAccount) -> httpx.Client:
    """Calls the interface as this person."""
    return httpx.Client(
        base_url=url.rstrip("/") + "/api/v1",
        headers={"Authorization": f"Bearer {account.key}", "Accept-Language": "de"},
        timeout=60,
    )


def _content(answer: httpx.Response) -> Any:
    if answer.is_error:
        raise RuntimeError(f"{answer.request.method} {answer.request.url}: {answer.text}")
    if not answer.content:
        return None
    kind = answer.headers.get("content-type", "")
    return answer.json() if kind.startswith("application/json") else answer.text


def euro(cents: int) -> str:
    """`1234` as `12,34 EUR`."""
    return f"{cents // 100},{cents % 100:02d} EUR"


def play(url: str) -> Iterator[str]:
    """Each step of the way as a line.

    Raises
    ------
    RuntimeError
        If the service does not answer, or answers with an error.
    """
    try:
        with ExitStack() as open_clients:
            amal, fatma, lea, selin, hevin = (
                Caller(open_clients.enter_context(client(url, one)))
                for one in (COORDINATOR, FINANCE, LEAD, SCHOOL, HELPER)
            )
            yield from _ask(amal, selin)
            plan = yield from _plan(amal)
            yield from _offer(amal, hevin, plan)
            yield from _record(amal)
            yield from _pay(amal, fatma, lea)
            yield from _answer_to_the_land(lea)
    except httpx.TransportError as error:
        raise RuntimeError(f"{url} does not answer ({error}): is `make run` running?") from error


def _ask(amal: Caller, selin: Caller) -> Iterator[str]:
    yield "1. A school asks"
    day = next_full_week(today()) + timedelta(days=2)
    body = {
        "times": [{"day": str(day), "start": "10:15"}],
        "duration_minutes": 45,
        "seats": [{"language": "Kurmanci"}],
        "topic": "Elterngespräch",
        "case_number": "T-1",
    }
    try:
        made = selin.post("/requests", body)
        first = made["times"][0]
        yield f"   Selin asks for Kurmanci on {first['day']} at {first['start']}: {made['state']}"
    except RuntimeError as error:
        if "duplicate-request" not in str(error):
            raise
        yield "   Selin has asked already: asking twice is refused."
    yield from _parents_day(selin)
    tasks = amal.all("/tasks")
    kinds = Counter(task["code"].partition(":")[0] for task in tasks)
    yield f"   {len(tasks)} rows of the lists wait for an answer: {dict(kinds)}"
    task = next((t for t in tasks if t["code"] == "language:Kurdisch"), None)
    if task:
        yield f"   One of them: {task['question']}"
        amal.post(f"/tasks/{task['id']}/resolve", {"language": "kmr"})
        yield "   Amal has phoned and answers: kmr. The row can be planned now."


def _parents_day(selin: Caller) -> Iterator[str]:
    """What a parents' day would take; nothing is stored."""
    day = next_full_week(today()) + timedelta(days=17)
    plan = selin.post(
        "/parents-days/check",
        {
            "day": str(day),
            "start": "14:00",
            "end": "18:00",
            "slot_minutes": 15,
            "needs": [{"language": "Arabisch", "slots": 10}, {"language": "Kurmanci", "slots": 5}],
        },
    )
    slots = sum(len(shift["slots"]) for shift in plan["shifts"])
    yield f"   A parents' day with {slots} talks of 15 minutes would take {plan['people']} people:"
    for shift in plan["shifts"]:
        rest = ", ".join(f"{one['start']}-{one['end']}" for one in shift["breaks"])
        yield (
            f"   {shift['written']} {shift['start']}-{shift['end']}"
            + (f", break {rest}" if rest else "")
        )


def _times(hevin: Caller) -> Iterator[str]:
    """What Hevin writes about her times is read back; her calendar program gets an address."""
    phrase = "Mo-Fr 8-12, jede 2. Woche Fr auch 14-17, außer in den Ferien"
    read = hevin.post("/phrases/availability", {"phrase": phrase})
    yield f"   Hevin writes: {phrase}"
    yield f"   Understood: {read['understood']}"
    for question in read["questions"]:
        yield f"   Asked back: {question['question']}"
    feed = hevin.post("/calendar-feeds", {"name": "Handy"})
    entries = hevin.text(feed["address"]).count("BEGIN:VEVENT")
    yield f"   Her private calendar address holds {entries} appointments; now it is revoked."
    hevin.delete(f"/calendar-feeds/{feed['id']}")


def _plan(amal: Caller) -> Generator[str, None, Row]:
    yield "2. Amal asks for a plan of the week"
    monday = next_full_week(today())
    span = {"first_day": str(monday), "last_day": str(monday + timedelta(days=5))}
    plan: Row = amal.post("/plans", span)
    while plan["state"] in ("queued", "running"):
        time.sleep(0.2)
        plan = amal.get(f"/plans/{plan['id']}")
    if plan["state"] != "ready":
        raise RuntimeError(f"the plan failed: {plan['failure']}")
    yield (
        f"   {plan['filled']} of {plan['seats']} seats filled, {plan['waiting']} wait;"
        f" {plan['status']} ({plan['method']}), objective {plan['objective']},"
        f" bound {plan['bound']}, {plan['seconds']} s"
    )
    rows: list[Row] = amal.get(f"/plans/{plan['id']}/proposals")
    for row in [r for r in rows if r["volunteer"]][:3]:
        start = row["starts_at"][:16]
        yield f"   {start}Z {row['institution']} ({row['language']}): {row['volunteer']}"
    for row in [r for r in rows if not r["volunteer"]][:3]:
        why = " ".join(reason["sentence"] for reason in row["reasons"][:2])
        yield f"   open: {row['institution']} ({row['language']}): {why}"
    return plan


def _offer(amal: Caller, hevin: Caller, plan: Row) -> Iterator[str]:
    yield "3. The proposals become offers"
    released = amal.post(f"/plans/{plan['id']}/release")
    yield f"   {released['offers']} offers sent, {len(released['skipped'])} skipped"
    own = hevin.all("/offers", state="pending")
    if own:
        booked = hevin.post(f"/offers/{own[0]['id']}/accept")
        where = booked["contact"]
        yield f"   Hevin says yes to {booked['institution']}; only now she sees the address:"
        yield f"   {where['street']}, {where['postal_code']} {where['town']}, {where['name']}"
    if len(own) > 1:
        hevin.post(f"/offers/{own[1]['id']}/decline")
        yield "   and no to another one, without a reason and without a disadvantage."
    yield from _times(hevin)
    if own:
        why = {"reason": "anderer Termin", "cause": "other_appointment"}
        back = hevin.post(f"/assignments/{booked['id']}/cancel", why)
        yield f"   Hevin gives her appointment back, {back['notice_hours']:.0f} hours before."
        yield f"   {_who_next(amal, booked['seat_id'])}"
    entered = sum(_enter(amal, offer) for offer in amal.all("/offers", state="pending"))
    yield f"   Amal enters {entered} more answers that came by phone."
    told = Counter(message["event"] for message in amal.all("/messages", state="sent"))
    yield f"   Messages that have left so far: {dict(told)}"


def _who_next(amal: Caller, seat_id: str) -> str:
    """Whom the search for a seat asks next, or how it goes on where there is nobody."""
    for _ in range(40):
        pending = [o for o in amal.all("/offers", state="pending") if o["seat_id"] == seat_id]
        if pending:
            who = amal.get(f"/volunteers/{pending[0]['volunteer_id']}")
            return f"At once somebody else is asked: {who['given_name']} {who['surname']}."
        stuck = [s for s in amal.all("/searches", state="exhausted") if s["seat_id"] == seat_id]
        if stuck:
            return f"Nobody else could go: {stuck[0]['next_step']}"
        time.sleep(0.5)
    return "Somebody else is sought in the background."


def _enter(amal: Caller, offer: Row) -> bool:
    """Say yes for somebody; whether it counted, for somebody else may have been faster."""
    try:
        amal.post(f"/offers/{offer['id']}/accept")
    except RuntimeError as error:
        if "late-yes" not in str(error):
            raise
        return False
    return True


def _record(amal: Caller) -> Iterator[str]:
    yield "4. Last week is reported and confirmed"
    past = [a for a in amal.all("/assignments", state="booked") if a["ends_at"] < _now()]
    answers = Counter[str]()
    for number, one in enumerate(past):
        made = amal.post(
            "/service-records",
            {
                "assignment_id": one["id"],
                "started_at": one["starts_at"],
                "ended_at": one["ends_at"],
            },
        )
        less = 5 if number % 10 == 0 else 0
        minutes = max(1, made["reported_minutes"] - less)
        page = amal.form(made["confirm_url"], answer="yes", minutes=str(minutes), note="")
        answers["confirmed" if "<form" not in page else "asked again"] += 1
    yield f"   {len(past)} records; the institutions answered by link: {dict(answers)}"
    states = Counter(record["state"] for record in amal.all("/service-records"))
    yield f"   Records now: {dict(states)}; up to 10 minutes of difference the lower value counts."


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def _pay(amal: Caller, fatma: Caller, lea: Caller) -> Iterator[str]:
    yield "5. Claims, two pairs of eyes, pay list"
    months = sorted({record["started_at"][:7] for record in amal.all("/service-records")})
    for month in months:
        fatma.post("/claims", {"month": month})
    claims = [c for c in fatma.all("/claims") if c["state"] == "open"]
    for claim in claims:
        fatma.post(f"/claims/{claim['id']}/submit")
        fatma.post(f"/claims/{claim['id']}/check")
        lea.post(f"/claims/{claim['id']}/approve")
    total = sum(claim["amount_cents"] for claim in claims)
    yield f"   {len(claims)} claims for {', '.join(months)}: {euro(total)}"
    if not claims:
        return
    detail = fatma.get(f"/claims/{claims[0]['id']}")
    yield f"   {detail['volunteer']}, {detail['lines'][0]['explanation']}"
    run = fatma.post("/payruns")
    yield f"   Payrun {run['number']}: {euro(run['amount_cents'])}. Its list begins:"
    for line in fatma.get(f"/payruns/{run['id']}/paylist", format="csv").splitlines()[:3]:
        yield "   " + line.lstrip("\ufeff")
    document = fatma.get(f"/payruns/{run['id']}/pain001.xml")
    yield f"   The file for the bank: {_file(document)}"
    fatma.post(f"/payruns/{run['id']}/paid", {"paid_on": str(today())})
    yield "   Paid. Hours and amount per volunteer and month:"
    first, last = f"{months[0]}-01", str(today())
    report = fatma.get("/reports/hours", **{"from": first, "to": last, "format": "csv"})
    for line in report.splitlines()[:3]:
        yield "   " + line.lstrip("\ufeff")


def _file(document: str) -> str:
    """How many transfers a file for the bank has, and what they add up to."""
    read = etree.fromstring(document.encode())
    number, total = (read.findtext(f".//{{*}}GrpHdr/{{*}}{tag}") for tag in ("NbOfTxs", "CtrlSum"))
    return f"{number} transfers, {total.replace('.', ',')} EUR"


def _answer_to_the_land(lea: Caller) -> Iterator[str]:
    yield "6. What the Land wants to know"
    for notice in sorted(lea.all("/grant-notices"), key=lambda one: str(one["reference"])):
        left = lea.get(f"/grant-notices/{notice['id']}/budget")
        yield (
            f"   {notice['reference']} {notice['purpose']}: granted {euro(notice['amount_cents'])},"
            f" paid {euro(left['paid_cents'])}, left {euro(left['left_cents'])}"
        )
    monitor = lea.get("/threshold-monitor")
    for finding in monitor["findings"]:
        said = " ".join(finding["sentences"])
        yield f"   {finding['code']}: {'met' if finding['met'] else 'not met'}. {said}".rstrip()
    days = {"from": str(today() - timedelta(days=60)), "to": str(today()), "format": "csv"}
    yield "   What was asked for in vain:"
    for line in lea.get("/reports/unmet-demand", **days).splitlines()[:3]:
        yield "   " + line.lstrip("\ufeff")
