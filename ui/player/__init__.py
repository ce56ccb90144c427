"""The player of recordings: one canvas, decoded once in the browser, which then needs no server.

component.py: play(), what a page calls. What draws is clustergan_core/browser/player/; frontend/ joins it to Streamlit.
"""
