"""Map page."""

import streamlit as st

from ui.guard import require_frame

require_frame(__file__)

st.title("Map")
