"""What its reader should know about a plan, in German and English."""

from collections.abc import Iterable

from app.seam.ways import FAILED

SERVICE_FAILED = FAILED
HOLIDAYS_UNKNOWN = "school_holidays:unknown"

SENTENCES = {
    SERVICE_FAILED: (
        "Der Dienst für Wegzeiten hat nicht geantwortet. Einige Wege sind deshalb nur geschätzt."
        " Bitte prüfen Sie lange Wege, oder planen Sie später noch einmal.",
        "The service for travel times did not answer, so some ways are only estimated."
        " Please check long ways, or plan again later.",
    ),
    HOLIDAYS_UNKNOWN: (
        "Für diese Tage sind die Schulferien noch nicht bekannt. Zeiten, die nur in den Ferien oder"
        " nur in der Schulzeit gelten, sind deshalb nur nach Rückfrage möglich.",
        "School holidays are not known yet for these days. Times that hold only in the holidays or"
        " only in term time are therefore possible only on request.",
    ),
}
"""German first. What is not here is no code of today and is left out."""


def sentences(codes: Iterable[str], locale: str = "de") -> list[str]:
    """Notes as people read them."""
    return [SENTENCES[code][locale == "en"] for code in codes if code in SENTENCES]
