"""The latent slider: a track along a walk, whose pictures and codes follow the pointer.

component.py: what is sent to the browser, and what comes back. What draws is clustergan_core/browser/slider/, and the
steps as bytes are clustergan_core/browser/strip.py; frontend/ joins them to Streamlit.
"""
