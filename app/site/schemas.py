"""What travels about the service itself."""

from pydantic import BaseModel


class SiteTexts(BaseModel):
    """Plain text: blank lines part paragraphs, `# ` begins a heading, `- ` an entry of a list."""

    imprint: str
    privacy: str
    accessibility: str


class DemoAccountRead(BaseModel):
    """Somebody to try the service as."""

    email: str
    name: str
    what: str


class SiteRead(BaseModel):
    """Who runs the service and how to reach them; the demo pool's accounts, where it is loaded."""

    operator: str
    texts: SiteTexts
    contact_email: str
    contact_phone: str
    demo: bool
    demo_accounts: list[DemoAccountRead]
    demo_password: str
