"""Marks message ids that are declared in one place and translated in another, when the reader's language is known."""

from __future__ import annotations


def N_(message: str) -> str:  # noqa: N802  (gettext's own name for it, which the extraction of messages knows)
    """Return `message` unchanged; it is passed through gettext where it is shown."""
    return message
