"""Makes the data of the first view ready, as a new server does: ``python -m tests.bench.first_view``."""

import logging

from components import cache, mapview, sentence, shapes
from components.view import ViewState

logging.disable(logging.WARNING)


def main() -> None:
    """Build the map, its legend and its sentence for Nariño."""
    view = ViewState()
    on = cache.last_evidence(view)
    found = shapes.geometry_of(view)
    shown = mapview.shown(view, on, found.payload, found.version, found.attribution)
    logging.debug("%s %s %s", shown.time, shown.legend, shown.note)
    sentence.headline(view, on)


if __name__ == "__main__":
    main()
