"""Calls of every kind that the contract allows, and of kinds it does not, by one person."""

import math
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from app import access
from tests.app.matrix.people import CALLERS, Whose
from tests.app.matrix.world import World
from tests.app.operations import PREFIX, WORDS, Operation, operations, way_in

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@dataclass
class Fuzzed:
    """How much was called, and what was wrong."""

    calls: int = 0
    statuses: dict[int, int] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)


@dataclass
class Fuzzer:
    """Somebody who tries everything on an application."""

    app: FastAPI
    world: World
    name: str
    found: Fuzzed = field(default_factory=Fuzzed)

    def operations(self) -> list[tuple[Operation, "schemathesis.schemas.APIOperation"]]:
        """What she may call, as the contract describes it."""
        document = schemathesis.openapi.from_asgi(f"{PREFIX}/openapi.json", self.app)
        known = {f"{one.method} {PREFIX}{one.path}": one for one in operations()}
        found = []
        for result in document.get_all_operations():
            described = result.ok()
            method, path = described.method.upper(), described.path
            name = f"{method} {path}"
            mine = name in known and CALLERS[self.name].may_call(known[name])
            if mine or (self.name == "nobody" and access.is_public(method, path)):
                found.append((known.get(name), described))
        return found

    def try_all(self, examples: int, number: int = 0, until: float = math.inf) -> Fuzzed:
        """Call every operation with so many examples of each kind, or until a moment."""
        for operation, described in self.operations():
            if time.monotonic() > until:
                break
            for strategy in self._strategies(operation, described):
                self._try(operation, described, strategy, examples, number)
        return self.found

    def _strategies(
        self, operation: Operation | None, described: "schemathesis.schemas.APIOperation"
    ) -> Iterator["st.SearchStrategy[Case]"]:
        """Right calls about what is there, right calls about anything, and wrong ones."""
        ids = self.world.of(CALLERS[self.name], Whose.OWN).ids
        if operation and operation.path_names:
            at = {name: ids[name] for name in operation.path_names}
            at |= {name: word for name, word in WORDS.items() if f"{{{name}}}" in operation.path}
            yield described.as_strategy(path_parameters=at)
        else:
            yield described.as_strategy()
        yield described.as_strategy(GenerationMode.NEGATIVE)

    def _try(self, operation, described, strategy, examples: int, number: int) -> None:  # type: ignore[no-untyped-def]
        headers = {"If-Match": "*"}
        if operation:
            headers |= way_in(operation, self.world.cast.key(self.name))

        @seed(number)
        @settings(
            max_examples=examples,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=strategy)
        def carry_out(case: Case) -> None:
            self._call(case, headers)

        # There is no wrong call where nothing is taken.
        with suppress(Unsatisfiable):
            carry_out()

    def _call(self, case: Case, headers: dict[str, str]) -> None:
        self.found.calls += 1
        try:
            answer = case.call(headers=headers)
        except Exception as error:  # what the service breaks with is what is looked for
            self.found.wrong.setdefault(f"{case.method} {case.path} 500", repr(error))
            return
        status = answer.status_code
        self.found.statuses[status] = self.found.statuses.get(status, 0) + 1
        try:
            case.validate_response(answer, checks=CHECKS)
        except (Failure, FailureGroup) as error:
            why = f"{status}: {error!s}"[:1500]
            self.found.wrong.setdefault(f"{case.method} {case.path} {status}", why)
