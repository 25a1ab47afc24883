"""Lists the texts of the application and writes the Spanish catalogue in their order: ``python -m tests.translations``.

Calls of ``_``, ``ngettext`` and ``N_`` (marked here, translated elsewhere) are read from the syntax tree, so that those
inside f-strings are found too.
"""

from __future__ import annotations

import ast
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[1]
PO = ROOT / "locale/es/LC_MESSAGES/messages.po"
Message = str | tuple[str, str]


def used() -> dict[Message, str]:
    """Return every message id in the source, with the file that names it first."""
    found: dict[Message, str] = {}
    for folder in ("components", "pages"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for message in _messages(ast.parse(path.read_text("utf-8"))):
                found.setdefault(message, path.relative_to(ROOT).as_posix())
    return found


def _messages(tree: ast.AST) -> list[Message]:
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    calls.sort(key=lambda node: (node.lineno, node.col_offset))
    messages: list[Message] = []
    for call in calls:
        texts = [arg.value for arg in call.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
        if call.func.id in ("_", "N_") and texts:  # pyright: ignore[reportAttributeAccessIssue]
            messages.append(texts[0])
        elif call.func.id == "ngettext" and len(texts) >= 2:  # pyright: ignore[reportAttributeAccessIssue]
            messages.append((texts[0], texts[1]))
    return messages


def catalogue() -> Catalog:
    """Return the Spanish catalogue."""
    with PO.open("rb") as file:
        return read_po(file, locale="es")


def rewrite() -> list[Message]:
    """Write the catalogue with exactly the messages in use and return those that have no Spanish yet."""
    old = {message.id: message.string for message in catalogue() if message.id}
    fresh = Catalog(locale="es", project="Paz Territorial", charset="utf-8", fuzzy=False)
    missing = []
    for message, path in used().items():
        text = old.get(message) or (("", "") if isinstance(message, tuple) else "")
        fresh.add(message, text, auto_comments=[path])
        if not all(text if isinstance(text, tuple) else (text,)):
            missing.append(message)
    with PO.open("wb") as file:
        write_po(file, fresh, width=0, omit_header=False)
    return missing


if __name__ == "__main__":
    for text in rewrite():
        print(text)
