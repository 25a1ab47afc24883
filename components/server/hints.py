"""What a map page will need from Streamlit's browser code, named in its HTML so that it travels while the page starts.

Without it the browser learns of each part only when the first run has reached it, and asks for some thirty files just
when the map wants to be drawn. A part that another version of Streamlit calls differently is left out: the page then
asks for it later, as before.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

# The map's frame first; the charting library not at all, since it would be in the map's way.
PARTS = ("ComponentInstance", "BidiComponent", "Html", "Selectbox", "PageLink", "Button", "ButtonGroup", "DateInput")
_IMPORT = re.compile(r"""from\s*["']\./([A-Za-z0-9_.-]+\.js)["']""")


@cache
def module_preloads() -> bytes:
    """Return the link elements for the parts of a map page and everything that they import."""
    import streamlit

    static = Path(streamlit.__file__).parent / "static"
    try:
        known = (static / "index.html").read_text("utf-8")
    except OSError:
        return b""
    files = [name for name in _closure(static / "static" / "js") if name not in known]
    return "".join(f'<link rel="modulepreload" crossorigin href="./static/js/{name}">' for name in files).encode()


def _closure(folder: Path) -> list[str]:
    """The files of the parts and of their static imports, each once, the parts in order."""
    queue = [path.name for part in PARTS for path in sorted(folder.glob(f"{part}.*.js"))]
    found: dict[str, None] = {}
    while queue:
        name = queue.pop(0)
        path = folder / name
        if name not in found and path.is_file():
            found[name] = None
            queue += _IMPORT.findall(path.read_text("utf-8"))
    return list(found)
