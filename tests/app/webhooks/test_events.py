"""The catalogue: every entry of the audit is decided on, and no payload says too much."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from app import db
from app.main import create_app
from app.tables import AuditEvent
from app.webhooks import events
from app.webhooks.internal import INTERNAL

APP = Path(events.__file__).resolve().parents[1]
CANARY = "Kanarienvogel Ünal"
KEYS = sorted(
    {"note", "reason", "topic", "name", "effect", "code"}
    | {
        str(field.validation_alias or name)
        for one in events.BY_NAME.values()
        for name, field in one.data.model_fields.items()
    }
)


def shapes() -> dict[str, Any]:
    """What the contract says about the body of each event."""
    hooks, models = events.contract()
    bodies = {name: item["post"]["requestBody"]["content"] for name, item in hooks.items()}
    return {
        name: Draft202012Validator(
            {**content["application/json"]["schema"], "components": {"schemas": models}}
        )
        for name, content in bodies.items()
    }


SHAPES = shapes()


def actions() -> Iterator[tuple[str, str]]:
    """Where the code writes into the audit, and what: with `*` for what is filled in."""
    for file in sorted(APP.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                said = _action(node)
                if said is not None:
                    yield file.relative_to(APP).as_posix(), said


def _action(call: ast.Call) -> str | None:
    name = ast.unparse(call.func)
    given = None
    if name in ("audit.record", "audit.record_on", "audit.record_each", "audit.record_account"):
        given = call.args[2]
    elif name == "AuditEvent":
        given = next(k.value for k in call.keywords if k.arg == "action")
    if isinstance(given, ast.Constant):
        return str(given.value)
    if isinstance(given, ast.JoinedStr):
        return "".join(str(p.value) if isinstance(p, ast.Constant) else "*" for p in given.values)
    return "*" if given is not None else None


def test_every_entry_of_the_audit_is_public_or_internal() -> None:
    known = events.ACTIONS | INTERNAL
    seen = list(actions())
    assert len(seen) > 30
    for file, action in seen:
        if action == "*":
            continue
        fits = [one for one in known if re.fullmatch(re.escape(action).replace(r"\*", ".+"), one)]
        assert fits, (
            f"{file} records {action!r}: say in app/webhooks/events.py under which name receivers"
            " hear of it, or that it is internal."
        )


def test_nothing_in_the_catalogue_is_never_recorded() -> None:
    """Each word stands somewhere in the code, or is put together there."""
    assert not events.ACTIONS & INTERNAL
    written = {action for _, action in actions()}
    told = "\n".join(
        file.read_text(encoding="utf-8")
        for file in APP.rglob("*.py")
        if file.parts[-2:] != ("webhooks", "events.py")
    )
    patterns = [re.escape(one).replace(r"\*", ".+") for one in written if one != "*"]
    for action in events.ACTIONS | INTERNAL:
        fits = any(re.fullmatch(pattern, action) for pattern in patterns)
        assert fits or f'"{action}"' in told, action


def test_names_are_stable_words() -> None:
    for name in events.BY_NAME:
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*", name)
        assert len(name) <= 60
    assert len(" ".join(events.NAMES)) <= 2000, "all of them fit into the column"
    assert events.TEST.name not in events.NAMES


def entry(action: str = "offer.make", **details: Any) -> AuditEvent:
    """An entry of the audit."""
    return AuditEvent(
        sponsor_id=uuid4(), action=action, subject_type="offer", subject_id=uuid4(), details=details
    )


@pytest.mark.parametrize("name", sorted(events.BY_NAME))
@pytest.mark.parametrize("value", [CANARY, [CANARY], {"a": CANARY}, "O’Brien", "x" * 5000])
def test_no_text_gets_into_a_payload(name: str, value: Any) -> None:
    sent = events.payload(name, entry(**dict.fromkeys(KEYS, value)), replay=False).decode()
    assert json.loads(sent)["data"] == {}
    assert "Kanarien" not in sent


@pytest.mark.parametrize("name", sorted(events.BY_NAME))
def test_codes_and_numbers_get_through(name: str) -> None:
    kind = events.BY_NAME[name].data
    right: dict[str, Any] = {
        "assignment_id": str(uuid4()), "state": "open", "fields": ["room", "times"], "scope": "all",
        "paid_on": "2027-01-04", "via": "app", "cause": "ill", "side": "office",
        "reasons": ["no_time"],
    }  # fmt: skip
    details = {
        str(field.validation_alias or member): right.get(member, 7)
        for member, field in kind.model_fields.items()
    }
    sent = json.loads(events.payload(name, entry(**details), replay=True))
    assert set(sent["data"]) == set(kind.model_fields)
    assert sent["replay"] is True


@settings(deadline=None)
@given(
    st.sampled_from(sorted(events.BY_NAME)),
    st.dictionaries(
        st.sampled_from(KEYS),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
            max_leaves=5,
        ),
    ),
)
def test_whatever_an_entry_holds_there_is_a_payload_that_keeps_the_contract(
    name: str, details: dict[str, Any]
) -> None:
    sent = json.loads(events.payload(name, entry(**details), replay=False))
    assert list(SHAPES[name].iter_errors(sent)) == []


def test_the_contract_describes_every_event() -> None:
    document = create_app(db.make_engine("sqlite://")).openapi()
    assert set(document["webhooks"]) == {*events.NAMES, "webhook.test"}
    for name, item in document["webhooks"].items():
        operation = item["post"]
        assert operation["summary"] == name
        assert operation["description"].endswith(".")
        reference = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
        model = document["components"]["schemas"][reference.rpartition("/")[2]]
        assert model["properties"]["type"]["const"] == name
        headers = {one["name"] for one in operation["parameters"]}
        assert headers == {"webhook-id", "webhook-timestamp", "webhook-signature"}
    create = document["components"]["schemas"]["WebhookCreate"]["properties"]["events"]
    assert set(create["items"]["enum"]) == set(events.NAMES)
