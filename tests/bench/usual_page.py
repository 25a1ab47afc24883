"""The usual pattern, to compare with: folium.GeoJson with a style function, rebuilt on each rerun in st_folium.

Run by the benchmark only. The boundaries are the ones that the application was given.
"""

import os

import folium
import geopandas as gpd
import streamlit as st
from streamlit_folium import st_folium

from components.server.assets import leaflet_url

folium.Map.default_js = [("leaflet", leaflet_url("leaflet.js"))]
folium.Map.default_css = [("leaflet_css", leaflet_url("leaflet.css"))]

RAMP = ("#f6ecd2", "#e3ad72", "#ad5a43", "#552434")


@st.cache_data
def boundaries() -> gpd.GeoDataFrame:
    frame = gpd.read_file(os.environ["MUNICIPAL_BOUNDARIES"])
    return frame[["divipola", "name", "geometry"]]


st.set_page_config(layout="wide")
month = st.number_input("Month", 0, 130, 100)
frame = boundaries().copy()
frame["level"] = [(int(code) * 7 + int(month) * 13) % len(RAMP) for code in frame["divipola"]]
base = folium.Map(location=[4.6, -74.1], zoom_start=5, tiles=None, prefer_canvas=False)
folium.GeoJson(
    frame,
    style_function=lambda feature: {
        "fillColor": RAMP[feature["properties"]["level"]],
        "color": "#b9b3a6",
        "weight": 0.6,
        "fillOpacity": 1,
    },
    tooltip=folium.GeoJsonTooltip(["name"]),
).add_to(base)
st_folium(base, width=760, height=560, returned_objects=["last_clicked"])
