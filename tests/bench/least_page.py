"""The least that a change costs: an empty map that gets one mark from the server; the floor under our own changes."""

import folium
import streamlit as st
from streamlit_folium import st_folium

from components.server.assets import leaflet_url

folium.Map.default_js = [("leaflet", leaflet_url("leaflet.js"))]
folium.Map.default_css = [("leaflet_css", leaflet_url("leaflet.css"))]

st.set_page_config(layout="wide")
month = st.number_input("Month", 0, 130, 100)
group = folium.FeatureGroup(name="state")
group.add_child(folium.CircleMarker((4.6, -74.1), radius=month))
st_folium(
    folium.Map(location=[4.6, -74.1], zoom_start=5, tiles=None),
    key="map",
    width=760,
    height=560,
    returned_objects=[],
    feature_group_to_add=group,
)
