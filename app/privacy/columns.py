"""To which class of data every column of every table belongs; a test asks about each new one."""

from collections.abc import Iterator

from sqlalchemy import Column
from sqlmodel import SQLModel

from app.privacy.classes import Kind

EVERY_ROW = {"id": Kind.REFERENCE, "created_at": Kind.TECHNICAL, "updated_at": Kind.TECHNICAL}
"""What every table has."""


def _of(**columns: str) -> dict[str, Kind]:
    """The columns of a table by the names of their classes."""
    return {name: Kind(kind) for kind, names in columns.items() for name in names.split()}


COLUMNS: dict[str, dict[str, Kind]] = {
    "absence": _of(
        reference="volunteer_id",
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
        reference="sponsor_id volunteer_id reported_by confirmed_by",
        work="role kind started_at ended_at break_minutes minutes kilometres fundable state source"
        " confirmed_at doubts",
        free_text="reason",
    ),
    "api_token": _of(
        reference="account_id",
        trace="name expires_at revoked_at scopes used_at factor_at",
        secret="token_hash",  # noqa: S106 - the name of a column
    ),
    "assignment": _of(
        reference="sponsor_id seat_id option_id offer_id volunteer_id",
        work="role mode starts_at ends_at state booked_via cancelled_at cancelled_by cancel_cause"
        " notice_minutes pay_rule reminded_at reconfirmed_at",
        free_text="cancel_reason",
        technical="code_tries",
    ),
    "audit_anchor": _of(reference="sponsor_id", technical="count head"),
    "audit_event": _of(
        reference="sponsor_id account_id subject_id",
        trace="via action subject_type details reason rule_version",
        technical="published position previous_hash hash",
    ),
    "availability_recurrence": _of(
        reference="volunteer_id", time="rule first_day start_minute end_minute soft"
    ),
    "availability_rule": _of(
        reference="volunteer_id",
        time="weekday start_minute end_minute soft every_weeks season parity anchor_day valid_from"
        " valid_to",
    ),
    "bank_entry": _of(
        reference="sponsor_id payrun_id payment_id",
        accounting="statement_id reference end_to_end_id booked_on amount_cents kind",
    ),
    "benefit_wish": _of(reference="volunteer_id", health_near="benefit"),
    "busy_feed": _of(
        reference="volunteer_id",
        secret="address",  # noqa: S106 - the name of a column
        time="name",
        technical="etag fetched_at next_fetch_at failure failures",
    ),
    "busy_span": _of(reference="volunteer_id busy_feed_id", time="starts_at ends_at"),
    "calendar_feed": _of(
        reference="account_id volunteer_id sponsor_id",
        trace="kind detail name last_used_at revoked_at",
        secret="token_hash",  # noqa: S106 - the name of a column
    ),
    "cap_exception": _of(
        reference="sponsor_id client_case_id decided_by",
        accounting="grant_year extra granted_on",
        free_text="reason",
    ),
    "claim": _of(
        reference="sponsor_id volunteer_id checked_by approved_by payrun_id reverses_id",
        accounting="month funding_line state number kind minutes amount_cents travel_cents"
        " held_from checked_at approved_at payee_name",
        bank="payee_iban",
        free_text="return_reason",
    ),
    "claim_approval": _of(
        reference="sponsor_id asked_by",
        accounting="state claims amount_cents answered_at",
        staff="treasurer_name treasurer_email",
        free_text="reason",
    ),
    "claim_line": _of(
        reference="sponsor_id claim_id service_record_id activity_id volunteer_id",
        accounting="started_at ended_at counts day minutes paid_minutes amount_cents travel_cents"
        " plan_key reason_code reason_params",
    ),
    "clearance": _of(reference="volunteer_id", health_near="kind issued_on seen_on valid_to"),
    "client_case": _of(reference="sponsor_id", pseudonym="pseudonym", technical="key_version"),
    "closed_month": _of(
        reference="sponsor_id closed_by reopened_by",
        accounting="month reopened_at",
        free_text="reason",
    ),
    "column_template": _of(reference="sponsor_id", house="report name columns"),
    "contact": _of(reference="account_id institution_id"),
    "course": _of(
        reference="sponsor_id",
        house="kind title units starts_on ends_on cost_cents state held_at",
        staff="moderator",
    ),
    "course_participant": _of(
        reference="sponsor_id course_id volunteer_id training_id",
        accounting="units attendance certified_on",
    ),
    "declared_income": _of(
        reference="sponsor_id volunteer_id declared_by", accounting="tax_year rule amount_cents"
    ),
    "enrolment": _of(
        reference="sponsor_id volunteer_id",
        skill="roles coordinating state listing_renewed_on week_minutes day_assignments lendable",
        technical="source_key",
    ),
    "enrolment_change": _of(
        reference="sponsor_id volunteer_id", accounting="state roles coordinating"
    ),
    "erasure": _of(
        reference="sponsor_id volunteer_id asked_by",
        trace="state held_until done_at counts proof",
        free_text="reason",
    ),
    "exclusion": _of(
        reference="sponsor_id volunteer_id institution_id client_case_id", skill="institution_kind"
    ),
    "extra_time": _of(reference="volunteer_id", time="day start_minute end_minute soft"),
    "grant_notice": _of(
        reference="sponsor_id",
        house="funding_line year purpose reference state applied_cents amount_cents starts_on"
        " ends_on applied_on noticed_on proof_sent_on",
    ),
    "idempotency_key": _of(
        reference="account_id", technical="key fingerprint status headers", trace="body"
    ),
    "import_batch": _of(
        reference="sponsor_id account_id",
        technical="content_hash created finished_at undone_at",
        **{"import": "outcome sources"},
    ),
    "institution": _of(
        house="name kind kind_label street postal_code town region_ags lat lon",
        staff="phone email contact_name",
    ),
    "job": _of(reference="subject_id", technical="name state due_at started_at attempts failure"),
    "language_skill": _of(reference="volunteer_id", skill="language level assessed_by assessed_on"),
    "ledger_entry": _of(
        reference="sponsor_id volunteer_id subject_id claim_id payment_id reverses_id",
        accounting="kind recorded_at day paid_on subject_type role funding_line plan_key language"
        " region_ags institution_kind detail quantity minutes paid_minutes units amount_cents"
        " travel_cents",
    ),
    "lending": _of(
        reference="sponsor_id lender_id seat_id volunteer_id asked_by answered_by",
        work="state travel_minutes answered_at",
        free_text="reason",
    ),
    "membership": _of(reference="sponsor_id account_id", trace="role"),
    "message": _of(
        reference="sponsor_id volunteer_id institution_id account_id subject_id digest_id"
        " fallback_of_id",
        message="event channel recipient locale subject body short calendar starts_at sent_at"
        " read_at",
        technical="state due_at attempts failure",
    ),
    "message_preference": _of(reference="volunteer_id account_id", contact="event channel digest"),
    "offer": _of(
        reference="sponsor_id seat_id option_id volunteer_id plan_id answered_by search_id"
        " lending_id",
        work="mode state expires_at answered_at wave late_yes_at",
    ),
    "offer_policy": _of(reference="sponsor_id", house="lead_time strategy wave_size"),
    "parents_day": _of(
        reference="sponsor_id institution_id", work="day start_minute end_minute slot_minutes needs"
    ),
    "partnership": _of(reference="institution_id sponsor_id", house="agreement_since"),
    "own_rate_plan": _of(reference="sponsor_id", house="key rule"),
    "payment": _of(
        reference="sponsor_id payrun_id volunteer_id",
        accounting="number payee_name purpose amount_cents state paid_on returned_on return_code",
        bank="payee_iban",
    ),
    "payment_part": _of(
        reference="sponsor_id payment_id claim_id", accounting="amount_cents returned"
    ),
    "payrun": _of(
        reference="sponsor_id drawn_by",
        accounting="number state amount_cents paid_on execute_on",
        house="payer_name payer_iban",
    ),
    "plan": _of(
        reference="sponsor_id requested_by",
        house="first_day last_day state seed weights input_hash seats filled waiting method status"
        " objective bound gap gap_fill gap_cost seconds failure notes progress",
    ),
    "policy_rule": _of(reference="sponsor_id", house="role institution_kind topic effect reason"),
    "proposal": _of(
        reference="sponsor_id plan_id seat_id option_id volunteer_id", work="mode cost price terms"
    ),
    "push_subscription": _of(
        reference="account_id",
        secret="endpoint p256dh auth",  # noqa: S106 - names of columns
        contact="label last_used_at",
    ),
    "rate_plan": _of(reference="sponsor_id", house="source_key valid_from valid_to"),
    "request": _of(
        reference="sponsor_id institution_id client_case_id wished_volunteer_id follow_up_of_id"
        " series_id parents_day_id",
        work="kind state received_at priority cost_centre people_count consent_substitution"
        " same_person_wished lead_time urgent critical moved_at series_day series_exception",
        free_text="topic note urgency_reason room end_reason",
        staff="contact_name contact_phone",
        technical="source_key",
    ),
    "request_option": _of(
        reference="sponsor_id request_id",
        work="position day start_minute duration_minutes zone starts_at ends_at chosen",
    ),
    "retention_run": _of(reference="sponsor_id", technical="data_class cutoff counts proof"),
    "search": _of(
        reference="sponsor_id seat_id",
        work="strategy wave_size wave state cause act_by next_at ended_at reasons",
    ),
    "seat": _of(
        reference="sponsor_id request_id",
        work="position role language language_written min_level mode gender gender_hard slots"
        " state",
    ),
    "series": _of(
        reference="sponsor_id institution_id follows_id",
        work="rule first_day last_day start_minute duration_minutes",
        free_text="template",
    ),
    "service_record": _of(
        reference="sponsor_id assignment_id volunteer_id reported_by",
        work="started_at ended_at break_minutes minutes reported_minutes confirmed_minutes outcome"
        " state confirmed_at source kilometres reminders doubts",
        staff="confirmed_by",
        free_text="reason",
    ),
    "session_token": _of(
        reference="account_id",
        trace="expires_at revoked_at seen_at factor_at proven_at label given",
        secret="token_hash",  # noqa: S106 - the name of a column
    ),
    "sign_in_code": _of(
        reference="account_id",
        trace="purpose expires_at used_at",
        secret="code_hash token_hash",  # noqa: S106 - names of columns
        technical="tries",
    ),
    "sign_in_miss": _of(secret="key_hash"),  # noqa: S106 - the name of a column
    "signed_link": _of(
        reference="sponsor_id subject_id",
        trace="purpose expires_at used_at",
        secret="token_hash",  # noqa: S106 - the name of a column
    ),
    "sponsor": _of(
        house="name kind nonprofit population regions settings four_eyes account_holder iban"
        " paper_four_eyes",
        staff="treasurer_name treasurer_email",
    ),
    "sponsor_key": _of(
        reference="sponsor_id",
        secret="secret",  # noqa: S106 - the name of a column
        technical="version retired_at destroyed_at",
    ),
    "standby": _of(reference="sponsor_id seat_id option_id volunteer_id", work="state answered_at"),
    "task": _of(
        reference="sponsor_id subject_id resolved_by",
        work="code subject_type state resolved_at",
        free_text="params answer",
    ),
    "tax_choice": _of(reference="sponsor_id decided_by", house="role rule from_year reason"),
    "tick": _of(technical="name due_at held_until failure"),
    "training": _of(reference="volunteer_id", skill="role units done_on"),
    "travel_time": _of(technical="service transport origin destination minutes fetched_at"),
    "unfilled_reason": _of(
        reference="sponsor_id plan_id seat_id", house="position price code params"
    ),
    "volunteer": _of(
        reference="account_id",
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
        reference="sponsor_id",
        house="address name events active off_reason failures strikes resume_at",
        secret="secret previous_secret",  # noqa: S106 - names of columns
        technical="previous_until",
    ),
    "webhook_delivery": _of(
        reference="sponsor_id webhook_id audit_event_id",
        technical="event replay state attempts status failure next_at delivered_at",
    ),
}


def kind(table: str, column: str) -> Kind | None:
    """The class of a column; None when nobody has said yet."""
    return EVERY_ROW.get(column) or COLUMNS.get(table, {}).get(column)


def every_column() -> Iterator[tuple[str, Column[object]]]:
    """Every column of every table that the service has."""
    for name, table in sorted(SQLModel.metadata.tables.items()):
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
