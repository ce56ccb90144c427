"""ClusterGAN Explorer: the list of its pages. Run with `streamlit run app.py`."""

import streamlit as st

from ui.frame.dispatcher import keep_queue
from ui.frame.guard import frame
from ui.frame.memory import watch_memory
from ui.frame.messages import log_errors, page_errors
from ui.frame.theme import ICON, style_pages

SIDEBAR_WIDTH = 220  # pixels: the longest title, and more of a projector for the page

log_errors()
keep_queue()
watch_memory()
# Before the navigation: otherwise the browser would fetch the page's symbol from elsewhere as the tab's icon.
st.set_page_config(page_icon=ICON, layout="wide", initial_sidebar_state=SIDEBAR_WIDTH)

page = st.navigation(
    [
        st.Page("pages/start.py", title="Start", icon=":material/home:", url_path="start", default=True),
        st.Page("pages/learn.py", title="Learn", icon=":material/school:", url_path="learn"),
        st.Page("pages/data.py", title="Data", icon=":material/dataset:", url_path="data"),
        st.Page("pages/train.py", title="Train", icon=":material/model_training:", url_path="train"),
        st.Page("pages/sweep.py", title="Sweep", icon=":material/grid_on:", url_path="sweep"),
        st.Page("pages/map.py", title="Map", icon=":material/scatter_plot:", url_path="map"),
        st.Page("pages/clusters.py", title="Clusters", icon=":material/bubble_chart:", url_path="clusters"),
        st.Page("pages/samples.py", title="Samples", icon=":material/science:", url_path="samples"),
        st.Page("pages/modes.py", title="Modes", icon=":material/grid_view:", url_path="modes"),
        st.Page("pages/interpolate.py", title="Interpolate", icon=":material/tune:", url_path="interpolate"),
        st.Page("pages/runs.py", title="Runs", icon=":material/history:", url_path="runs"),
        st.Page("pages/compare.py", title="Compare", icon=":material/compare_arrows:", url_path="compare"),
        st.Page("pages/papers.py", title="Papers", icon=":material/article:", url_path="papers"),
    ]
)
st.set_page_config(page_title=f"{page.title} · ClusterGAN Explorer")
st.logo(str(ICON), size="large")
style_pages()
with frame(), page_errors():
    page.run()
