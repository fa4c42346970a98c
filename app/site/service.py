"""What is told to everybody who comes to the service, in the reader's language."""

from sqlmodel import Session

from app import demo
from app.settings import get_settings
from app.site import written
from app.site.schemas import DemoAccountRead, SiteRead, SiteTexts


def read(session: Session, locale: str) -> SiteRead:
    """Who runs the service, their texts, and the demo pool's accounts where it is loaded."""
    settings, accounts = get_settings(), demo.loaded(session)
    return SiteRead(
        operator=settings.operator,
        texts=SiteTexts(**{name: written.text_of(name, locale) for name in written.NAMES}),
        contact_email=settings.contact_email,
        contact_phone=settings.contact_phone,
        demo=bool(accounts),
        demo_accounts=[
            DemoAccountRead(email=one.email, name=name, what=one.told(locale))
            for one, name in accounts
        ],
        demo_password=demo.PASSWORD if accounts else "",
    )
