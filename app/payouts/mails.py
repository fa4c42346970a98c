"""What the treasurer is written: sums and a link, no name."""

from allowance import euro
from app.messages.telling import Text
from app.messages.wording import letter
from app.tables import ClaimApproval, Sponsor


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
