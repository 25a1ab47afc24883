"""Nariño: 64 municipalities, who is reported there, which ceasefires are in force, how violent it is."""

from components import explorer

explorer.render("narino")
