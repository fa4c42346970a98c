"""The service with the routes that are tested here."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from httpx import ASGITransport, AsyncClient
from sqlalchemy import Engine

from app import main
from app.hours.routes import router as hours_router
from app.pages import render
from app.pages.records import router as pages_router
from app.payouts.routes import router as payouts_router
from app.reports.routes import router as reports_router


@asynccontextmanager
async def service(engine: Engine) -> AsyncIterator[AsyncClient]:
    """A client of the API."""
    app = main.create_app(engine)
    paths = {getattr(route, "path", "") for route in app.routes}
    for router in (hours_router, payouts_router, reports_router):
        if router not in main.FEATURES:
            app.include_router(router, prefix="/api/v1")
    if "/c/{token}" not in paths:
        app.include_router(pages_router)
        app.mount("/static", render.STATIC)
    async with AsyncClient(
        transport=ASGITransport(app=app), base_url="http://test/api/v1"
    ) as made:
        yield made
