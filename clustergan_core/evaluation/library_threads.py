"""Numerical libraries on one thread, for figures that are the same wherever they are worked out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from threadpoolctl import threadpool_limits


@contextmanager
def libraries_on_one_thread() -> Iterator[None]:
    """A block in which BLAS and OpenMP of the numerical libraries use one thread."""
    # The limit holds for libraries that are loaded by then, and scikit-learn is loaded only where it is called.
    import sklearn.cluster
    import sklearn.decomposition
    import sklearn.metrics  # noqa: F401 - they bring SciPy's and their own libraries

    with threadpool_limits(1):
        yield
