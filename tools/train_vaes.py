"""Train five VAEs for a data set, measure all that lessons 20 to 23 need of them, and bundle the numbers.

    CAPSLAB_DATA=… python tools/train_vaes.py                   # digits and MNIST: 20 minutes on a quiet core
    CAPSLAB_DATA=… python tools/train_vaes.py mnist --seeds 7   # two more
    CAPSLAB_DATA=… python tools/train_vaes.py bundled           # only the bounds of the bundled VAEs

Each seed gives other weights, another order of the images, and another sample of those it is measured on.
What is there already is kept, so that an interrupted run goes on where it stopped; `--again` begins anew.
"""

from __future__ import annotations

import argparse
import time
from typing import Any

import numpy as np

from capslab.lessons import judge_draws, results
from capslab.lessons.vae_runs import COMMAND, NAME, binarised

DATA = ("digits", "mnist")
EPOCHS = {"digits": None, "mnist": 10}  # None: as the recipe has it
LABELS = {"digits": (20, 50, 100, 200, 500, 1000), "mnist": (20, 50, 100, 500, 1000, 5000)}
PENALTIES = (0.01, 0.1, 1.0)  # C of the logistic regression; the validation images choose
KNOWN, ASKED, CHOSEN = 5000, 3000, 1000  # images to learn from, to ask for, to choose by
JUDGED = 2000  # draws, and real images
DRAWS = 50  # of the code, for each image's bounds
BUNDLED = ("vae-digits", "vae-mnist", "vae-mnist-best")
Row = dict[str, Any]


def one(images: Any, seed: int) -> Row:
    """Train a VAE and an autoencoder, and measure."""
    import keras

    from capslab import models
    from capslab.training.fit import fit

    keras.utils.clear_session()
    vae, plain = (kind(images.image_shape, seed=seed) for kind in (models.VAE, models.AutoEncoder))
    began = time.process_time()
    history = fit(vae, images, EPOCHS[images.name], seed=seed, show=False)
    seconds = time.process_time() - began
    fit(plain, images, EPOCHS[images.name], seed=seed, show=False)
    known = images.train.sample(min(KNOWN, len(images.train)), seed=seed)
    asked = images.test.sample(min(ASKED, round(0.8 * len(images.test))), seed=seed)
    return {
        "data": images.name,
        "network": "VAE",
        "seed": seed,
        "epochs": history.epochs * history.passes,
        "seconds": round(seconds, 1),
        "active": vae.active_units(images.test),
        **bounds(vae, images.test, seed),
        **kept(vae, images.train, asked),
        **arithmetic(vae, known, asked),
        "labels": list(LABELS[images.name]),
        "classified": classified(vae, images, asked, seed),
        "caught": caught(vae, asked, seed),
        "draws": draws(vae, plain, images, seed),
    }


def bounds(vae: Any, test: Any, seed: int) -> Row:
    """Upper bounds on −log p(x) of the test images: grey, and made black or white by chance."""
    row = {}
    for name, pixels in (("", test.images), ("binarised", binarised(test.images, seed))):
        bound = vae.elbo(pixels, samples=DRAWS, seed=seed)
        row[name or "negative_elbo"] = nats(-bound.elbo)
        row[f"{name}_importance_weighted".strip("_")] = nats(-bound.importance_weighted_bound)
    return row


def kept(vae: Any, train: Any, asked: Any) -> Row:
    """What reconstructions keep of the variance, beside those of PCA; and how sharp they are."""
    from capslab.lessons.beta_sweep import mean_step

    pca = components(train, vae.latent_dim)
    pixels, decoded = flat(asked), vae.reconstruct(asked)
    everything = ((pixels - flat(train).mean(axis=0)) ** 2).sum()
    rebuilt = {"": decoded.reshape(pixels.shape), "pca_": pca.inverse_transform(pca.transform(pixels))}
    row = {
        f"{of}variance_kept": share(1 - ((pixels - x) ** 2).sum() / everything) for of, x in rebuilt.items()
    }
    return {**row, "sharpness": share(mean_step(decoded) / mean_step(asked.images / np.float32(255)))}


def arithmetic(vae: Any, known: Any, asked: Any) -> Row:
    """Codes moved by differences of mean codes of training images; a classifier says what came out."""
    from capslab.models.pretrained import pretrained

    judge = pretrained(f"dense-{asked.name}")
    of_known, codes = vae.encode(known), vae.encode(asked)
    ink = known.images.reshape(len(known), -1).mean(axis=1)
    bold = of_known[ink >= np.quantile(ink, 0.9)].mean(axis=0) - of_known.mean(axis=0)
    middle = np.stack([of_known[known.labels == k].mean(axis=0) for k in range(len(known.classes))])
    following = (asked.labels + 1) % len(middle)  # the class that each is moved to
    bolder, moved = vae.decode(codes + bold), vae.decode(codes - middle[asked.labels] + middle[following])
    return {
        "moved_taken": share(np.mean(judge.classify(to_bytes(moved)) == following)),
        "bolder_stay": share(np.mean(judge.classify(to_bytes(bolder)) == asked.labels)),
        "bolder_ink": share(bolder.mean() * 255 / asked.images.mean()),
    }


def classified(vae: Any, images: Any, asked: Any, seed: int) -> dict[str, list[float]]:
    """Test accuracies of logistic regression on codes, principal components and pixels, as labels grow."""
    choosing = images.validation.sample(min(CHOSEN, len(images.validation)), seed=seed)
    labels = images.train.labels
    order = np.random.default_rng([seed, 21]).permutation(len(labels))
    per_class = [order[labels[order] == k] for k in range(len(images.classes))]
    pca = components(images.train, vae.latent_dim)
    inputs = {
        "codes": vae.encode,
        "components": lambda part: pca.transform(flat(part)),
        "pixels": flat,
    }
    parts = {name: (of(choosing), of(asked)) for name, of in inputs.items()}
    accuracy: dict[str, list[float]] = {name: [] for name in inputs}
    for count in LABELS[images.name]:
        few = images.train[np.concatenate([places[: count // len(per_class)] for places in per_class])]
        for name, of in inputs.items():
            accuracy[name].append(
                share(best_linear(of(few), few.labels, *parts[name], choosing.labels, asked.labels))
            )
    return accuracy


def best_linear(
    known: np.ndarray,
    labels: np.ndarray,
    choosing: np.ndarray,
    asked: np.ndarray,
    right_choosing: np.ndarray,
    right_asked: np.ndarray,
) -> float:
    """The test accuracy of the logistic regression that is right about most validation images."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    fitted = [
        make_pipeline(StandardScaler(), LogisticRegression(C=C, tol=0.01, max_iter=300)).fit(known, labels)
        for C in PENALTIES
    ]
    best = max(fitted, key=lambda one: one.score(choosing, right_choosing))
    return float(best.score(asked, right_asked))


def caught(vae: Any, asked: Any, seed: int) -> dict[str, float]:
    """The chance that a spoiled image is more surprising than an ordinary one; likewise wrong labels."""
    from sklearn.metrics import roc_auc_score
    from sklearn.neighbors import NearestNeighbors

    from capslab.data import corrupted, noisy_labels

    def area(truth: Any, score: Any) -> float:
        return share(roc_auc_score(truth, score))

    price = -vae.elbo(asked, samples=4, seed=seed).elbo
    usual = asked[: len(asked) // 3]
    areas = {}
    for kind, spoiled in corrupted(usual, seed=seed).items():
        odd = -vae.elbo(spoiled, samples=4, seed=seed).elbo
        areas[kind] = area(np.repeat([0, 1], [len(usual), len(odd)]), np.append(price[: len(usual)], odd))
    labels, wrong = noisy_labels(asked, share=0.05, seed=seed)
    codes = vae.encode(asked)
    near = NearestNeighbors(n_neighbors=16).fit(codes).kneighbors(codes, return_distance=False)[:, 1:]
    areas["wrong labels, by ELBO"] = area(wrong, price)
    areas["wrong labels, by neighbours"] = area(wrong, (labels[near] != labels[:, None]).mean(axis=1))
    return areas


def draws(vae: Any, plain: Any, images: Any, seed: int) -> dict[str, dict[str, float]]:
    """Precision and recall of draws, of controls, and of real images."""
    count = min(JUDGED, len(images.test))
    judge = judge_for(images)
    real = images.train.sample(count, seed=seed).images
    others = images.test.sample(count, seed=seed).images
    codes = plain.encode(images.train.sample(min(KNOWN, len(images.train)), seed=seed))
    rng = np.random.default_rng([seed, 22])
    cloud = rng.multivariate_normal(codes.mean(axis=0), np.cov(codes.T), count)  # as wide, and as tilted
    made = {
        "VAE": to_bytes(vae.sample(count, seed=seed)),
        "autoencoder": to_bytes(plain.decode(cloud)),
        "blurred images": judge_draws.blurred(others),
        "fragments": judge_draws.fragments(others, seed),
        "real images": others,
    }
    return {
        name: {key: share(value) for key, value in vars(judge.quality(real, drawn)).items()}
        for name, drawn in made.items()
    }


_JUDGES: dict[str, judge_draws.Judge] = {}
_COMPONENTS: dict[str, Any] = {}


def judge_for(images: Any) -> judge_draws.Judge:
    """The same judge for all VAEs."""
    if images.name not in _JUDGES:
        _JUDGES[images.name] = judge_draws.train_judge(images)
    return _JUDGES[images.name]


def components(train: Any, dimensions: int) -> Any:
    """Principal components of all training images: as many images as the VAE saw."""
    from sklearn.decomposition import PCA

    if train.name not in _COMPONENTS:
        _COMPONENTS[train.name] = PCA(dimensions, svd_solver="covariance_eigh").fit(flat(train))
    return _COMPONENTS[train.name]


def flat(images: Any) -> np.ndarray:
    """Pixels in 0…1, one row per image."""
    return images.images.reshape(len(images), -1) / np.float32(255)


def to_bytes(decoded: np.ndarray) -> np.ndarray:
    return (255 * decoded).round().astype(np.uint8)


def share(value: Any) -> float:
    return round(float(value), 4)


def nats(values: np.ndarray) -> float:
    return round(float(np.mean(values)), 3)


def measure_bundled(rows: list[Row], keep: Any) -> None:
    """The bounds of the bundled VAEs on all test images."""
    from capslab.data import load
    from capslab.models.pretrained import manifest, pretrained

    for name in BUNDLED:
        facts = manifest()[name]
        key = {"network": name, "sha256": facts["sha256"]}
        if any(key.items() <= row.items() for row in rows):
            continue
        rows[:] = [row for row in rows if row["network"] != name]
        vae = pretrained(name)
        rows.append({"data": facts["dataset"], **key, **bounds(vae, load(facts["dataset"]).test, 0)})
        keep()
        print(rows[-1], flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("data", nargs="*", help="digits, mnist, bundled; all by default")
    parser.add_argument("--seeds", type=int, default=5, help="VAEs for each data set, 5 by default")
    parser.add_argument("--again", action="store_true", help="train what is there already, too")
    arguments = parser.parse_args()
    from capslab.data import load

    there = (results.FOLDER / f"{NAME}.json").exists() and not arguments.again
    rows: list[Row] = results.load(NAME).rows if there else []

    def keep() -> None:
        rows.sort(key=lambda row: (row["data"], row["network"], row.get("seed", 0)))
        results.save(NAME, COMMAND, rows)

    for name in arguments.data or (*DATA, "bundled"):
        if name == "bundled":
            measure_bundled(rows, keep)
            continue
        images = load(name)
        for seed in range(arguments.seeds):
            key = {"data": name, "network": "VAE", "seed": seed}
            if not any(key.items() <= row.items() for row in rows):
                rows.append(one(images, seed))
                print(rows[-1], flush=True)
                keep()


if __name__ == "__main__":
    main()
