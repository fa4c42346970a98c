"""A mail as HTML, made from its plain body: one column, the one thing to do as a button."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from app.messages import wording
from app.messages.channels import Parcel

OPEN = {"de": "Öffnen", "en": "Open"}
FOOT = {
    "de": "Diese Nachricht kommt von {sponsor} über Lotsenwerk. Antworten auf diese Adresse liest"
    " niemand. Bei Fragen melden Sie sich bitte bei der Koordination.",
    "en": "This message comes from {sponsor} through Lotsenwerk. Nobody reads answers to this"
    " address. Please turn to the coordination office with any question.",
}
FOOT_ALONE = {
    "de": "Diese Nachricht kommt von Lotsenwerk. Antworten auf diese Adresse liest niemand.",
    "en": "This message comes from Lotsenwerk. Nobody reads answers to this address.",
}
"""Of a mail that no sponsor sends: about somebody's own sign-in."""

_environment = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def _lines(text: str) -> Markup:
    return Markup("<br>").join(escape(line) for line in text.splitlines())


_environment.filters["lines"] = _lines


def page(parcel: Parcel) -> str:
    """The HTML part; nothing in it is loaded from anywhere."""
    locale = wording.known(parcel.locale)
    return _environment.get_template("letter.html").render(
        locale=locale,
        title=wording.one_line(parcel.subject),
        blocks=list(wording.blocks(parcel.body)),
        open=OPEN[locale],
        foot=(FOOT if parcel.sponsor else FOOT_ALONE)[locale].format(sponsor=parcel.sponsor),
    )
