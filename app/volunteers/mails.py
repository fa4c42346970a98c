"""What a volunteer is written about her own record."""

from app.messages.telling import Text
from app.messages.wording import known, letter
from app.tables import Volunteer


def account_changed(who: Volunteer) -> Text:
    """Her money soon goes to another account; which one is not written down."""
    subject, lead, after = {
        "de": (
            "Ihre Bankverbindung wurde geändert",
            "Ihre Aufwandsentschädigung geht auf ein anderes Konto, frühestens in drei Tagen.",
            "Waren Sie das nicht, oder stimmt das nicht? Dann rufen Sie uns bitte gleich an.",
        ),
        "en": (
            "Your bank account was changed",
            "your allowance goes to another account, in three days at the earliest.",
            "Was it not you, or is it wrong? Then please call us at once.",
        ),
    }[known(who.locale)]
    return letter(who.locale, who.given_name, subject=subject, lead=lead, after=after)
