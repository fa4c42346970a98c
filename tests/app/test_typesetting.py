"""Whatever somebody is called, a document of the promised kind is made."""

import io
from pathlib import Path

import pytest
import typst
from pypdf import PdfReader

from app import latin, typesetting

SOURCE = """#let data = json(bytes(sys.inputs.data))
#set document(title: "T")
#set text(lang: "de")
#title()
#data.name
#data.note
"""


@pytest.fixture
def template(tmp_path: Path) -> Path:
    """The smallest one."""
    path = tmp_path / "one.typ"
    path.write_text(SOURCE, encoding="utf-8")
    return path


def said(made: bytes) -> str:
    return PdfReader(io.BytesIO(made)).pages[0].extract_text()


@pytest.mark.parametrize(
    "name",
    [
        "\N{LOVE LETTER}",
        "\U0001f520",
        "\ue000",
        "\x00a\x07",
        "\ufffe",
        "\ufeff",
        "a\u2de0",
        "Z\u0360\ue001",
    ],
)
def test_every_text_can_be_set(template: Path, name: str) -> None:
    made = typesetting.pdf(template, {"name": f"Ada {name}", "note": ""}, "Ersetzt.")
    assert b"<pdfuaid:part>1</pdfuaid:part>" in made
    assert "Ada" in said(made)


def test_more_writings_than_there_are_tries_are_set_at_once(
    template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(typesetting, "TRIES", 1)
    made = typesetting.pdf(template, {"name": "ሰላም 김 Ada „Zoë“", "note": ""}, "Ersetzt.")
    assert "[salaame] [gim] Ada „Zoë“" in said(made)
    assert "Ersetzt." in said(made)


def test_who_needs_no_other_letters_gets_no_note(template: Path) -> None:
    made = typesetting.pdf(template, {"name": "Zoë Щербина", "note": ""}, "Ersetzt.")
    assert "Zoë Щербина" in said(made)
    assert "Ersetzt." not in said(made)


def test_a_broken_template_is_no_missing_letter(tmp_path: Path) -> None:
    path = tmp_path / "broken.typ"
    path.write_text("#nothing", encoding="utf-8")
    with pytest.raises(typst.TypstError, match="unknown variable"):
        typesetting.pdf(path, {"note": ""}, "")


def test_signs_whose_names_speak_of_letters_are_no_letters() -> None:
    assert latin.without("\N{LOVE LETTER}", frozenset({latin.ALL})) == "[U+1F48C]"
    assert latin.without("\U0001f520", frozenset({latin.ALL})) == "[U+1F520]"


def test_breaks_and_control_characters_become_blanks() -> None:
    said = latin.printable({"a": ["x\ny\x07z", 1], "b": "\u2028\ud800ü\ufeff"})
    assert said == {"a": ["x y z", 1], "b": "  ü "}
