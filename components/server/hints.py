"""What the browser may know before it asks: where the server is, and what of Streamlit's code a map page will need.

Without the first, Streamlit's code looks for the server below the page's own address, is told that nothing is there,
and waits before it looks above. Without the second the browser learns of each part only when the first run has reached
it, and asks for some thirty files just when the map wants to be drawn. A part that another version of Streamlit calls
differently is left out: the page then asks for it later.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

# The map's frame first; the charting library not at all, since it would be in the map's way.
PARTS = ("ComponentInstance", "BidiComponent", "Html", "Selectbox", "PageLink", "Button", "ButtonGroup", "DateInput")
# After what the page itself asks for: a hint must not be in the way either.
_RANK = 'fetchpriority="low" crossorigin'
_IMPORT = re.compile(r"""from\s*["']\./([A-Za-z0-9_.-]+\.js)["']""")

# The address of a page without the page's own name: also right behind a path prefix.
SERVER = (
    b"<script>window.__streamlit = "
    b'{BACKEND_BASE_URL: location.origin + location.pathname.replace(/[^/]*\\/?$/, "")}</script>'
)


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
    return "".join(f'<link rel="modulepreload" {_RANK} href="./static/js/{name}">' for name in files).encode()


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
