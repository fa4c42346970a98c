"""Why somebody is not let in, or has to show more first."""

from typing import ClassVar

from app.errors import ApiError, Conflict, Invalid


class WrongPassword(ApiError):
    """Address or password is wrong; which of them is not told."""

    status, slug, title = 401, "wrong-password", "Sign-in failed"
    de = "E-Mail-Adresse oder Passwort stimmt nicht."
    en = "The address or the password is wrong."


class WrongCode(ApiError):
    """The code or link is wrong, too old, used, or was replaced by a newer one."""

    status, slug, title = 401, "wrong-code", "The code does not hold"
    de = "Der Code stimmt nicht oder gilt nicht mehr. Bitte fordern Sie einen neuen an."
    en = "The code is wrong or no longer valid. Please ask for a new one."


class WrongLink(WrongCode):
    """The mailed link is cut off, too old, used, or was replaced by a newer one."""

    de = (
        "Dieser Link gilt nicht mehr. Bitte melden Sie sich neu an: mit Ihrem Passwort oder mit"
        " einem neuen Code."
    )
    en = "This link is no longer valid. Please sign in again: with your password or a new code."


class PasswordRefused(ApiError):
    """Somebody who is signed in typed a password that is not hers."""

    status, slug, title = 422, "password-refused", "This is not your password"
    de = "Das Passwort stimmt nicht. Bitte versuchen Sie es noch einmal."
    en = "The password is wrong. Please try again."


class CodeRefused(ApiError):
    """Somebody who is signed in typed a code that is wrong, used or too old."""

    status, slug, title = 422, "code-refused", "This code does not hold"
    de = "Der Code stimmt nicht oder gilt nicht mehr. Bitte nehmen Sie den neuesten."
    en = "The code is wrong or no longer valid. Please use the newest one."


class TooManyTries(ApiError):
    """Too many wrong passwords or codes for one account, or from one place."""

    status, slug, title = 429, "too-many-tries", "Too many tries"
    de = (
        "Zu viele Versuche. Bitte warten Sie eine Viertelstunde, oder melden Sie sich mit einem"
        " Link per E-Mail an."
    )
    en = "Too many tries. Please wait a quarter of an hour, or sign in with a link by mail."
    headers: ClassVar[dict[str, str]] = {"Retry-After": "900"}


class TooManyMails(ApiError):
    """Too many codes were asked for by mail."""

    status, slug, title = 429, "too-many-mails", "Too many codes by mail"
    de = (
        "An diese Adresse gingen gerade mehrere E-Mails. Bitte nehmen Sie die neueste, oder warten"
        " Sie eine Viertelstunde."
    )
    en = (
        "Several mails went to this address just now. Please use the newest, or wait a quarter of"
        " an hour."
    )
    headers: ClassVar[dict[str, str]] = {"Retry-After": "900"}


class TooManyMailsFromHere(TooManyMails):
    """Too many codes were asked for from one place, to whichever addresses."""

    de = (
        "Von Ihrem Anschluss wurden gerade sehr viele E-Mails angefordert. Bitte warten Sie eine"
        " Stunde, oder melden Sie sich mit Ihrem Passwort an."
    )
    en = (
        "Very many mails were asked for from your connection just now. Please wait an hour, or sign"
        " in with your password."
    )
    headers: ClassVar[dict[str, str]] = {"Retry-After": "3600"}


class WeakPassword(Invalid):
    """The new password is too short, too common or close to the person herself."""

    slug, title = "weak-password", "Please choose another password"


class OldPasswordNeeded(ApiError):
    """Access to the mailbox alone must not be enough to take over this account."""

    status, slug, title = 403, "old-password-needed", "The present password is needed"
    de = (
        "Bitte geben Sie Ihr bisheriges Passwort ein. Wenn Sie es nicht mehr wissen, hilft Ihnen"
        " der technische Betrieb."
    )
    en = (
        "Please enter your present password. If you do not know it any more, the technical"
        " operators can help."
    )


class AppInPlace(Conflict):
    """An authenticator app is set up already."""

    slug, title = "app-in-place", "There is an authenticator app already"
    de = "Es ist schon eine App eingerichtet. Bitte entfernen Sie sie zuerst."
    en = "An app is set up already. Please remove it first."


class NoApp(Conflict):
    """There is no authenticator app to confirm or to remove."""

    slug, title = "no-app", "There is no authenticator app"
    de = "Es ist keine App eingerichtet. Bitte beginnen Sie mit dem Einrichten."
    en = "No app is set up. Please begin with setting one up."


class AppNeeded(Conflict):
    """A mailed code is no second factor here: an authenticator app is."""

    slug, title = "app-needed", "An authenticator app is needed"
    de = "Ein Code per E-Mail reicht hier nicht. Bitte nehmen Sie den Code aus Ihrer App."
    en = "A code by mail is not enough here. Please use the code of your app."
