"""Text messages through a gateway that is reached over HTTP; what they say, and how long it is."""

import logging
import unicodedata

import httpx

from app import fetching
from app.messages.channels import Parcel, Receipt, Undelivered, seconds_of
from app.messages.wording import first_link
from app.settings import Settings

fetching.hush()
log = logging.getLogger(__name__)

ONE, TWO = 160, 306
"""Signs that fit into one message, and into two that are joined."""
SECONDS = 15.0
SIGNS = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
DOUBLE = frozenset("^{}\\[~]|€")
"""The alphabet of GSM 03.38; these take two places."""
_LIKE = str.maketrans({
    "–": "-", "—": "-", "‐": "-", "·": "-", "„": '"', "“": '"', "”": '"', "\u201a": "'",
    "\u2018": "'", "’": "'", "…": ".", "\u00a0": " ", "ı": "i", "ł": "l", "Ł": "L", "đ": "d",
    "Đ": "D",
})  # fmt: skip


def spelled(text: str) -> str:
    """The text in the alphabet of text messages: "Ş" is "S", what has no like is "?"."""
    return "".join(_sign(sign) for sign in " ".join(text.translate(_LIKE).split()))


def _sign(sign: str) -> str:
    if sign in SIGNS or sign in DOUBLE:
        return sign
    plain = unicodedata.normalize("NFKD", sign)[0]
    return plain if plain in SIGNS else "?"


def places(text: str) -> int:
    """How many places a text takes."""
    return sum(2 if sign in DOUBLE else 1 for sign in text)


def fitted(short: str) -> str:
    """What is sent: at most two messages long, the link whole, the words before it cut."""
    text = spelled(short)
    link = first_link(text)
    if places(text) <= TWO or not link:
        return _cut(text, TWO)
    words = text.replace(link, "").strip()
    room = TWO - places(link) - 1
    return f"{_cut(words, room)} {link}".strip() if room >= 0 else link


def _cut(text: str, room: int) -> str:
    while places(text) > room:
        text = text[:-1]
    return text.rstrip()


class Gateway:
    """The operator's gateway: number, text and key in the fields that its settings name."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def deliver(self, parcel: Parcel) -> Receipt:
        """Hand one text message over; 429 and 5xx are tried again, as is a refused key."""
        own = self._settings
        fields = {own.sms_to_field: parcel.recipient, own.sms_text_field: fitted(parcel.short)}
        if own.sms_from:
            fields[own.sms_from_field] = own.sms_from
        try:
            with (
                # No proxy, no redirect: the number goes to this gateway and nowhere else.
                httpx.Client(trust_env=False, follow_redirects=False, timeout=SECONDS) as line,
                line.stream(
                    "POST",
                    own.sms_url.get_secret_value(),
                    headers=self._headers(parcel),
                    json=fields if own.sms_format == "json" else None,
                    data=fields if own.sms_format == "form" else None,
                ) as answer,
            ):
                return _judged(answer)
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            raise Undelivered(f"sms: {type(error).__name__}") from None

    def _headers(self, parcel: Parcel) -> dict[str, str]:
        headers = {"Idempotency-Key": str(parcel.message_id)}
        token, name = self._settings.sms_token.get_secret_value(), self._settings.sms_token_header
        if token:
            headers[name] = f"Bearer {token}" if name.lower() == "authorization" else token
        return headers


REFUSED = frozenset({400, 422})
"""It is the number or the text that the gateway does not take; all else may pass."""


def _judged(answer: httpx.Response) -> Receipt:
    if answer.is_success:
        return Receipt()
    after = seconds_of(answer.headers.get("retry-after", ""))
    status = answer.status_code
    raise Undelivered(f"sms: status {status}", lasting=status in REFUSED, after=after)
