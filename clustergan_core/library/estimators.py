"""ClusterGAN and Paired ClusterGAN as scikit-learn estimators, trained by the same configuration and loop as a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Literal, Self

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, ClusterMixin, TransformerMixin
from sklearn.utils import check_array, check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from clustergan_core.data.dataset import Dataset
from clustergan_core.data.opening import open_like
from clustergan_core.data.own.arrays import name_columns, open_array, take_array
from clustergan_core.data.own.new_samples import prepare_like, require_size
from clustergan_core.data.preprocessing import RECORDS, Step, undo_preprocessing
from clustergan_core.errors import DataError, SettingsError
from clustergan_core.generation import generate_all
from clustergan_core.library.fitting import OnProgress, train_in_memory
from clustergan_core.method import Method
from clustergan_core.nn.prior import Latent
from clustergan_core.preset import PresetName
from clustergan_core.runs.config import RunConfig
from clustergan_core.runs.configure import make_config
from clustergan_core.scoring.latents import RunLatents, encode_samples

MAX_SEED = 2**31 - 1  # of those drawn; a person's own may be larger
NOT_VALUES = frozenset({*RECORDS, "quality"})  # steps that tell of the file and change no value

RandomState = int | np.random.RandomState | None
Samples = ArrayLike | Dataset | str | Path


class GanClusterer(ClassNamePrefixFeaturesOutMixin, TransformerMixin, ClusterMixin, BaseEstimator):
    """What both estimators share; `method` names theirs in METHODS."""

    method: ClassVar[str]

    # What fit leaves behind, beside scikit-learn's own n_features_in_ and feature_names_in_.
    config_: RunConfig  # everything that repeats the training
    method_: Method  # the best weights, on the CPU
    labels_: NDArray[np.int64]  # (N,) the training samples' clusters
    n_features_in_: int
    feature_names_in_: NDArray[np.object_]

    def __init__(
        self,
        n_clusters: int | None = None,
        *,
        preset: PresetName = "default",
        n_steps: int | None = None,
        evaluate_every: int | None = None,
        settings: Mapping[str, Any] | None = None,
        random_state: RandomState = None,
        device: Literal["auto", "cpu", "cuda"] = "cpu",
        n_threads: int | None = None,
        on_progress: OnProgress | None = None,
    ) -> None:
        self.n_clusters = n_clusters
        self.preset: PresetName = preset
        self.n_steps = n_steps
        self.evaluate_every = evaluate_every
        self.settings = settings
        self.random_state = random_state
        self.device = device
        self.n_threads = n_threads
        self.on_progress = on_progress

    def fit(self, X: ArrayLike, y: object = None) -> Self:  # noqa: N803
        """Trains on a table (N, F) or on images (N, C, H, W), (N, H, W, C) or (N, H, W); `y` plays no part.

        Values are scaled as the app scales an .npz of them: bytes by 255, values in [0, 1] not at all, else each column
        (of images: all values) to [0, 1]. Raises ValueError for an array that scikit-learn refuses, SettingsError for a
        setting that is not possible.
        """
        values = self._check_values(X, is_new=False)
        names = tuple(self.feature_names_in_.tolist()) if hasattr(self, "feature_names_in_") else ()
        return self._train(open_array(values, feature_names=names))

    def fit_dataset(self, dataset: Dataset) -> Self:
        """The same for a data set that `open_dataset` has opened and prepared; cells are fitted by this alone."""
        self._train(dataset)
        self._name_features()
        return self

    def adopt(self, config: RunConfig, method: Method) -> Self:
        """Becomes what another training has left: its configuration and its method, ready to encode and generate."""
        self.config_, self.method_ = config, method
        self._name_features()
        return self

    def predict(self, X: Samples) -> NDArray[np.int64]:  # noqa: N803
        """The cluster (N,) of each sample, in 0 … n_clusters - 1; modes that no sample chose leave gaps.

        `X` are raw values like those of `fit`, which the recorded preprocessing prepares; a data set of
        `open_dataset`; or the path of a file like the training file. Raises DataError for values off the scale that was
        trained on, and for a data set that was prepared by other numbers.
        """
        return self.encode(X).clusters

    def transform(self, X: Samples) -> NDArray[np.float32]:  # noqa: N803
        """Latents (N, n_normal + n_clusters): ẑ_n, then the probability of each cluster. `X` as for `predict`."""
        return self.encode(X).joined()

    def encode(self, X: Samples) -> RunLatents:  # noqa: N803
        """Latents, clusters and confidences of samples, which `predict` and `transform` take their own part of."""
        check_is_fitted(self)
        samples = self._prepare(X)
        return encode_samples(self.method_, samples, np.arange(len(samples), dtype=np.int64))

    def inverse_transform(self, X: ArrayLike) -> NDArray[np.float32]:  # noqa: N803
        """Samples that the generator makes of latents (N, n_normal + n_clusters), in the units of the training data.

        Images have the size that the networks take. Of cells they are the prepared values, which no step undoes.
        """
        check_is_fitted(self)
        latents = check_array(X, dtype=np.float32)
        prior = self.method_.prior
        if latents.shape[1] != prior.n_normal + prior.n_clusters:
            raise ValueError(
                f"Latents have {prior.n_normal + prior.n_clusters} dimensions here ({prior.n_normal} of z_n and "
                f"{prior.n_clusters} clusters), and these have {latents.shape[1]}: bring those of `transform`."
            )
        normal, cluster = torch.from_numpy(latents).split([prior.n_normal, prior.n_clusters], dim=1)
        return self._generate(Latent(normal, cluster))

    def sample(
        self, n_samples: int = 1, cluster: int | None = None, random_state: RandomState = None
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """(`n_samples` generated samples, their clusters): of one cluster, else of all as often as the method holds.

        Samples are in the units of the training data, as `inverse_transform` gives them. Without `random_state` it is
        the seed of the training, which always gives the same samples. Raises ValueError for a cluster that is missing.
        """
        check_is_fitted(self)
        prior, weights = self.method_.prior, self.method_.mode_weights
        if n_samples < 1:
            raise ValueError(f"n_samples={n_samples} is not possible: draw at least 1.")
        if cluster is not None and not 0 <= cluster < prior.n_clusters:
            raise ValueError(f"There is no cluster {cluster}: choose one of 0 to {prior.n_clusters - 1}.")
        seed = self.config_.seed if random_state is None else _draw_seed(random_state)
        generator = torch.Generator().manual_seed(seed)
        modes = None if weights is None else weights.draw(n_samples, generator)
        if cluster is not None:
            modes = torch.full((n_samples,), cluster)
        latent = prior.sample(n_samples, generator, torch.device("cpu"), modes)
        return self._generate(latent), latent.cluster.argmax(dim=1).numpy()

    def _train(self, dataset: Dataset) -> Self:
        chosen = {} if self.n_clusters is None else {"n_clusters": self.n_clusters}
        config = make_config(
            dataset,
            dataset.source or dataset.name,
            method=self.method,
            preset=self.preset,
            settings={**(self.settings or {}), **chosen},
            n_steps=self.n_steps,
            evaluate_every=self.evaluate_every,
            seed=_draw_seed(self.random_state),
            device=self.device,
            threads=self.n_threads,
        )
        self.config_, self.method_ = config, train_in_memory(config, dataset, self.on_progress)
        everything = np.arange(len(dataset.samples), dtype=np.int64)
        self.labels_ = encode_samples(self.method_, dataset.samples, everything).clusters
        return self

    def _name_features(self) -> None:
        """What scikit-learn knows of the columns where no array has told it."""
        record = self.config_.dataset
        self.n_features_in_ = int(np.prod(record.shape))
        self.__dict__.pop("feature_names_in_", None)
        # An array's columns have numbers for names, which nobody is to repeat.
        if record.kind == "table" and record.feature_names != name_columns(len(record.feature_names)):
            self.feature_names_in_ = np.array(record.feature_names, dtype=object)

    def _check_values(self, X: ArrayLike, is_new: bool) -> NDArray[Any]:  # noqa: N803
        """Numbers as scikit-learn lets them pass, with their own type, which decides on the scale."""
        n_axes = X.ndim if isinstance(X, np.ndarray) else 2 if hasattr(X, "columns") else np.asarray(X).ndim
        if n_axes > 2:
            values = check_array(X, dtype="numeric", allow_nd=True, ensure_min_samples=1 if is_new else 2)
            if not is_new:
                self.n_features_in_ = int(np.prod(values.shape[1:]))
            return values
        return validate_data(self, X, reset=not is_new, dtype="numeric", ensure_min_samples=1 if is_new else 2)

    def _prepare(self, X: Samples) -> NDArray[np.float32]:  # noqa: N803
        """Samples (N, *shape) as the networks take them."""
        record = self.config_.dataset
        if isinstance(X, Dataset):
            self.require_fit(X)
            return X.samples
        if isinstance(X, str | Path):
            return open_like(Path(X), record.kind, record.shape, record.feature_names, record.preprocessing).samples
        if record.kind == "expression":
            raise DataError("These clusters are of cells: bring their file, or a data set of `open_dataset`.")
        values, _ = take_array(self._check_values(X, is_new=True), "X")
        if record.kind == "image":
            require_size("X", values, record.shape, record.preprocessing)
        return prepare_like("X", values, record.preprocessing, record.feature_names)

    def require_fit(self, dataset: Dataset) -> None:
        """DataError for a data set whose samples have another shape or scale than those that were trained on."""
        record = self.config_.dataset
        if dataset.shape != record.shape:
            raise DataError(
                f"Samples of {dataset.name} have shape {dataset.shape}, and {record.shape} was trained on: bring those."
            )
        if _values_steps(dataset.preprocessing) != _values_steps(record.preprocessing):
            raise DataError(
                f"{dataset.name} was scaled by its own values, not by those that were trained on: give its path or its "
                "raw values, which are then prepared alike."
            )

    @torch.no_grad()
    def _generate(self, latent: Latent) -> NDArray[np.float32]:
        samples = generate_all(self.method_, latent).numpy()
        return undo_preprocessing(self.config_.dataset.preprocessing, samples)

    @property
    def _n_features_out(self) -> int:
        """What names of latent dimensions are counted by, as scikit-learn asks for it."""
        return self.method_.prior.n_normal + self.method_.prior.n_clusters

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "method_")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = []  # latents are float32, as the networks are
        return tags


class ClusterGAN(GanClusterer):
    """ClusterGAN (Mukherjee et al., arXiv 1809.03627) as a clusterer, a transformer and a generator.

    n_clusters: K; without it the number of labels of a data set that has some, else what the app chooses, 10 for
    arrays. preset: "paper", "default" or "quick"; it decides the settings and the length that are left open. n_steps:
    generator updates. evaluate_every: steps between two evaluations, of which one gives the weights that are kept.
    settings: any further ones by name, as the command `methods` lists them. random_state: an int is the seed of a run;
    None draws one. device: "cpu", "cuda" or "auto". n_threads: of PyTorch on the CPU, else chosen by the size of the
    networks. on_progress: hears of every log row while it trains (`clustergan_core.Progress`).

    The same samples, settings and seed give the clusters of the app and of the command `train`.
    """

    method = "clustergan"


class PairedClusterGAN(GanClusterer):
    """Paired ClusterGAN, a method of our own, whose codes are learned from pairs of neighbouring samples.

    Parameters as for `ClusterGAN`, with the presets "default" and "quick".
    """

    method = "paired-clustergan"


ESTIMATORS: dict[str, type[GanClusterer]] = {
    estimator.method: estimator for estimator in (ClusterGAN, PairedClusterGAN)
}


def find_estimator(method: str) -> type[GanClusterer]:
    """The estimator of a method by its name in METHODS. Raises SettingsError where it has none."""
    if method not in ESTIMATORS:
        raise SettingsError(f"Method {method} has no estimator: choose one of {', '.join(ESTIMATORS)}.")
    return ESTIMATORS[method]


def _draw_seed(random_state: RandomState) -> int:
    """A person's own number as it is, else one drawn."""
    if isinstance(random_state, int | np.integer):
        return int(random_state)
    return int(check_random_state(random_state).randint(MAX_SEED))


def _values_steps(steps: Sequence[Step]) -> list[Step]:
    return [step for step in steps if step["step"] not in NOT_VALUES]
