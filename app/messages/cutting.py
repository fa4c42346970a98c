"""Links work without an account: once sent they are no longer kept, and made anew when needed."""

import re

from sqlmodel import Session

from app import links
from app.tables import Message

_LINK = re.compile(r"https?://\S*?/([a-z])/lw_[\w-]+")
_CUT = re.compile(r"https?://\S*?/([a-z])/…")


def cut(text: str) -> str:
    """A text without the secret part of its links."""
    return _LINK.sub(lambda found: found[0][: found[0].rindex("/lw_")] + "/…", text)


def forget(message: Message) -> None:
    """Cut the links of a message that has left or will not leave."""
    message.body, message.short = cut(message.body), cut(message.short)


def renewed(session: Session, message: Message) -> tuple[str, str]:
    """Body and short text with fresh links in the places of those that were cut."""
    purposes = {path: purpose for purpose, path in links.PATHS.items()}
    made: dict[str, str] = {}

    def fresh(found: re.Match[str]) -> str:
        purpose, subject_id = purposes.get(found[1]), message.subject_id
        if purpose is None or subject_id is None:
            return found[0]
        if found[1] not in made:
            made[found[1]] = links.again(session, purpose, subject_id) or found[0]
        return made[found[1]]

    return _CUT.sub(fresh, message.body), _CUT.sub(fresh, message.short)
