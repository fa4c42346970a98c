"""What the treasurer is written, sums and a link without a name, and who was paid."""

from allowance import euro
from app.messages.telling import Text
from app.messages.wording import known, letter
from app.tables import ClaimApproval, Sponsor, Volunteer


def please_approve(sponsor: Sponsor, approval: ClaimApproval, url: str) -> Text:
    """The question to the treasurer, in plain German."""
    return letter(
        "de",
        approval.treasurer_name,
        subject=f"Bitte freigeben: Abrechnungen {sponsor.name}",
        lead="es gibt geprüfte Abrechnungen. Bitte sehen Sie sie an und geben Sie sie frei.",
        facts=[
            ("Träger", sponsor.name),
            ("Anzahl", str(len(approval.claims))),
            ("Summe", euro(approval.amount_cents)),
        ],
        action=("Abrechnungen ansehen", url),
        after="Sie brauchen keinen Zugang. Der Link gilt 14 Tage und nur für Sie:\n"
        "Bitte leiten Sie diese Mail nicht weiter.",
    )


def statement_ready(who: Volunteer, url: str) -> Text:
    """Her statement can be read; no amount is written down."""
    subject, lead, button, after = {
        "de": (
            "Ihre Abrechnung liegt bereit",
            "wir haben Ihre Aufwandsentschädigung überwiesen. Ihre Abrechnung liegt bereit.",
            "Abrechnung öffnen",
            "Bitte melden Sie sich dafür an. Stimmt etwas nicht? Dann rufen Sie uns bitte an.",
        ),
        "en": (
            "Your statement is ready",
            "we have transferred your allowance. Your statement is ready.",
            "Open the statement",
            "Please sign in for it. Is something not right? Then please call us.",
        ),
    }[known(who.locale)]
    return letter(
        who.locale, who.given_name, subject=subject, lead=lead, action=(button, url), after=after
    )
