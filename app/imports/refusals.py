"""Why a list or a row cannot be read."""

from app.imports.sentences import sentence


class ListError(ValueError):
    """The whole list is refused; `code` and `values` make the sentence in either language."""

    def __init__(self, code: str, **values: str) -> None:
        super().__init__(sentence(code, values, "de"))
        self.code = code
        self.values = values

    def sentence(self, locale: str = "de") -> str:
        """What is wrong and what to do, in German or (locale "en") in English."""
        return sentence(self.code, self.values, locale)


class RowError(ValueError):
    """One row is rejected; `code` says why, `written` is what stood there."""

    def __init__(self, code: str, written: str = "") -> None:
        super().__init__(sentence(code, {"written": written}, "en"))
        self.code = code
        self.written = written
