"""To which class of data every column of every table belongs; a test asks about each new one.

Columns that hold an id are references, whatever they are called: they are not named here.
"""

from collections.abc import Iterator

from sqlalchemy import Column, Uuid

from app.privacy.classes import Kind
from app.tables import Row

EVERY_ROW = {"id": Kind.REFERENCE, "created_at": Kind.TECHNICAL, "updated_at": Kind.TECHNICAL}
"""What every table has."""


def _of(**columns: str) -> dict[str, Kind]:
    """The columns of a table by the names of their classes."""
    return {name: Kind(kind) for kind, names in columns.items() for name in names.split()}


_TABLES = Row.metadata.tables
_SAID: dict[str, dict[str, Kind]] = {
    "absence": _of(
        time="first_day last_day start_minute end_minute",
        free_text="reason",
    ),
    "account": _of(
        identity="name",
        contact="email",
        secret="password_hash totp_secret totp_step",  # noqa: S106 - names of columns
        technical="locale active operator programme password_set_at totp_since",
    ),
    "activity": _of(
        work="role kind started_at ended_at break_minutes minutes kilometres fundable state source"
        " confirmed_at doubts",
        free_text="reason",
    ),
    "api_token": _of(
        trace="name expires_at revoked_at scopes used_at factor_at",
        secret="token_hash",  # noqa: S106 - the name of a column
    ),
    "assignment": _of(
        work="role mode starts_at ends_at state booked_via cancelled_at cancelled_by cancel_cause"
        " notice_minutes pay_rule reminded_at reconfirmed_at on_the_way_at started_at"
        " finished_at",
        free_text="cancel_reason",
        technical="code_tries",
    ),
    "audit_anchor": _of(technical="count head"),
    "audit_event": _of(
        trace="via action subject_type details reason rule_version",
        technical="published position previous_hash hash",
    ),
    "availability_recurrence": _of(time="rule first_day start_minute end_minute soft"),
    "availability_rule": _of(
        time="weekday start_minute end_minute soft every_weeks season parity anchor_day valid_from"
        " valid_to",
    ),
    "bank_entry": _of(
        accounting="statement_id reference end_to_end_id booked_on amount_cents kind",
    ),
    "benefit_wish": _of(health_near="benefit"),
    "busy_feed": _of(
        secret="address",  # noqa: S106 - the name of a column
        time="name",
        technical="etag fetched_at next_fetch_at failure failures",
    ),
    "busy_span": _of(time="starts_at ends_at"),
    "calendar_feed": _of(
        trace="kind detail name last_used_at revoked_at",
        secret="token_hash",  # noqa: S106 - the name of a column
    ),
    "cap_exception": _of(
        accounting="grant_year extra granted_on withdrawn_at",
        free_text="reason",
    ),
    "claim": _of(
        accounting="month funding_line state number kind minutes amount_cents travel_cents"
        " held_from checked_at approved_at payee_name",
        bank="payee_iban",
        free_text="return_reason",
    ),
    "claim_approval": _of(
        accounting="state claims amount_cents answered_at",
        staff="treasurer_name treasurer_email",
        free_text="reason",
    ),
    "claim_line": _of(
        accounting="started_at ended_at counts day minutes paid_minutes amount_cents travel_cents"
        " plan_key reason_code reason_params",
    ),
    "clearance": _of(health_near="kind issued_on seen_on valid_to"),
    "client_case": _of(pseudonym="pseudonym", technical="key_version"),
    "closed_month": _of(
        accounting="month reopened_at",
        free_text="reason",
    ),
    "column_template": _of(house="report name columns"),
    "contact": _of(),
    "course": _of(
        house="kind title units starts_on ends_on cost_cents state held_at proof_sent_on",
        staff="moderator",
        free_text="reason",
    ),
    "course_participant": _of(
        accounting="units attendance certified_on",
    ),
    "declared_income": _of(accounting="tax_year rule amount_cents"),
    "enrolment": _of(
        skill="roles coordinating state listing_renewed_on week_minutes day_assignments lendable",
        technical="source_key",
    ),
    "enrolment_change": _of(accounting="state roles coordinating"),
    "erasure": _of(
        trace="state held_until done_at counts proof",
        free_text="reason",
    ),
    "exclusion": _of(skill="institution_kind by_office"),
    "extra_time": _of(time="day start_minute end_minute soft"),
    "feedback": _of(
        feedback="kind text page reply_to",
        technical="answer_by answered_at",
    ),
    "grant_notice": _of(
        house="funding_line year purpose reference state applied_cents amount_cents starts_on"
        " ends_on applied_on noticed_on declared_on proof_sent_on",
        free_text="change_reason",
    ),
    "idempotency_key": _of(technical="key fingerprint status headers", trace="body"),
    "import_batch": _of(
        technical="content_hash created finished_at undone_at",
        **{"import": "outcome sources"},
    ),
    "institution": _of(
        house="name kind kind_label street postal_code town region_ags lat lon",
        staff="phone email contact_name",
    ),
    "job": _of(technical="name state due_at started_at attempts failure"),
    "language_skill": _of(skill="language level assessed_by assessed_on"),
    "ledger_entry": _of(
        accounting="kind recorded_at day paid_on subject_type role funding_line plan_key language"
        " region_ags institution_kind detail quantity minutes paid_minutes units amount_cents"
        " travel_cents",
    ),
    "lending": _of(
        work="state travel_minutes answered_at",
        free_text="reason",
    ),
    "membership": _of(trace="role"),
    "message": _of(
        message="event channel recipient locale subject body short calendar starts_at sent_at"
        " read_at",
        technical="state due_at attempts failure",
    ),
    "message_preference": _of(contact="event channel digest"),
    "offer": _of(
        work="mode state expires_at answered_at wave late_yes_at call_asked_at",
    ),
    "offered_time": _of(time="starts_at ends_at", free_text="note"),
    "offer_policy": _of(house="lead_time strategy wave_size"),
    "parents_day": _of(work="day start_minute end_minute slot_minutes needs"),
    "partnership": _of(house="agreement_since"),
    "own_rate_plan": _of(house="key rule"),
    "payment": _of(
        accounting="number payee_name purpose amount_cents state paid_on returned_on return_code",
        bank="payee_iban",
    ),
    "payment_part": _of(accounting="amount_cents returned"),
    "payrun": _of(
        accounting="number state amount_cents paid_on execute_on",
        house="payer_name payer_iban",
        free_text="reason",
    ),
    "plan": _of(
        house="first_day last_day state seed weights input_hash seats filled waiting method status"
        " objective bound gap gap_fill gap_cost seconds failure notes progress",
    ),
    "policy_rule": _of(house="role institution_kind topic effect reason"),
    "proposal": _of(work="mode cost price terms"),
    "push_subscription": _of(
        secret="endpoint p256dh auth",  # noqa: S106 - names of columns
        contact="label last_used_at",
    ),
    "rate_plan": _of(house="source_key valid_from valid_to"),
    "request": _of(
        work="kind state received_at priority cost_centre people_count consent_substitution"
        " same_person_wished lead_time urgent critical moved_at series_day series_exception",
        free_text="topic note urgency_reason room end_reason",
        staff="contact_name contact_phone",
        technical="source_key",
    ),
    "request_option": _of(
        work="position day start_minute duration_minutes zone starts_at ends_at chosen",
    ),
    "retention_run": _of(technical="data_class cutoff counts proof"),
    "search": _of(
        work="strategy wave_size wave state cause act_by next_at ended_at reasons",
    ),
    "seat": _of(
        work="position role language language_written min_level mode gender gender_hard slots"
        " state",
    ),
    "series": _of(
        work="rule first_day last_day start_minute duration_minutes",
        free_text="template",
    ),
    "service_record": _of(
        work="started_at ended_at break_minutes minutes reported_minutes confirmed_minutes outcome"
        " state confirmed_at source kilometres reminders doubts feedback institution_outcome",
        staff="confirmed_by",
        free_text="reason feedback_note",
    ),
    "session_token": _of(
        trace="expires_at revoked_at seen_at factor_at proven_at label given",
        secret="token_hash",  # noqa: S106 - the name of a column
    ),
    "sign_in_code": _of(
        trace="purpose expires_at used_at",
        secret="code_hash token_hash",  # noqa: S106 - names of columns
        technical="tries",
    ),
    "sign_in_miss": _of(secret="key_hash"),  # noqa: S106 - the name of a column
    "signed_link": _of(
        trace="purpose expires_at used_at",
        secret="token_hash",  # noqa: S106 - the name of a column
    ),
    "sponsor": _of(
        house="name kind nonprofit population regions settings four_eyes account_holder iban"
        " paper_four_eyes",
        staff="treasurer_name treasurer_email",
    ),
    "sponsor_key": _of(
        secret="secret",  # noqa: S106 - the name of a column
        technical="version retired_at destroyed_at",
    ),
    "standby": _of(work="state answered_at"),
    "statement_paper": _of(message="locale pdf"),
    "task": _of(
        work="code subject_type state resolved_at",
        free_text="params answer",
    ),
    "tax_choice": _of(house="role rule from_year reason withdrawn_at"),
    "tick": _of(technical="name due_at held_until failure"),
    "training": _of(skill="role units done_on"),
    "travel_time": _of(technical="service transport origin destination minutes fetched_at"),
    "unfilled_reason": _of(house="position price code params"),
    "volunteer": _of(
        identity="surname given_name birth_date gender",
        secret="identity_key",  # noqa: S106 - the name of a column
        contact="postal_code town lat lon phone email phone_only locale quiet_from_minute"
        " quiet_to_minute",
        bank="iban",
        skill="transport german_level only_kinds most_day_assignments most_day_minutes"
        " most_week_minutes most_travel_minutes long_days",
        free_text="note",
        technical="erased_at iban_changed_at",
    ),
    "webhook": _of(
        house="address name events active off_reason failures strikes resume_at",
        secret="secret previous_secret",  # noqa: S106 - names of columns
        technical="previous_until",
    ),
    "webhook_delivery": _of(
        technical="event replay state attempts status failure next_at delivered_at",
    ),
}


def _references(table: str) -> dict[str, Kind]:
    """The columns of a table that say which other row is meant."""
    ids = (column.name for column in _TABLES[table].columns if isinstance(column.type, Uuid))
    return {name: Kind.REFERENCE for name in ids if name not in EVERY_ROW}


COLUMNS: dict[str, dict[str, Kind]] = {
    table: _references(table) | said for table, said in _SAID.items()
}


def kind(table: str, column: str) -> Kind | None:
    """The class of a column; None when nobody has said yet."""
    return EVERY_ROW.get(column) or COLUMNS.get(table, {}).get(column)


def every_column() -> Iterator[tuple[str, Column[object]]]:
    """Every column of every table that the service has."""
    for name, table in sorted(_TABLES.items()):
        for column in table.columns:
            yield name, column


def of_class(wanted: Kind) -> list[tuple[str, str]]:
    """Table and column of everything that belongs to a class."""
    return [
        (table, column)
        for table, columns in COLUMNS.items()
        for column, found in columns.items()
        if found is wanted
    ]
