"""What the pages are made of: one folder a page, and what they share.

frame/       how every page stands and speaks
loading/     what is read once for all sessions
forms/       wherever a training is begun
cells/       what pages about cells share
canvas_map/  the scatter map
data/ train/ sweep/ map/ clusters/ samples/ modes/ interpolate/ runs/ compare/   one folder a page
"""
