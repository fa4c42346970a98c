"""How this program is called, so that a hint can be typed as it is printed."""

import shlex
import shutil
import sys
from pathlib import Path

NAME = "lotsenwerk"


def typed(words: str) -> str:
    """The command `words`, called as the person called the program that prints it.

    Its bare name is enough where the shell would find this very file by it, and stands also for
    whatever else runs here, such as a test.
    """
    called = Path(sys.argv[0])
    if called.name != NAME or not called.is_file():
        return f"{NAME} {words}"
    found = shutil.which(NAME)
    is_found = found is not None and called.samefile(found)
    return f"{NAME if is_found else shlex.quote(sys.argv[0])} {words}"
