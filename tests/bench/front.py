"""Serves one page of the benchmark with Leaflet from our own server: what it measures must not wait for a network."""

import os

import streamlit as st

from components.server import assets

app = st.App(os.environ["BENCH_PAGE"], routes=assets.routes())
