"""What is wrong with a file: one exception, told by a code and its parameters; words are the page's business."""

from __future__ import annotations

from typing import TypeAlias

Param: TypeAlias = str | int | float


class UploadError(Exception):
    """A file that cannot be used as it is.

    Nothing else leaves this package because of what a file holds.

    Parameters
    ----------
    code
        Why; ``components.ownfiles_words`` has a sentence and an advice for each.
    **params
        What fills the sentence: sizes, names, counts.
    """

    def __init__(self, code: str, **params: Param) -> None:
        super().__init__(code, params)
        self.code = code
        self.params: dict[str, Param] = params
