"""Numerical libraries on a given number of threads, so that figures are the same whatever cores a machine has."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from threadpoolctl import threadpool_limits


@contextmanager
def libraries_on(n_threads: int) -> Iterator[None]:
    """A block in which BLAS and OpenMP of the numerical libraries use `n_threads`.

    Sums are added up in another order with another number of threads, and the last digits of a distance decide between
    two neighbours that are about equally near.
    """
    # The limit holds for libraries that are loaded by then, and these are loaded only where they are called.
    import faiss  # noqa: F401 - it brings a BLAS of its own
    import sklearn.cluster
    import sklearn.decomposition
    import sklearn.metrics  # noqa: F401 - they bring SciPy's and their own libraries

    with threadpool_limits(n_threads):
        yield


@contextmanager
def libraries_on_one_thread() -> Iterator[None]:
    """A block in which BLAS and OpenMP of the numerical libraries use one thread."""
    with libraries_on(1):
        yield
