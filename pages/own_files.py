"""Own files: tables and shapes of the reader's own, checked and set beside the official data."""

from components import ownfiles

ownfiles.render()
