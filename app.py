"""The front door: one ASGI application serves the pages, the data API and the map's assets.

``streamlit run app.py`` starts it. Nothing heavy is imported here: the server answers before pandas is loaded.
"""

import streamlit as st

from components import warm
from components.server import routes, startup

startup.check()

app = st.App("pages/router.py", routes=routes.routes(), middleware=routes.middleware(), lifespan=warm.lifespan)
