"""What is mailed to an account: codes, links, and that something about its sign-in has changed."""

import logging
from datetime import datetime
from uuid import UUID

from app.messages import mail, wording
from app.messages.channels import Parcel, Undelivered
from app.messages.telling import Text
from app.settings import get_settings
from app.tables import Account, CodePurpose

log = logging.getLogger(__name__)

KIND = "sign_in"
"""Stands where other mails name their event."""
WORDS = {
    "de": {
        "sign_in": "Ihr Code zum Anmelden",
        "factor": "Ihr Code zum Bestätigen",
        "invite": "Ihr Zugang zu Lotsenwerk",
        "sign_in_lead": "mit diesem Code oder dem Link melden Sie sich an. Beides gilt 15 Minuten"
        " und nur einmal.",
        "factor_lead": "mit diesem Code bestätigen Sie, dass Sie es sind. Er gilt 15 Minuten und"
        " nur einmal.",
        "invite_lead": "für Sie wurde ein Zugang zu Lotsenwerk eingerichtet. Der Link gilt drei"
        " Tage und nur einmal. Danach können Sie ein Passwort wählen.",
        "action": "Jetzt anmelden",
        "after": "Geben Sie den Code niemandem weiter, auch nicht am Telefon. Wenn Sie ihn nicht"
        " angefordert haben, müssen Sie nichts tun.",
        "invite_after": "Wenn Sie das nicht erwartet haben, müssen Sie nichts tun.",
        "code": "Code",
        "changed_after": "Waren Sie das nicht? Dann melden Sie sich bitte gleich bei der"
        " Koordination oder beim technischen Betrieb.",
    },
    "en": {
        "sign_in": "Your code to sign in",
        "factor": "Your code to confirm",
        "invite": "Your access to Lotsenwerk",
        "sign_in_lead": "this code or the link signs you in. Both hold for 15 minutes, and once.",
        "factor_lead": "this code confirms that it is you. It holds for 15 minutes, and once.",
        "invite_lead": "you were given access to Lotsenwerk. The link holds for three days, and"
        " once. Then you can choose a password.",
        "action": "Sign in now",
        "after": "Give this code to nobody, not on the telephone either. If you have not asked for"
        " it, there is nothing to do.",
        "invite_after": "If you did not expect this, there is nothing to do.",
        "code": "Code",
        "changed_after": "Was it not you? Then please tell the coordination office or the"
        " technical operators at once.",
    },
}
CHANGES = {
    "password": {
        "de": ("Ihr Passwort wurde geändert", "das Passwort Ihres Zugangs wurde gerade geändert."),
        "en": ("Your password was changed", "the password of your account was changed just now."),
    },
    "app": {
        "de": (
            "Eine App wurde eingerichtet",
            "für Ihren Zugang wurde gerade eine App eingerichtet, die Codes zeigt.",
        ),
        "en": (
            "An app was set up",
            "an app that shows codes was set up for your account just now.",
        ),
    },
    "no_app": {
        "de": (
            "Die App wurde entfernt",
            "die App, die Codes zeigt, wurde gerade von Ihrem Zugang entfernt.",
        ),
        "en": (
            "The app was removed",
            "the app that shows codes was removed from your account just now.",
        ),
    },
}


def code(account: Account, purpose: CodePurpose, digits: str, url: str) -> Text:
    """The mail that carries a code, a link, or both; its subject holds neither."""
    words = WORDS[wording.known(account.locale)]
    is_invitation = purpose == CodePurpose.INVITE
    return wording.letter(
        account.locale,
        account.name,
        subject=words[purpose],
        lead=words[f"{purpose}_lead"],
        facts=[] if is_invitation else [(words["code"], f"{digits[:3]} {digits[3:]}")],
        action=None if purpose == CodePurpose.FACTOR else (words["action"], url),
        after=words["invite_after" if is_invitation else "after"],
    )


def changed(account: Account, what: str) -> Text:
    """The mail that says what was changed; it holds nothing else."""
    subject, lead = CHANGES[what][wording.known(account.locale)]
    after = WORDS[wording.known(account.locale)]["changed_after"]
    return wording.letter(account.locale, account.name, subject=subject, lead=lead, after=after)


def send(mail_id: UUID, account: Account, text: Text, made_at: datetime) -> None:
    """Hand a mail over; what never leaves is only noted, what may leave later raises."""
    try:
        mail.way(get_settings()).deliver(_parcel(mail_id, account, text, made_at))
    except Undelivered as error:
        if not error.lasting:
            raise
        log.warning("a mail for account %s did not leave: %s", account.id, error.failure)


def _parcel(mail_id: UUID, account: Account, text: Text, made_at: datetime) -> Parcel:
    """The mail as it is handed over; it comes from no sponsor."""
    return Parcel(
        message_id=mail_id,
        event=KIND,
        locale=account.locale,
        sponsor="",
        recipient=account.email,
        subject=text.subject,
        body=text.body,
        short="",
        calendar="",
        made_at=made_at,
    )
