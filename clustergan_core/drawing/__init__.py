"""Arrays in, pictures and figures out: Pillow images and Plotly figures, without any user interface."""
