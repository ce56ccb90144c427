"""The Learn page: lessons of four beats, Ask, Predict, Try and Reveal.

cards.py       the lessons as cards, the diagram, and the glossary
address.py     the choices in the address
beats.py       a lesson's frame and its beats
recordings.py  the controls that choose a recording, how it is read, and its command
plane.py       recorded trainings in the plane, in Try
live.py        their player, and a training that runs live in a recording's place
cycle.py       the two loops of generator and encoder
priors.py      maps of decoded samples under four priors
decode.py      a picture decoded by Algorithm 1
models.py      walks, modes and sweeps of bundled models, in Try
take_home.py   a lesson or a training as a file that opens offline
figures.py     figures with larger labels when a lesson is presented
style.py       how a lesson looks when it is presented
presenting.py  its keys, counted hands and notes in a second window
"""
