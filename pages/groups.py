"""Armed groups: where they come from, one by one what is on record, and how many are reported where."""

from components import groups

groups.render()
