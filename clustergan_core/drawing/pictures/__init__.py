"""Pictures composed with Pillow.

images.py       many samples in one picture
walk_strip.py   a walk between modes
map_picture.py  a small still map
sprites.py      a thumbnail of every sample, for hover
tabular.py      one sample of any kind as a small picture
bitmaps.py      arrays to pictures, pictures to files
lettering.py    text inside pictures
"""
