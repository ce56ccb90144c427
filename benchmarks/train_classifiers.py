"""Trains the small classifiers that read generated images: `python -m benchmarks.train_classifiers [NAME …]`.

Without names, all data sets of RECIPES whose files are in the data folder are used. Only the training split is used for
training, and the number of steps is fixed beforehand. Validation and test accuracy are computed once at the end, from
the half-precision weights that are saved. The output is `pretrained/classifiers/<name>.safetensors`, whose metadata
holds all of this, and a table in the same folder.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

from clustergan_core.data.dataset import Dataset, SplitName
from clustergan_core.data.registry import is_available, load_dataset
from clustergan_core.evaluation.classifier import (
    CLASSIFIERS_FOLDER,
    Classifier,
    ClassifierNetwork,
    ClassifierRecord,
    halve_weights,
    pack_classifier,
    read_record,
)

SEED = 0
BATCH_SIZE = 128
LEARNING_RATE = 2e-3
TABLE = CLASSIFIERS_FOLDER / "README.md"


@dataclass(frozen=True)
class Recipe:
    """How long to train, and how far each picture is shifted at random."""

    n_steps: int
    shift: int  # pixels, in both directions
    is_mirrored: bool = False  # half of the pictures are flipped left to right


RECIPES = {
    "mnist": Recipe(n_steps=4_000, shift=2),
    "fashion": Recipe(n_steps=6_000, shift=2, is_mirrored=True),
    "fashion-5": Recipe(n_steps=4_000, shift=2, is_mirrored=True),
    "usps": Recipe(n_steps=3_000, shift=1),
    "digits": Recipe(n_steps=1_500, shift=1),
    "optdigits": Recipe(n_steps=2_000, shift=1),
    "coil20": Recipe(n_steps=1_000, shift=2),
    "coil100": Recipe(n_steps=2_500, shift=2),
}


def train_classifier(dataset: Dataset, recipe: Recipe) -> tuple[ClassifierNetwork, float]:
    """The network after `n_steps` batches of the training split, and the training time in seconds."""
    assert dataset.labels is not None, f"{dataset.name} has no labels"
    start = time.perf_counter()
    torch.manual_seed(SEED)
    network = ClassifierNetwork(dataset.shape[0], len(dataset.label_names))
    network.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue] - its stub leaves this word out
    optimizer = torch.optim.AdamW(network.parameters(), LEARNING_RATE, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, LEARNING_RATE, recipe.n_steps)
    samples = torch.from_numpy(dataset.samples[dataset.splits.train])
    labels = torch.from_numpy(dataset.labels[dataset.splits.train])
    network.train()
    for step in range(1, recipe.n_steps + 1):
        drawn = torch.randint(len(samples), (BATCH_SIZE,))
        batch = _vary(samples[drawn], recipe).contiguous(memory_format=torch.channels_last)
        loss = functional.cross_entropy(network(batch), labels[drawn])
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        schedule.step()
        if step % 500 == 0:
            print(f"{dataset.name}: step {step} of {recipe.n_steps}, loss {loss.item():.4f}", flush=True)
    return network, time.perf_counter() - start


def _vary(samples: Tensor, recipe: Recipe) -> Tensor:
    """Samples (B, C, H, W), all shifted by the same offset of up to `shift` pixels, and half of them mirrored."""
    down, right = (int(shift) for shift in torch.randint(-recipe.shift, recipe.shift + 1, (2,)))
    samples = functional.pad(samples, (max(right, 0), max(-right, 0), max(down, 0), max(-down, 0)))
    height, width = samples.shape[2] - abs(down), samples.shape[3] - abs(right)
    top, left = max(-down, 0), max(-right, 0)
    samples = samples[:, :, top : top + height, left : left + width]
    if recipe.is_mirrored:
        is_turned = torch.rand(len(samples)) < 0.5
        samples = torch.where(is_turned[:, None, None, None], samples.flip(3), samples)
    return samples


def write_classifier(dataset: Dataset, recipe: Recipe) -> ClassifierRecord:
    """Trains a data set's classifier and writes its file."""
    trained, seconds = train_classifier(dataset, recipe)
    weights = halve_weights(trained)
    kept = ClassifierNetwork(dataset.shape[0], len(dataset.label_names))
    kept.load_state_dict(weights)
    draft = ClassifierRecord(
        dataset=dataset.name,
        digest=dataset.digest,
        shape=(dataset.shape[0], dataset.shape[1], dataset.shape[2]),
        label_names=dataset.label_names,
        seed=SEED,
        n_steps=recipe.n_steps,
        batch_size=BATCH_SIZE,
        learning_rate=LEARNING_RATE,
        augmentation=f"shifts up to {recipe.shift} px" + (", mirrored" if recipe.is_mirrored else ""),
        seconds=round(seconds, 1),
        device="cpu",
        versions={"torch": version("torch")},
        n_train=len(dataset.splits.train),
        validation_accuracy=0.0,
        test_accuracy=0.0,
        n_test=len(dataset.splits.test),
    )
    classifier = Classifier(kept, draft, "")
    record = draft.model_copy(
        update={
            "validation_accuracy": measure_accuracy(classifier, dataset, "validation"),
            "test_accuracy": measure_accuracy(classifier, dataset, "test"),
        }
    )
    CLASSIFIERS_FOLDER.mkdir(parents=True, exist_ok=True)
    (CLASSIFIERS_FOLDER / f"{dataset.name}.safetensors").write_bytes(pack_classifier(weights, record))
    return record


def measure_accuracy(classifier: Classifier, dataset: Dataset, split: SplitName) -> float:
    """Share of a split's samples that the classifier labels correctly."""
    assert dataset.labels is not None, f"{dataset.name} has no labels"
    indices = dataset.indices(split)
    found = classifier.labels(torch.from_numpy(dataset.samples[indices]))
    return float((found == dataset.labels[indices]).mean())


def render_table(paths: list[Path]) -> str:
    """The Markdown page that lists all classifiers."""
    lines = [
        "# Classifiers",
        "",
        "Small networks that read generated images (Fréchet distance, Mode and Reconstruction Accuracy). Written by",
        "`python -m benchmarks.train_classifiers`; half precision, trained on the training split alone.",
        "",
        "| data set | test accuracy | validation | steps | seed | seconds, one busy core | kB |",
        "|---|---|---|---|---|---|---|",
    ]
    for path in paths:
        record = read_record(path)
        lines.append(
            f"| {record.dataset} | {record.test_accuracy:.4f} of {record.n_test:,} | "
            f"{record.validation_accuracy:.4f} | {record.n_steps:,} × {record.batch_size} | {record.seed} | "
            f"{record.seconds:.0f} | {path.stat().st_size / 1000:.0f} |"
        )
    return "\n".join(lines) + "\n"


def main() -> None:
    """Trains the named classifiers, or all whose data is available."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(RECIPES))
    names = parser.parse_args().names or [name for name in RECIPES if is_available(name)]
    torch.set_num_threads(1)
    for name in names:
        record = write_classifier(load_dataset(name), RECIPES[name])
        print(f"{name}: {record.test_accuracy:.4f} of {record.n_test:,} test samples, {record.seconds:.0f} s")
    TABLE.write_text(render_table(sorted(CLASSIFIERS_FOLDER.glob("*.safetensors"))))


if __name__ == "__main__":
    main()
