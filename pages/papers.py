"""Papers: the tables that papers print, and our runs beside them."""

from ui.frame.guard import require_frame

require_frame(__file__)

from clustergan_core.papers.comparison import compare_table
from clustergan_core.papers.measured import measured_runs
from ui.frame.messages import section_errors
from ui.frame.title import show_title
from ui.papers.choice import choose_paper, choose_view
from ui.papers.figures import show_figures
from ui.papers.files import offer_files
from ui.papers.grid import show_grid
from ui.papers.missing import show_missing
from ui.papers.trained import show_training

show_title("Papers", "accuracy", "purity")
view = choose_view(choose_paper(), tuple(measured_runs()))
cells = compare_table(view.table, view.measure, view.runs, view.preset)
show_grid(view, cells)
offer_files(view, cells)
with section_errors():
    show_figures(view)
with section_errors():
    show_training(view, cells)
with section_errors():
    show_missing(view)
