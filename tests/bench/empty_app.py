"""An empty page with an empty map: the floor under the time of a first map."""

import folium
import streamlit as st
from streamlit_folium import st_folium

st.set_page_config(layout="wide")
st_folium(folium.Map(location=[4.6, -74.1], zoom_start=5, tiles=None), width=760, height=560, returned_objects=[])
