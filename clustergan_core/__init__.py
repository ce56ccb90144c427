"""ClusterGAN Explorer's library: data, methods, training, evaluation and runs, without any user interface.

    import clustergan_core as cg

    dataset = cg.open_dataset("digits")  # a name, a file or an array
    model = cg.fit(dataset, preset="quick")  # a scikit-learn estimator
    clusters = model.predict(dataset)
    print(cg.score(model, dataset)["nmi"])
    cg.plot(model, dataset)

`__init__.pyi` lists the public names; each is imported on its first use, together with what it needs, such as PyTorch.
Errors that the user can fix are raised as an AppError with a one-sentence message (errors.py).
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
