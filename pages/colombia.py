"""Colombia: 1,122 municipalities, with the same layers and the same controls as Nariño."""

from components import explorer

explorer.render("colombia")
