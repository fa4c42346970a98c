"""Scratch."""
import re
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import UUID
import pytest
from sqlmodel import select, col
from app import db, jobs
from app.clock import now, ZONE
from app.messages import sending
from app.messages.channels import Receipt
from app.tables import *
from app.tables import Message, Task, Offer, Volunteer, Request, Search, Institution, Assignment
from app.requests import tasks as T
from tests.app.searches import sought
from app.main import create_app
import httpx

pytestmark = pytest.mark.anyio if False else []

class Play:
    def __init__(s, client, engine, clock, cast):
        s.c, s.e, s.clock, s.cast = client, engine, clock, cast
        s.seen=set(); s.sent=[]; s.tasks={}; s.offers={}; s.names={}
    def log(s, *a):
        print(f"{now().astimezone(ZONE):%a %d.%m %H:%M}", *a)
    async def call(s, who, method, path, body=None, **h):
        kw={} if body is None else {"json":body}
        r = await s.c.request(method, path, headers=({**s.cast.key(who),"Accept-Language":"de"}|h), **kw)
        s.log(">>", who, method, re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "ID", path), body or "", r.status_code, "" if r.is_success else r.text[:300])
        return r
    def work(s):
        jobs.run_periodic(s.e); jobs.work_all(s.e)
        if 0: pass
        s.note()
    def note(s):
        with db.transaction(s.e) as session:
            for v in session.exec(select(Volunteer)).all(): s.names[v.id]=v.given_name
            for o in session.exec(select(Offer).order_by(Offer.id)).all():
                k=(o.state,bool(o.late_yes_at))
                if s.offers.get(o.id)!=k:
                    s.offers[o.id]=k; s.log("   offer", s.names[o.volunteer_id], o.state, "wave",o.wave,f"until {o.expires_at.astimezone(ZONE):%a %d.%m %H:%M}", "late-yes" if o.late_yes_at else "")
            for kind,table in (("search",Search),("request",Request),("seat",Seat),("booking",Assignment),("standby",Standby)):
                for r in session.exec(select(table).order_by(table.id)).all():
                    k=(kind,r.state, getattr(r,"wave",None))
                    if s.offers.get(r.id)!=k:
                        s.offers[r.id]=k; extra=""
                        if kind=="search": extra=f"wave {r.wave} next {r.next_at and r.next_at.astimezone(ZONE).strftime('%a %d.%m %H:%M')} act_by {r.act_by.astimezone(ZONE):%a %d.%m %H:%M} {r.strategy} {r.reasons if r.state=='unfilled' else ''}"
                        if kind in("booking","standby"): extra=s.names.get(r.volunteer_id)
                        if kind=="booking": extra+=f" {r.booked_via} {r.cancel_cause} {r.cancelled_by} {r.notice_minutes} {r.pay_rule}"
                        if kind=="request": extra=r.end_reason
                        s.log("  ",kind,r.state,extra)
            for t in session.exec(select(Task).order_by(Task.id)).all():
                if s.tasks.get(t.id)!=t.state:
                    s.tasks[t.id]=t.state
                    s.log("   TASK",t.state,t.code,"|",T.question(t.code,t.params,"de") if t.state=="open" else "")
            for m in session.exec(select(Message).order_by(Message.id)).all():
                k=(m.state,m.failure)
                if m.state not in("queued","sending","sent") and s.offers.get(m.id)!=k:
                    s.offers[m.id]=k
                    s.log("   message",m.event,m.state,m.failure,m.channel,m.recipient, s.names.get(m.volunteer_id,""))
    def deliver(s, channel):
        def go(parcel):
            s.sent.append(parcel)
            text = parcel.body if channel!="sms" else parcel.short
            first = (parcel.event,parcel.subject.split(":")[0],channel) not in s.seen
            s.seen.add((parcel.event,parcel.subject.split(":")[0],channel))
            s.log(f"   *** {channel.upper()} {parcel.event} -> {parcel.recipient} | {parcel.subject} {'[ics]' if parcel.calendar else ''}")
            if first: print("        | "+(text.replace("\n","\n        | ")))
            return Receipt()
        return SimpleNamespace(deliver=go)
    def run(s, hours=0, until=None, step=60):
        s.work()
        end = until or now()+timedelta(hours=hours)
        while now()<end:
            s.clock.shift(timedelta(minutes=step)); s.work()
    def link(s, kind, who=None):
        for p in reversed(s.sent):
            f=re.search(rf"http://test(/{kind}/lw_[\w-]+)", p.body)
            if f and (who is None or p.recipient.startswith(who)): return f[1]
    async def page(s, path, answer=None, lang="de"):
        url="http://test"+path
        r = await (s.c.post(url,data={"answer":answer},headers={"Accept-Language":lang}) if answer else s.c.get(url,headers={"Accept-Language":lang}))
        t=re.sub(r"(?s)<(head|style).*?</\1>","",r.text); t=re.sub(r"<button[^>]*>","[BUTTON] ",t); t=re.sub(r"<[^>]+>"," ",t); t=re.sub(r"\s+"," ",t)
        s.log("PAGE",answer or "look",r.status_code,t[:600])
        return r

@pytest.fixture
async def play(client, engine, clock, cast, monkeypatch):
    p=Play(client,engine,clock,cast)
    monkeypatch.setattr(sending,"way",lambda channel:p.deliver(str(channel)))
    jobs.run_periodic(engine)
    return p

async def ask(p, day, start, minutes=60, langs=("Kurmanci",), extra=(), **more):
    r=await p.call("selin","POST","/requests",{"times":[{"day":day,"start":start},*extra],"duration_minutes":minutes,"seats":[{"language":l} for l in langs],"topic":"Elterngespräch",**more})
    if not r.is_success: return None
    return r.json()

async def test_silence(play, engine, cast):
    sought.crowd(engine,cast,"aram","bero")
    r=await ask(play,"2027-01-14","10:00")
    seat=r["seats"][0]["id"]
    await play.call("amal","POST",f"/seats/{seat}/searches",{})
    play.run(hours=24*10)

async def test_no_then_yes_late(play, engine, cast):
    sought.crowd(engine,cast,"aram","bero")
    r=await ask(play,"2027-01-14","10:00")
    seat=r["seats"][0]["id"]
    await play.call("amal","POST",f"/seats/{seat}/searches",{})
    play.run(hours=1)
    a=play.link("a")
    await play.page(a); await play.page(a,"no"); await play.page(a,"no"); await play.page(a,"yes"); await play.page(a)
    play.run(hours=1)
    b=play.link("a")
    play.run(hours=30)
    print("expired one says yes/no"); await play.page(b); await play.page(b,"no"); await play.page(b,"yes")
    c=play.link("a"); await play.page(c,"yes"); await play.page(c,"yes"); await play.page(c,"no"); await play.page(b)
    play.run(hours=1)
    d=play.link("b"); await play.page(d); await play.page(d,lang="en"); await play.page(d,"no"); await play.page(d); await play.page(d,"yes"); await play.page(c)
    play.run(hours=24)

async def test_two_hours(play, engine, cast):
    r=await ask(play,"2027-01-04","12:00",urgency_reason="Notfall")
    if r is None: return
    seat=r["seats"][0]["id"]
    await play.call("amal","POST",f"/seats/{seat}/searches",{})
    play.run(hours=4,step=5)

async def test_evening(play, engine, cast):
    play.clock.move_to(datetime(2027,1,4,18,30,tzinfo=UTC)); play.work()
    sought.crowd(engine,cast,"aram","bero")
    r=await ask(play,"2027-01-05","08:30",urgency_reason="Notfall")
    seat=r["seats"][0]["id"]
    await play.call("amal","POST",f"/seats/{seat}/searches",{})
    play.run(hours=15)

async def test_exhausted_no(play, engine, cast):
    r=await ask(play,"2027-01-14","10:00")
    seat=r["seats"][0]["id"]
    await play.call("amal","POST",f"/seats/{seat}/searches",{})
    play.run(hours=50)
    a=play.link("a","dilan"); await play.page(a); await play.page(a,"no"); await play.page(a); await play.page(a,"yes")
    await play.page(play.link("a","mirela"),"yes")
    play.run(hours=2)

async def book(p, seat, who, **h):
    return await p.call("amal","POST","/assignments",{"seat_id":seat,"volunteer_id":str(p.cast.volunteers[who]),**h})

async def test_life(play, engine, cast):
    "critical, standby, reminder, give back late, standby steps in, move, no-show"
    p=play
    sought.crowd(engine,cast,"aram","bero")
    with db.transaction(engine) as s:
        sought.change(s,Volunteer,cast.volunteers["aram"],locale="en")
        sought.change(s,Volunteer,cast.volunteers["bero"],phone_only=True,email="")
    r=await ask(p,"2027-01-14","10:00")
    seat=r["seats"][0]["id"]
    x=await p.call("amal","GET",f"/requests/{r['id']}"); 
    await p.call("amal","PATCH",f"/requests/{r['id']}",{"critical":True},**{"If-Match":x.headers["etag"]})
    b=(await book(p,seat,"aram")).json()
    p.run(hours=1)
    await p.call("amal","POST",f"/seats/{seat}/standbys",{"volunteer_id":str(cast.volunteers["dilan"])})
    await p.call("amal","POST",f"/seats/{seat}/standbys",{"volunteer_id":str(cast.volunteers["bero"])})
    p.run(hours=1)
    s=p.link("s","dilan"); await p.page(s); 
    p.run(until=datetime(2027,1,11,12,0,tzinfo=UTC),step=360)
    await p.page(s,"yes"); await p.page(s)
    p.run(until=datetime(2027,1,13,6,0,tzinfo=UTC),step=360)
    p.run(until=datetime(2027,1,13,18,0,tzinfo=UTC),step=60)
    l=p.link("b","aram"); await p.page(l,lang="en"); await p.page(l,"yes",lang="en"); await p.page(l,lang="en")
    p.run(hours=1)
    await p.page(l,"no",lang="en")
    p.run(hours=2)
    l=p.link("b","dilan"); await p.page(l); await p.page(s)
    p.run(until=datetime(2027,1,14,9,30,tzinfo=UTC),step=60)
    bs=(await p.call("amal","GET","/assignments")).json()["items"]
    for one in bs:
        if one["state"]=="booked":
            await p.call("selin","POST",f"/assignments/{one['id']}/no-show",{"who":"volunteer"})
    p.run(hours=24,step=360)
    for t in (await p.call("amal","GET","/tasks?state=open")).json()["items"]: print(t)

async def test_phone(play, engine, cast):
    p=play
    with db.transaction(engine) as s:
        sought.change(s,Volunteer,cast.volunteers["dilan"],phone_only=True,email="")
        sought.change(s,Volunteer,cast.volunteers["mirela"],phone_only=True,email="")
    r=await ask(p,"2027-01-14","10:00"); seat=r["seats"][0]["id"]
    await p.call("amal","POST",f"/seats/{seat}/searches",{})
    p.run(hours=5)
    o=(await p.call("amal","GET","/offers?state=pending")).json()["items"]
    await p.call("amal","POST",f"/offers/{o[0]['id']}/accept")
    p.run(hours=2)
    for t in (await p.call("amal","GET","/tasks?state=open")).json()["items"]: print(t["code"],t["question"])
    p.run(until=datetime(2027,1,13,18,0,tzinfo=UTC),step=180)
    a=(await p.call("amal","GET","/assignments")).json()["items"][0]
    for t in (await p.call("amal","GET","/tasks?state=open")).json()["items"]: print(t["code"],t["question"])
    await p.call("amal","POST",f"/assignments/{a['id']}/cancel",{"cause":"illness","reason":""})
    p.run(hours=12)
    for t in (await p.call("amal","GET","/tasks?state=open")).json()["items"]: print(t["code"],t["question"])

async def test_move(play, engine, cast):
    p=play
    sought.crowd(engine,cast,"aram","bero")
    r=await ask(p,"2027-01-14","10:00",langs=("Kurmanci","Kurmanci")); seats=[x["id"] for x in r["seats"]]
    await book(p,seats[0],"aram"); 
    await p.call("amal","POST",f"/seats/{seats[1]}/searches",{"strategy":"all"})
    p.run(hours=1)
    await p.call("selin","POST",f"/requests/{r['id']}/move",{"times":[{"day":"2027-01-15","start":"11:00"}]})
    p.run(hours=2)
    a=p.link("a","aram"); await p.page(a); await p.page(a,"yes")
    p.run(hours=2)
    await p.call("amal","POST",f"/requests/{r['id']}/move",{"times":[{"day":"2027-01-16","start":"11:00"}]})
    p.run(hours=3)
    await p.call("selin","POST",f"/requests/{r['id']}/cancel",{"reason":"fällt aus","cause":"institution_closed"})
    p.run(hours=2)
    for t in (await p.call("amal","GET","/tasks?state=open")).json()["items"]: print(t["code"],t["question"])

async def test_options(play, engine, cast):
    p=play
    sought.crowd(engine,cast,"aram","bero")
    r=await ask(p,"2027-01-14","10:00",langs=("Kurmanci","Kurmanci"),extra=[{"day":"2027-01-15","start":"10:00"}]); seats=[x["id"] for x in r["seats"]]
    for x in seats: await p.call("amal","POST",f"/seats/{x}/searches",{"strategy":"all"})
    p.run(hours=1)
    o=(await p.call("amal","GET","/offers?state=pending")).json()["items"]
    for one in o: print(one["seat_id"][:23],one["volunteer_id"],one["starts_at"])
    await p.call("amal","POST",f"/offers/{o[0]['id']}/accept")
    p.run(hours=2)
    o=(await p.call("amal","GET","/offers?state=pending")).json()["items"]
    for one in o: await p.call("amal","POST",f"/offers/{one['id']}/decline")
    p.run(until=datetime(2027,1,14,12,0,tzinfo=UTC),step=360)
