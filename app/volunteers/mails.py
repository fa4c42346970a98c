"""What a volunteer is written about her own record."""

from app.messages.telling import Text
from app.messages.wording import known, letter
from app.tables import Volunteer

_ACCOUNT = {
    "changed": {
        "de": (
            "Ihre Bankverbindung wurde geändert",
            "Ihre Aufwandsentschädigung geht auf ein anderes Konto{wait}.",
        ),
        "en": (
            "Your bank account was changed",
            "your allowance goes to another account{wait}.",
        ),
    },
    "entered": {
        "de": (
            "Ihre Bankverbindung wurde eingetragen",
            "Ihre Aufwandsentschädigung geht auf das eingetragene Konto{wait}.",
        ),
        "en": (
            "Your bank account was entered",
            "your allowance goes to the account that was entered{wait}.",
        ),
    },
    "removed": {
        "de": (
            "Ihre Bankverbindung wurde gelöscht",
            "Ohne Konto können wir Ihnen keine Aufwandsentschädigung überweisen.",
        ),
        "en": (
            "Your bank account was removed",
            "without an account we cannot transfer your allowance.",
        ),
    },
}
_WAIT = {"de": ", frühestens in drei Tagen", "en": ", in three days at the earliest"}
_WRONG = {
    "de": "Waren Sie das nicht, oder stimmt das nicht? Dann rufen Sie uns bitte gleich an.",
    "en": "Was it not you, or is it wrong? Then please call us at once.",
}


def account_changed(who: Volunteer, *, had: bool) -> Text:
    """Where her money goes now, and when at the earliest; which account is not written down.

    `had` is whether there was another one just before. The first one that she enters herself is
    paid at once.
    """
    locale = known(who.locale)
    what = "removed" if not who.iban else "changed" if had else "entered"
    subject, lead = _ACCOUNT[what][locale]
    lead = lead.format(wait=_WAIT[locale] if who.iban_changed_at is not None else "")
    return letter(locale, who.given_name, subject=subject, lead=lead, after=_WRONG[locale])
