"""create_app(): the only place that wires things together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import APIRouter, FastAPI
from sqlalchemy import Engine

from app import db, errors, health, idempotency, jobs, limits, logs
from app.accounts.routes import router as accounts_router
from app.auditing import anchors, linking  # noqa: F401 - register their periodic work
from app.auditing.routes import router as auditing_router
from app.bookings.routes import router as bookings_router
from app.calendars import publishing
from app.calendars.routes import router as calendars_router
from app.courses.routes import router as courses_router
from app.feedback.routes import router as feedback_router
from app.gate import Gate, HeadAsGet
from app.grants.routes import router as grants_router
from app.headers import SecurityHeaders
from app.hours.routes import router as hours_router
from app.imports.routes import router as imports_router
from app.institutions.routes import router as institutions_router
from app.lendings import following  # noqa: F401 - registers its job and periodic work
from app.lendings.routes import router as lendings_router
from app.messages import sending  # noqa: F401 - registers its job
from app.messages.routes import router as messages_router
from app.offers import confirming  # noqa: F401 - registers its job
from app.offers.routes import router as offers_router
from app.pages import (
    account,
    approvals,
    bookings,
    home,
    lost,
    offers,
    records,
    sign_in,
    standbys,
)
from app.pages.render import STATIC
from app.pages.timetables import router as timetables_router
from app.parents_days.routes import router as parents_days_router
from app.payouts import reporting  # noqa: F401 - registers its job
from app.payouts.payrun_routes import router as payruns_router
from app.payouts.routes import router as payouts_router
from app.planning.routes import router as planning_router
from app.privacy import outbox, retaining  # noqa: F401 - register their job and periodic work
from app.privacy.routes import router as privacy_router
from app.programme.routes import router as programme_router
from app.rates import Rates
from app.reports.routes import router as reports_router
from app.requests.routes import router as requests_router
from app.searches import making_room, watching  # noqa: F401 - register their jobs
from app.searches.routes import router as searches_router
from app.series.routes import router as series_router
from app.settings import get_settings
from app.site.routes import router as site_router
from app.sponsors.routes import router as sponsors_router
from app.taxes.routes import router as taxes_router
from app.upkeep import clearing  # noqa: F401 - registers its periodic work
from app.upkeep.routes import router as upkeep_router
from app.volunteers.routes import router as volunteers_router
from app.web import Web
from app.webhooks import events
from app.webhooks.routes import router as webhooks_router

VERSION = "0.1.0"
FEATURES: tuple[APIRouter, ...] = (
    accounts_router,
    sponsors_router,
    institutions_router,
    volunteers_router,
    requests_router,
    offers_router,
    bookings_router,
    lendings_router,
    messages_router,
    series_router,
    parents_days_router,
    timetables_router,
    planning_router,
    searches_router,
    hours_router,
    courses_router,
    grants_router,
    taxes_router,
    payouts_router,
    payruns_router,
    reports_router,
    programme_router,
    imports_router,
    calendars_router,
    upkeep_router,
    site_router,
    feedback_router,
    webhooks_router,
    auditing_router,
    privacy_router,
)


def _schema(app: FastAPI) -> dict[str, Any]:
    """The contract, with the problem type that every error answer has."""
    schema = FastAPI.openapi(app)
    parts = schema.setdefault("components", {}).setdefault("schemas", {})
    if "Problem" not in parts:
        model = errors.Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        parts.update(model.pop("$defs", {}))
        parts["Problem"] = model
        schema["webhooks"], told = events.contract()
        parts.update(told)
        for unused in ("HTTPValidationError", "ValidationError"):
            parts.pop(unused, None)
        parts_in_order = dict(sorted(parts.items()))
        schema["components"]["schemas"] = parts_in_order
        schema["x-problem-types"] = errors.problem_types()
        idempotency.document(schema, "/api/v1")
    return schema


def create_app(engine: Engine | None = None, *, work_jobs: bool = False) -> FastAPI:
    """The service on `engine` (default: the one of the settings).

    With `work_jobs` one thread of this process works the queue.
    """
    settings = get_settings()
    logs.install()
    engine = engine or db.make_engine(settings.url, db.serving(settings))

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        worker = jobs.Worker(engine) if work_jobs else None
        if worker:
            worker.start()
        yield
        if worker:
            worker.stop()
        engine.dispose()

    app = FastAPI(
        title="Lotsenwerk",
        version=VERSION,
        summary="Volunteer interpreters and guides: requests, plans, offers, hours, allowance",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        # A way back to itself would be built from a header of the caller, and over http.
        redirect_slashes=False,
        lifespan=lifespan,
    )
    db.serve_on(app, engine)
    errors.install(app)
    for router in FEATURES:
        app.include_router(
            router,
            prefix="/api/v1",
            responses=errors.PROBLEM_RESPONSES,
            max_body_size=limits.BODY_BYTES,
        )
    app.include_router(health.router)
    lost.install(app)
    for page in (
        home,
        sign_in,
        account,
        offers,
        bookings,
        standbys,
        records,
        approvals,
        publishing,
    ):
        app.include_router(page.router, max_body_size=limits.FORM_BYTES)
    app.mount("/static", STATIC, name="static")
    app.mount("/app", Web(), name="app")
    app.state.rates = Rates(settings)
    # The last one added stands outermost.
    app.add_middleware(Gate, rates=app.state.rates, answer=lost.refusal)
    app.add_middleware(HeadAsGet)
    app.add_middleware(SecurityHeaders, base_url=settings.base_url)
    app.openapi = lambda: _schema(app)  # type: ignore[method-assign]
    return app
