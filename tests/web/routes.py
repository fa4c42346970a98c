"""Every address of the app, read from its folders, with an example for each name in them."""

from pathlib import Path

from tests.conftest import ROOT

ROUTES = ROOT / "web" / "src" / "routes"
WHO = {"(open)": None, "(signed)": "dilan", "(volunteer)": "dilan", "(institution)": "selin"}
"""Who looks at the pages of a group."""


def addresses() -> list[tuple[str, str | None]]:
    """Address and who opens it, such as `/appointments/[id]` and `dilan`."""
    return sorted(_address(page.parent) for page in ROUTES.rglob("+page.svelte"))


def _address(folder: Path) -> tuple[str, str | None]:
    parts = folder.relative_to(ROUTES).parts
    named = [part for part in parts if not part.startswith("(")]
    return "/" + "/".join(named), WHO[parts[0]]
