"""NEMGAN, with given masses of its modes or with masses learned from a few labels."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
