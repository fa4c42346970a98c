"""Who may call which operation of the contract, and a body that is right.

A new operation that stands in no row of `RULES` fails the tests with a sentence.
"""

from tests.app.callers import (
    ANSWERER,
    ANYONE,
    ASKER,
    AUDITOR,
    BOOKKEEPER,
    COORDINATOR,
    GRANTED,
    HER_OWN,
    LEAS,
    LISTS,
    NOT_AMAL,
    OFFICE,
    OPERATOR,
    OWN_PLAN,
    PARTICIPANT,
    PAYEE,
    POINT,
    REASON,
    STATEMENT,
    SUMS,
    TREASURY,
    WORKING,
    Rule,
    always,
    code_of_app,
    course_body,
    institution_body,
    parents_day_body,
    record_body,
    request_body,
    series_body,
    volunteer_body,
    what_if_body,
)
from tests.cast import PASSWORD

RULES: dict[str, Rule] = {
    "POST /auth/logout": Rule(ANYONE),
    "POST /auth/factor": Rule(LEAS, code_of_app, in_person=True),
    "POST /auth/factor/mail": Rule(ANYONE, in_person=True),
    "POST /auth/factor/totp": Rule(ANYONE, in_person=True),
    "POST /auth/factor/totp/confirm": Rule(NOT_AMAL, code_of_app, in_person=True),
    "DELETE /auth/factor/totp": Rule(LEAS, in_person=True),
    "POST /auth/proof": Rule(ANYONE, always(password=PASSWORD), in_person=True),
    "POST /auth/password": Rule(NOT_AMAL, always(new="Neun Kraniche ziehen los"), in_person=True),
    "GET /sessions": Rule(ANYONE, in_person=True),
    "DELETE /sessions/{session_id}": Rule(ANYONE, in_person=True),
    "POST /sessions/revoke-others": Rule(NOT_AMAL, in_person=True),
    "GET /me": Rule(ANYONE),
    "GET /api-tokens": Rule(ANYONE),
    "POST /api-tokens": Rule(ANYONE, always(name="Skript"), in_person=True),
    "DELETE /api-tokens/{token_id}": Rule(ANYONE, in_person=True),
    "GET /sponsors": Rule(ANYONE),
    "GET /sponsors/{sponsor_id}/settings": Rule(TREASURY),
    "PATCH /sponsors/{sponsor_id}/settings": Rule(("lea",), always(treasurer_name="Tilda Kasse")),
    "GET /members": Rule(("lea",)),
    "POST /members": Rule(
        ("lea",), always(email="neu@example.org", name="Neu", role="coordinator")
    ),
    "DELETE /members/{member_id}": Rule(("lea",)),
    "GET /policies": Rule(OFFICE),
    "POST /policies": Rule(
        ("lea",),
        always(role="guide", institution_kind="court", effect="forbid", reason="So beschlossen"),
    ),
    "GET /institutions": Rule(ASKER),
    "POST /institutions": Rule(COORDINATOR, institution_body),
    "GET /institutions/{institution_id}": Rule(ASKER),
    "PATCH /institutions/{institution_id}": Rule(ASKER, always(phone="06031 1")),
    "GET /volunteers": Rule(COORDINATOR),
    "POST /volunteers": Rule(COORDINATOR, volunteer_body),
    "GET /volunteers/{volunteer_id}": Rule(ANSWERER),
    "PATCH /volunteers/{volunteer_id}": Rule(ANSWERER, always(phone="0170 1")),
    "PUT /volunteers/{volunteer_id}/availability": Rule(ANSWERER, always(phrase="Mo-Fr 8-18")),
    "POST /volunteers/{volunteer_id}/languages": Rule(
        COORDINATOR, always(language="ar", level="B2")
    ),
    "DELETE /volunteers/{volunteer_id}/languages/{language}": Rule(COORDINATOR),
    "POST /volunteers/{volunteer_id}/trainings": Rule(
        COORDINATOR, always(role="guide", units=4, done_on="2026-11-01")
    ),
    "POST /volunteers/{volunteer_id}/clearances": Rule(
        COORDINATOR, always(kind="conduct", issued_on="2026-11-01", seen_on="2026-12-01")
    ),
    "POST /volunteers/{volunteer_id}/absences": Rule(
        ANSWERER, always(first_day="2027-05-03", last_day="2027-05-04")
    ),
    "DELETE /volunteers/{volunteer_id}/absences/{absence_id}": Rule(ANSWERER),
    "POST /volunteers/{volunteer_id}/extra-times": Rule(
        ANSWERER, always(day="2027-05-08", start_minute=600, end_minute=720)
    ),
    "DELETE /volunteers/{volunteer_id}/extra-times/{extra_id}": Rule(ANSWERER),
    "POST /phrases/availability": Rule(ANSWERER, always(phrase="Mo-Fr 8-18")),
    "GET /enrolments/{enrolment_id}": Rule(ANSWERER),
    "PATCH /enrolments/{enrolment_id}": Rule(COORDINATOR, always(week_minutes=300)),
    "PATCH /enrolments/{enrolment_id}/lending": Rule(("dilan",), always(lendable=True)),
    "GET /seats/{seat_id}/lenders": Rule(COORDINATOR),
    "POST /seats/{seat_id}/lendings": Rule(
        COORDINATOR, lambda own: {"lender_id": own["lender_id"]}
    ),
    "GET /lendings": Rule(COORDINATOR),
    "GET /lendings/{lending_id}": Rule(COORDINATOR),
    "POST /lendings/{lending_id}/agree": Rule(
        COORDINATOR, lambda own: {"volunteer_id": own["volunteer_id"]}
    ),
    "POST /lendings/{lending_id}/decline": Rule(COORDINATOR, always(reason="too_far")),
    "POST /lendings/{lending_id}/withdraw": Rule(COORDINATOR),
    "POST /requests": Rule(ASKER, request_body),
    "GET /requests": Rule(ASKER),
    "GET /requests/{request_id}": Rule(ASKER),
    "POST /requests/{request_id}/triage": Rule(COORDINATOR, always(decision="open")),
    "POST /requests/check": Rule(ASKER, request_body),
    "PATCH /requests/{request_id}": Rule(ASKER, always(room="Zimmer 3")),
    "POST /requests/{request_id}/cancel": Rule(ASKER, REASON),
    "POST /requests/{request_id}/move": Rule(
        ASKER, always(times=[{"day": "2027-02-09", "start": "11:00"}])
    ),
    "POST /series": Rule(ASKER, series_body),
    "GET /series": Rule(ASKER),
    "GET /series/{series_id}": Rule(ASKER),
    "PATCH /series/{series_id}": Rule(ASKER, always(scope="all", room="Zimmer 3")),
    "POST /series/{series_id}/cancel": Rule(ASKER, always(scope="all", reason="ausgefallen")),
    "POST /parents-days": Rule(ASKER, parents_day_body),
    "POST /parents-days/check": Rule(ASKER, parents_day_body),
    "GET /parents-days": Rule(ASKER),
    "GET /parents-days/{parents_day_id}": Rule(ASKER),
    "PATCH /parents-days/{parents_day_id}": Rule(ASKER, always(room="Turnhalle")),
    "PUT /parents-days/{parents_day_id}/needs": Rule(
        ASKER, always(needs=[{"language": "Kurmandschi", "slots": 3}])
    ),
    "POST /parents-days/{parents_day_id}/cancel": Rule(ASKER, REASON),
    "GET /parents-days/{parents_day_id}/timetable": Rule(ASKER),
    "GET /tasks": Rule(COORDINATOR),
    "POST /tasks/{task_id}/resolve": Rule(COORDINATOR, always(note="ohne Namen")),
    "GET /offers": Rule(ANSWERER),
    "POST /offers": Rule(
        COORDINATOR,
        lambda own: {
            "seat_id": own["seat_id"],
            "volunteer_id": own["volunteer_id"],
            "option_id": own["option_id"],
        },
    ),
    "GET /offers/{offer_id}": Rule(ANSWERER),
    "POST /offers/{offer_id}/accept": Rule(ANSWERER),
    "POST /offers/{offer_id}/decline": Rule(ANSWERER),
    "POST /offers/{offer_id}/withdraw": Rule(COORDINATOR),
    "GET /assignments": Rule(PARTICIPANT),
    "GET /assignments/{assignment_id}": Rule(PARTICIPANT),
    "POST /assignments": Rule(
        COORDINATOR,
        lambda own: {"seat_id": own["seat_id"], "volunteer_id": own["volunteer_id"]},
    ),
    "GET /assignments/{assignment_id}/code": Rule(ASKER),
    "GET /assignments/{assignment_id}/code.svg": Rule(ASKER),
    "POST /assignments/{assignment_id}/cancel": Rule(ANSWERER, REASON),
    "POST /assignments/{assignment_id}/reconfirm": Rule(ANSWERER),
    "POST /assignments/{assignment_id}/no-show": Rule(PARTICIPANT, always(who="volunteer")),
    "POST /assignments/{assignment_id}/undo-no-show": Rule(COORDINATOR),
    "GET /standbys": Rule(ANSWERER),
    "POST /seats/{seat_id}/standbys": Rule(
        COORDINATOR, lambda own: {"volunteer_id": own["volunteer_id"]}
    ),
    "POST /standbys/{standby_id}/accept": Rule(ANSWERER),
    "POST /standbys/{standby_id}/decline": Rule(ANSWERER),
    "POST /plans": Rule(COORDINATOR, always(first_day="2027-01-11", last_day="2027-01-16")),
    "GET /plans": Rule(COORDINATOR),
    "GET /plans/{plan_id}": Rule(COORDINATOR),
    "GET /plans/{plan_id}/proposals": Rule(COORDINATOR),
    "POST /plans/{plan_id}/release": Rule(COORDINATOR, lambda own: {"seat_ids": [own["seat_id"]]}),
    "GET /plans/{plan_id}/scarcity": Rule(COORDINATOR),
    "POST /plans/{plan_id}/cancel": Rule(COORDINATOR),
    "POST /plans/what-if": Rule(COORDINATOR, what_if_body),
    "GET /offer-policies": Rule(OFFICE),
    "GET /offer-policies/{lead_time}": Rule(OFFICE),
    "PUT /offer-policies/{lead_time}": Rule(("lea",), always(strategy="waves", wave_size=3)),
    "POST /seats/{seat_id}/searches": Rule(COORDINATOR, always(strategy="all")),
    "GET /searches": Rule(COORDINATOR),
    "GET /searches/{search_id}": Rule(COORDINATOR),
    "POST /searches/{search_id}/stop": Rule(COORDINATOR),
    "GET /seats/{seat_id}/candidates": Rule(COORDINATOR),
    "GET /seats/{seat_id}/candidates/{volunteer_id}": Rule(COORDINATOR),
    "GET /seats/{seat_id}/explanation": Rule(COORDINATOR),
    "POST /service-records": Rule(ANSWERER, record_body),
    "GET /service-records": Rule(WORKING),
    "GET /service-records/{record_id}": Rule(WORKING),
    "PATCH /service-records/{record_id}": Rule(ANSWERER, always(break_minutes=5)),
    "POST /service-records/{record_id}/confirm": Rule(
        ASKER, always(minutes=60, reason="am Telefon bestätigt")
    ),
    "POST /service-records/{record_id}/code": Rule(("dilan",), always(code="000000")),
    "POST /service-records/{record_id}/dispute": Rule(
        ASKER, always(minutes=30, reason="war kürzer")
    ),
    "POST /service-records/{record_id}/resolve": Rule(
        COORDINATOR, always(minutes=45, reason="Mitte genommen")
    ),
    "POST /service-records/{record_id}/revise": Rule(
        COORDINATOR, always(minutes=45, reason="doppelt gezählt")
    ),
    "POST /service-records/late-cancellation": Rule(
        COORDINATOR,
        lambda own: {"assignment_id": own["past_assignment_id"], "reason": "am Morgen abgesagt"},
    ),
    "POST /activities": Rule(
        ANSWERER,
        lambda own: {
            "volunteer_id": own["volunteer_id"],
            "kind": "team_meeting",
            "started_at": "2027-01-02T10:00:00+01:00",
            "ended_at": "2027-01-02T11:00:00+01:00",
        },
    ),
    "GET /activities": Rule((*PAYEE, "arno")),
    "GET /activities/{activity_id}": Rule((*PAYEE, "arno")),
    "PATCH /activities/{activity_id}": Rule(ANSWERER, always(break_minutes=5)),
    "POST /activities/{activity_id}/confirm": Rule(OFFICE, always(fundable="yes")),
    "POST /activities/{activity_id}/reject": Rule(OFFICE, REASON),
    "POST /activities/{activity_id}/withdraw": Rule(ANSWERER, REASON),
    "POST /closed-months": Rule(TREASURY, always(month="2026-12", despite_open=True)),
    "GET /closed-months": Rule(SUMS),
    "POST /closed-months/{closed_month_id}/reopen": Rule(("lea",), REASON),
    "POST /courses": Rule(COORDINATOR, course_body),
    "GET /courses": Rule((*PAYEE, "arno")),
    "GET /courses/{course_id}": Rule((*PAYEE, "arno")),
    "PATCH /courses/{course_id}": Rule(COORDINATOR, always(moderator="Ingrid Beispiel")),
    "POST /courses/{course_id}/cancel": Rule(COORDINATOR, REASON),
    "POST /courses/{course_id}/participants": Rule(
        COORDINATOR, lambda own: {"volunteer_ids": [own["volunteer_id"]]}
    ),
    "DELETE /courses/{course_id}/participants/{volunteer_id}": Rule(COORDINATOR),
    "GET /courses/{course_id}/participants/{volunteer_id}/certificate.pdf": Rule(ANSWERER),
    "POST /courses/{course_id}/attendance": Rule(
        COORDINATOR,
        lambda own: {"items": [{"volunteer_id": own["volunteer_id"], "attendance": "attended"}]},
    ),
    "POST /courses/{course_id}/held": Rule(COORDINATOR),
    "POST /courses/{course_id}/reopen": Rule(COORDINATOR, REASON),
    "POST /debriefs": Rule(("dilan",), always()),
    "POST /grant-notices": Rule(
        TREASURY,
        always(
            year=2027,
            purpose="courses",
            starts_on="2027-01-01",
            ends_on="2027-12-31",
            applied_cents=300_000,
        ),
    ),
    "GET /grant-notices": Rule(SUMS),
    "GET /grant-notices/{notice_id}": Rule(SUMS),
    "PATCH /grant-notices/{notice_id}": Rule(TREASURY, always(applied_cents=400_000)),
    "POST /grant-notices/{notice_id}/apply": Rule(TREASURY, always()),
    "POST /grant-notices/{notice_id}/grant": Rule(
        TREASURY, always(amount_cents=500_000, noticed_on="2027-01-02")
    ),
    "POST /grant-notices/{notice_id}/end": Rule(
        TREASURY, always(ends_on="2027-01-02", reason="Der Verein zieht sich zurück")
    ),
    "POST /grant-notices/{notice_id}/proof-sent": Rule(TREASURY, always()),
    "POST /grant-notices/{notice_id}/close": Rule(TREASURY),
    "GET /grant-notices/{notice_id}/budget": Rule(SUMS),
    "GET /deadlines": Rule(SUMS),
    "GET /threshold-monitor": Rule(SUMS),
    "GET /rate-plans": Rule(SUMS),
    "POST /rate-plans": Rule(
        ("lea",), always(source_key="wir_interpreter", valid_from="2027-01-01")
    ),
    "POST /rate-plans/{choice_id}/end": Rule(("lea",), always(valid_to="2027-12-31")),
    "POST /own-rate-plans": Rule(("lea",), always(**OWN_PLAN)),
    "GET /cap-exceptions": Rule(SUMS),
    "POST /cap-exceptions": Rule(
        ("lea",), lambda own: {"client_case_id": own["client_case_id"], **GRANTED}
    ),
    "POST /cap-exceptions/{exception_id}/withdraw": Rule(("lea",)),
    "POST /claims": Rule(
        BOOKKEEPER, lambda own: {"month": "2026-12", "volunteer_id": own["volunteer_id"]}
    ),
    "GET /claims": Rule((*PAYEE, "arno")),
    "GET /claims/{claim_id}": Rule((*PAYEE, "arno")),
    "POST /claims/{claim_id}/submit": Rule(BOOKKEEPER),
    "POST /claims/{claim_id}/check": Rule(("fatma",)),
    "POST /claims/{claim_id}/approve": Rule(TREASURY),
    "POST /claims/{claim_id}/return": Rule(TREASURY, REASON),
    "POST /claims/{claim_id}/hold": Rule(TREASURY, REASON),
    "POST /claims/{claim_id}/release": Rule(TREASURY),
    "POST /claims/{claim_id}/reject": Rule(TREASURY, REASON),
    "POST /claims/{claim_id}/waive": Rule((*TREASURY, "dilan"), REASON),
    "POST /claims/{claim_id}/reverse": Rule(TREASURY, REASON),
    "POST /claims/{claim_id}/repaid": Rule(("fatma",), always(paid_on="2027-01-04")),
    "POST /payruns": Rule(("fatma",), lambda own: {"claim_ids": [own["claim_id"]]}),
    "POST /claim-approvals": Rule(("fatma", "amal"), lambda own: {"claim_ids": [own["claim_id"]]}),
    "GET /claim-approvals": Rule(SUMS),
    "GET /payruns": Rule((*TREASURY, "arno")),
    "GET /payruns/{payrun_id}": Rule((*TREASURY, "arno")),
    "GET /payruns/{payrun_id}/paylist": Rule((*TREASURY, "arno")),
    "GET /payruns/{payrun_id}/paylist.xlsx": Rule((*TREASURY, "arno")),
    "GET /payruns/{payrun_id}/pain001.xml": Rule(TREASURY),
    "POST /payruns/{payrun_id}/paid": Rule(("fatma",), always(paid_on="2027-01-04")),
    "POST /payruns/{payrun_id}/reverse": Rule(("fatma",), REASON),
    "GET /payments": Rule((*TREASURY, "dilan", "arno")),
    "POST /payments/{payment_id}/returned": Rule(
        ("fatma",), always(returned_on="2027-01-04", code="AC04")
    ),
    "GET /payments/{payment_id}/statement.pdf": Rule((*TREASURY, "dilan")),
    "POST /payruns/{payrun_id}/statements": Rule(TREASURY),
    "GET /payruns/{payrun_id}/statements": Rule(TREASURY),
    "POST /bank-statements": Rule(("fatma",), files=STATEMENT),
    "GET /tax-choices": Rule(SUMS),
    "POST /tax-choices": Rule(
        ("lea",),
        always(role="guide", rule="26a", from_year=2027, reason="mit dem Steuerbüro geklärt"),
    ),
    "DELETE /tax-choices/{tax_choice_id}": Rule(("lea",)),
    "GET /declared-incomes": Rule(PAYEE),
    "POST /declared-incomes": Rule(
        PAYEE,
        lambda own: {
            "tax_year": 2027,
            "rule": "26a",
            "amount_cents": 12_000,
            "volunteer_id": own["volunteer_id"],
        },
    ),
    "GET /tax-ledger": Rule(PAYEE),
    "PUT /me/benefit-wish": Rule(("dilan",), always(benefit="alg1")),
    "DELETE /me/benefit-wish": Rule(("dilan",)),
    "GET /me/benefits": Rule(("dilan",)),
    "GET /reports": Rule(SUMS),
    "GET /reports/{name}": Rule(SUMS, query="?from=2026-12-01&to=2027-01-31"),
    "GET /reports/{name}/picture": Rule(SUMS, query="?from=2026-12-01&to=2027-01-31"),
    "GET /grant-notices/{notice_id}/picture": Rule(SUMS),
    "GET /volunteers/{volunteer_id}/certificate.pdf": Rule(PAYEE, query="?year=2026"),
    "POST /column-templates": Rule(
        OFFICE, always(report="hours", name="Kurz", columns=[{"key": "minutes"}])
    ),
    "GET /column-templates": Rule(SUMS),
    "GET /column-templates/{template_id}": Rule(SUMS),
    "PATCH /column-templates/{template_id}": Rule(OFFICE, always(columns=[{"key": "people"}])),
    "DELETE /column-templates/{template_id}": Rule(OFFICE),
    "GET /programme/aggregates": Rule(
        ("petra",), query="?from=2026-07-01&to=2026-09-30&by=region,language"
    ),
    "GET /messages": Rule(COORDINATOR),
    "POST /messages/seen": Rule(ANSWERER, lambda own: {"seen": [own["offer_id"]]}),
    "POST /messages/{message_id}/retry": Rule(COORDINATOR),
    "GET /message-preferences": Rule(ANYONE),
    "PUT /message-preferences": Rule(ANYONE, always(items=[{"event": "offer", "channel": "mail"}])),
    "GET /volunteers/{volunteer_id}/message-preferences": Rule(ANSWERER),
    "PUT /volunteers/{volunteer_id}/message-preferences": Rule(
        ANSWERER, always(items=[{"event": "offer", "channel": "mail"}])
    ),
    "GET /push-key": Rule(ANYONE),
    "GET /push-subscriptions": Rule(HER_OWN),
    "POST /push-subscriptions": Rule(
        HER_OWN,
        always(
            endpoint="https://push.example/neu",
            keys={"p256dh": POINT, "auth": "A" * 22},
            label="Handy",
        ),
    ),
    "DELETE /push-subscriptions/{subscription_id}": Rule(HER_OWN),
    "GET /webhooks": Rule(("lea",)),
    "POST /webhooks": Rule(("lea",), always(address="https://hooks.example/neu", name="Kalender")),
    "GET /webhooks/{webhook_id}": Rule(("lea",)),
    "PATCH /webhooks/{webhook_id}": Rule(("lea",), always(name="Neuer Name")),
    "DELETE /webhooks/{webhook_id}": Rule(("lea",)),
    "POST /webhooks/{webhook_id}/rotate": Rule(("lea",)),
    "POST /webhooks/{webhook_id}/test": Rule(("lea",)),
    "GET /webhooks/{webhook_id}/deliveries": Rule(("lea",)),
    "POST /webhooks/{webhook_id}/replay": Rule(
        ("lea",), lambda own: {"delivery_id": own["delivery_id"]}
    ),
    "POST /privacy/export": Rule(HER_OWN, always()),
    "POST /privacy/erase": Rule(
        ("lea", "dilan"),
        lambda own: {
            "volunteer_id": own["volunteer_id"],
            "reason": "möchte aufhören",
            "without_pay": True,
        },
    ),
    "GET /privacy/erasures": Rule(AUDITOR),
    "GET /privacy/retention-runs": Rule(AUDITOR),
    "GET /privacy/pseudonym-keys": Rule(("lea",)),
    "POST /privacy/pseudonym-keys/rotate": Rule(("lea",), always()),
    "POST /privacy/pseudonym-keys/{version}/destroy": Rule(("lea",), always()),
    "GET /audit": Rule(AUDITOR),
    "GET /audit/chain": Rule(AUDITOR),
    "GET /audit/anchors": Rule(AUDITOR),
    "GET /me/audit": Rule(HER_OWN),
    "GET /jobs": Rule(OPERATOR),
    "POST /jobs/{job_id}/retry": Rule(OPERATOR),
    "GET /calendar-feeds": Rule(("dilan", "amal")),
    "POST /calendar-feeds": Rule(ANSWERER, always(detail="minimal", name="Handy")),
    "DELETE /calendar-feeds/{feed_id}": Rule(("dilan", "amal")),
    "GET /volunteers/{volunteer_id}/busy-feeds": Rule(ANSWERER),
    "POST /volunteers/{volunteer_id}/busy-feeds": Rule(
        ("dilan",), always(address="https://calendar.example/private.ics", name="Familie")
    ),
    "POST /volunteers/{volunteer_id}/busy-feeds/{busy_feed_id}/refresh": Rule(("dilan",)),
    "DELETE /volunteers/{volunteer_id}/busy-feeds/{busy_feed_id}": Rule(ANSWERER),
    "POST /imports": Rule(COORDINATOR, files=LISTS),
    "GET /imports": Rule(COORDINATOR),
    "GET /imports/{batch_id}": Rule(COORDINATOR),
    "POST /imports/{batch_id}/undo": Rule(COORDINATOR),
}
