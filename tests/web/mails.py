"""The mails that the service has sent: they lie in its folder."""

import re
import time
from email import message_from_bytes
from email.policy import default

from tests.web.service import PATIENCE, Service

LOOK_EVERY = 0.2


def found(service: Service, to: str, pattern: str) -> str:
    """What stands in the newest mail to somebody that has it, as soon as one has."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        for text in _texts(service, to):
            if match := re.search(pattern, text):
                return match[1]
        time.sleep(LOOK_EVERY)
    raise TimeoutError(f"no mail to {to} says {pattern}")


def _texts(service: Service, to: str) -> list[str]:
    """Mails to somebody as text, the newest first."""
    files = list((service.var / "outbox").glob("*.eml"))
    newest = sorted(files, key=lambda file: file.stat().st_mtime_ns, reverse=True)
    mails = [message_from_bytes(file.read_bytes(), policy=default) for file in newest]
    bodies = [mail.get_body(("plain",)) for mail in mails if to in str(mail["to"])]
    return [body.get_content() for body in bodies if body is not None]
