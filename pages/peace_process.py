"""Peace process: the negotiation tables, their events, the Comuneros file, and claims beside the counts."""

from components import peace_process

peace_process.render()
