"""Data and method: how to read the map, what is counted, who says so, how fresh it is, and every table to take away."""

from components import datapage

datapage.render()
