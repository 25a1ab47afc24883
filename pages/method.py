"""Data and method: how to read the map, what is counted, who says so, and every table to take away."""

from components import datapage

datapage.method()
datapage.indicators()
datapage.publishers()
datapage.downloads()
