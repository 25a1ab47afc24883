"""The script that Streamlit runs: find the page that the URL names, draw the frame, run the page."""

from components import layout

page = layout.start()
with layout.frame(page):
    page.run()
layout.footer()
