"""An empty page with an empty map: the floor under the time of a first map."""

import folium
import streamlit as st
from streamlit_folium import st_folium

from components.server.assets import leaflet_url

folium.Map.default_js = [("leaflet", leaflet_url("leaflet.js"))]
folium.Map.default_css = [("leaflet_css", leaflet_url("leaflet.css"))]

st.set_page_config(layout="wide")
st_folium(folium.Map(location=[4.6, -74.1], zoom_start=5, tiles=None), width=760, height=560, returned_objects=[])
