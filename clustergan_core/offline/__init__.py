"""One HTML file that opens offline, from a disk, a course page or a slide: a lesson, a recording, a walk.

page.py: the file's frame, its parts and its bytes; prose.py: text and formulas as HTML; lesson.py, recording.py and
walk.py: what is in each; compared.py: trainings side by side, as tables in a lesson; steps.py: the lessons whose steps
lie under a handle; shown.py: what a stage contributes.
"""
