"""What stands at the entrance, for everybody."""

from fastapi import APIRouter, Request

from app.db import SessionDep, UnitOfWork
from app.errors import locale_of
from app.site import service as site
from app.site.schemas import SiteRead

router = APIRouter(route_class=UnitOfWork, tags=["operation"])


@router.get("/site")
def read_site(request: Request, session: SessionDep) -> SiteRead:
    """Who runs the service, how to reach them, imprint, privacy and accessibility.

    In the reader's language. The accounts of the demo pool are told where it is loaded, and nowhere
    else.
    """
    return site.read(session, locale_of(request))
