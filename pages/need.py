"""Inequality: census poverty, population, PDET and coca beside presence and violence, in Nariño and the nation."""

from components import need

need.render()
