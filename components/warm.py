"""Makes ready what first readers ask for, in the background, while the server already answers.

Imports the libraries of the pages, builds the maps of both scopes and the layers of every indicator. `PAZ_WARM=0`
leaves it out. Nothing depends on it: what is not ready yet is made when it is asked for. Streamlit's components are
left alone: one that is declared before the runtime stands is not found by the browser.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

LOG = logging.getLogger(__name__)
REST_SECONDS = 0.02
# Python hands the processor from thread to thread every 5 ms: while a page is made, each of its hundred messages and
# each file that the map fetches waits that long. With a tenth of it a change is there a fifth sooner (bench: map).
SWITCH_SECONDS = 0.0005


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[None]:
    """Start warming when the server starts; stop when it stops. Lets the threads take turns more often."""
    sys.setswitchinterval(SWITCH_SECONDS)
    stop = threading.Event()
    thread = threading.Thread(target=_warm, args=(stop,), name="warm", daemon=True)
    if os.environ.get("PAZ_WARM", "1") != "0":
        thread.start()
    yield
    stop.set()


def _warm(stop: threading.Event) -> None:
    # Streamlit says at every call that it has no session here; that is the point.
    logging.getLogger("streamlit.runtime.scriptrunner_utils.script_run_context").setLevel(logging.ERROR)
    try:
        for task in _tasks():
            if stop.wait(REST_SECONDS):
                return
            task()
    except Exception:
        # A reader meets the same fault on a page that can explain it.
        LOG.exception("making the first views ready failed")


def _exports() -> None:
    """Load what draws pictures: the first export of a server need not wait for its libraries."""
    import matplotlib.figure
    import pptx

    LOG.debug("exports drawn with %s, %s", matplotlib.__version__, pptx.__version__)


def _tasks() -> Iterator[Callable[[], None]]:
    """Yield what to make ready, what is asked for first coming first."""
    from components import cache, explorer, mapview, sentence, shapes, timeline_view
    from components.i18n import LANGUAGES, set_language
    from components.server import frontend
    from components.view import ViewState

    def made(view: ViewState) -> None:
        set_language(view.language)
        on = cache.last_evidence(view)
        found = shapes.geometry_of(view)
        shown = mapview.shown(view, on, found.payload, found.version, found.attribution)
        LOG.debug("%s explained by %s %s", sentence.headline(view, on), shown.legend, shown.note)
        timeline_view.drawn(view, *timeline_view.span(view, shown.time.days))

    yield frontend.make_ready
    views = [ViewState(page=page, language=language) for page in explorer.PAGES for language in LANGUAGES]
    yield from (partial(made, view) for view in views)
    yield _exports
    for indicator in cache.known().indicators:
        yield from (partial(made, view.with_(fill=indicator)) for view in views)
