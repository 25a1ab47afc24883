"""Ceasefires: all of them, one at a time, what the counts say about one, and who fights whom meanwhile."""

from components import ceasefires

ceasefires.render()
