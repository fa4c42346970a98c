"""What the lead is written about a deadline of the Land."""

from app.grants import sentences
from app.grants.deadlines import Due
from app.messages.telling import Text
from app.messages.wording import known, letter


def deadline_near(locale: str, due: Due) -> Text:
    """A deadline comes near."""
    tongue = known(locale)
    subject, after = {
        "de": (
            "Bitte nicht vergessen: Frist {day}",
            "Ist das schon erledigt? Dann tragen Sie es bitte bei der Förderung ein.",
        ),
        "en": (
            "Please remember: deadline {day}",
            "Is that done already? Then please enter it at the grant.",
        ),
    }[tongue]
    return letter(
        locale,
        "",
        subject=subject.format(day=f"{due.day:%d.%m.%Y}"),
        lead=sentences.deadline(due, tongue),
        after=after,
    )
