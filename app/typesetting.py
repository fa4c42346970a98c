"""Documents people can read and print: tagged, and made to last (PDF/UA, PDF/A)."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import typst

from app import latin

PAPER = Path(__file__).with_name("paper.typ")
"""The template of what people get in writing: facts, parts with tables, a signature."""
STANDARDS = ["ua-1", "a-2a"]
TRIES = 12
"""So many writings may be missing before only letters of Western Europe are set."""
_MISSING = re.compile(r'the text `"(?P<letter>.)|codepoint `"\\u\{(?P<code>[0-9a-f]+)\}', re.DOTALL)


def pdf(template: Path, content: dict[str, Any], missing: str) -> bytes:
    """A document from what a template says and what it is about.

    Parameters
    ----------
    template : Path
        Reads `content` as `json(bytes(sys.inputs.data))`: words stay words, whatever they hold.
    content : dict
        Strings, numbers, lists and members; `note` is an empty string.
    missing : str
        The `note` where letters that no font here has stand in Latin ones, in brackets.

    Raises
    ------
    typst.TypstError
        If the template is wrong.
    """
    scripts: frozenset[str] = frozenset()
    for _ in range(TRIES):
        try:
            return compiled(template, latin.without(content, scripts), STANDARDS)
        except typst.TypstError as error:
            script = latin.script(_letter(error))
            content = {**content, "note": missing}
            if script in scripts:
                break
            scripts |= {script}
    return compiled(template, latin.plain(content), STANDARDS)


def compiled(template: Path, content: dict[str, Any], standards: list[str]) -> bytes:
    """The document by these standards, or without promises."""
    data = {"data": json.dumps(content, ensure_ascii=False)}
    return _set(template.read_bytes(), data, format="pdf", pdf_standards=standards)


def picture(page: str, inputs: dict[str, str]) -> bytes:
    """A page as PNG, a pixel for each point."""
    return _set(page.encode(), inputs, format="png", ppi=72)


def _set(page: bytes, inputs: dict[str, str], **how: Any) -> bytes:
    # The library's own types say neither that several standards go nor that bytes do.
    make: Any = typst.compile
    made: bytes = make(page, font_paths=_fonts(), sys_inputs=inputs, **how)
    return made


@cache
def _fonts() -> typst.Fonts:
    """What is installed, looked for once: that takes longer than a page."""
    return typst.Fonts()


def _letter(error: typst.TypstError) -> str:
    """The letter that no font has, or that no file may hold; any other error goes on."""
    found = _MISSING.search(str(error))
    if found is None:
        raise error
    return found["letter"] or chr(int(found["code"], 16))
