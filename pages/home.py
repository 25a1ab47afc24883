"""The bare address opens on Nariño."""

import streamlit as st

st.switch_page(st.session_state["pages"]["narino"], query_params=dict(st.query_params))
