"""A look at the shape of JSON before anything reads it: how deep, and how many values."""

import re

from app.errors import ApiError
from app.limits import JSON_DEPTH, JSON_VALUES

# Possessive: a text that never ends is passed over once, not again from each of its letters.
_SIGNS = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[\[\]{},]', re.DOTALL)
_OPEN, _CLOSED, _NEXT = b"[{", b"]}", b","


class TooDeep(ApiError):
    """Lists and objects stand too deep inside of each other."""

    status, slug, title = 422, "too-deep", "Nested too deeply"
    de = "Die Daten sind zu tief verschachtelt: Bitte höchstens {limit} Ebenen senden."
    en = "The data are nested too deeply: please send at most {limit} levels."


class TooManyValues(ApiError):
    """A body holds more values than anybody needs in one."""

    status, slug, title = 422, "too-many-values", "Too many values"
    de = "Das sind zu viele Angaben auf einmal: Bitte höchstens {limit} senden."
    en = "These are too many values at once: please send at most {limit}."


class NoUtf8(ApiError):
    """JSON travels as UTF-8 (RFC 8259, section 8.1); in other encodings it would hide its shape."""

    status, slug, title = 400, "not-utf-8", "Not UTF-8"
    de = "Die Daten müssen als UTF-8 gesendet werden."
    en = "The data must be sent as UTF-8."


def check(content: bytes) -> None:
    """Raise an `ApiError` for JSON that would take much time or memory to read.

    Whether it is JSON at all is found out later; this ends at the first sign too many.
    """
    if b"\x00" in content:
        raise NoUtf8
    depth = values = 0
    for found in _SIGNS.finditer(content):
        sign = found[0]
        if sign in _CLOSED:
            depth -= 1
        elif sign == _NEXT:
            values += 1
        elif sign in _OPEN:
            depth, values = depth + 1, values + 1
        else:
            continue
        if depth > JSON_DEPTH:
            raise TooDeep(limit=JSON_DEPTH)
        if values > JSON_VALUES:
            raise TooManyValues(limit=JSON_VALUES)
