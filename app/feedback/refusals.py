"""Why nothing more is taken for now."""

from typing import ClassVar

from app.errors import ApiError


class TooMuchFeedback(ApiError):
    """Very much was said of the app from one place, or by everybody together."""

    status, slug, title = 429, "too-much-feedback", "Too much feedback"
    de = (
        "Gerade sind sehr viele Rückmeldungen eingegangen. Bitte versuchen Sie es in einer Stunde"
        " noch einmal, oder wenden Sie sich direkt an den Betreiber."
    )
    en = (
        "Very much feedback has come in just now. Please try again in an hour, or turn to the"
        " operator directly."
    )
    headers: ClassVar[dict[str, str]] = {"Retry-After": "3600"}
