"""`load`: the digits offline; MNIST and Fashion-MNIST from a folder, the cache or a mirror."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from capslab.data import idx
from capslab.data.download_datasets import fetch, mirrors_that_answer
from capslab.data.images import Images
from capslab.data.read_own_images import SUFFIXES, load_own_images
from capslab.data.splits import OFFICIAL_PATTERN, TEST, stratified_split
from capslab.data.toys import make_toys
from capslab.errors import ArgumentError, DataUnavailable, Verbatim, unknown_name

TEN_DIGITS = tuple("0123456789")
FILES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)
INSTEAD = 'cl.load("digits") works without a connection.'


@dataclass(frozen=True)
class PublishedDataset:
    """A data set in four IDX files: its classes, the SHA-256 of each decompressed file, and the mirrors."""

    classes: tuple[str, ...]
    sha256: tuple[str, ...]
    mirrors: tuple[str, ...]


PUBLISHED = {
    "mnist": PublishedDataset(
        TEN_DIGITS,
        (
            "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
            "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
            "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
            "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
        ),
        (
            "https://ossci-datasets.s3.amazonaws.com/mnist/",
            "https://storage.googleapis.com/cvdf-datasets/mnist/",
            "https://sagemaker-sample-files.s3.amazonaws.com/datasets/image/MNIST/",
        ),
    ),
    "fashion-mnist": PublishedDataset(
        (
            "T-shirt/top",
            "Trouser",
            "Pullover",
            "Dress",
            "Coat",
            "Sandal",
            "Shirt",
            "Sneaker",
            "Bag",
            "Ankle boot",
        ),
        (
            "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
            "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
            "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
            "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
        ),
        (
            "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
            "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
            "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        ),
    ),
}
DATASETS = ("digits", "toys", *PUBLISHED)

_failed: dict[str, str] = {}  # failed downloads of this process and their errors, so that nobody waits twice


def load(
    name: str | os.PathLike[str] | None = None, *, folder: Any = None, seed: int = 0, size: Any = None
) -> Images:
    """Load a data set, or images of your own.

    Parameters
    ----------
    name : "digits" (8×8, needs no connection), "mnist", "fashion-mnist", "toys" (five kinds of toys seen from
        all sides, 28×28, rendered here in seconds, with `images.poses`: `capslab.data.toys`), or images
        of your own: "data.npy", "data.npz", a folder of pictures with one sub-folder per class, a zip
        of such a folder, a CSV of paths and labels, or a CSV of pixels ("mnist_train.csv", also
        ".csv.gz"). Without a name: MNIST if it is
        on this machine or downloads quickly, otherwise the digits; a printed line says which
        and why. The environment variable CAPSLAB_DATASET sets another default.
    folder : a folder that holds `mnist/train-images-idx3-ubyte.gz` and so on. The
        environment variable CAPSLAB_DATA does the same for all calls.
    seed : decides the split into train, validation and test. The official test sets of
        MNIST and Fashion-MNIST stay the test sets, whatever the seed, and so do the toys of the test.
    size : for your own pictures: pixels of the longer side, or (height, width); None keeps
        their size, up to 32 pixels.

    Returns
    -------
    Images : uint8 `(n, h, w, c)` with labels, class names and a split.

    Raises
    ------
    ArgumentError : the name is unknown, or an array does not hold images.
    DataUnavailable : there is no connection and nothing in the cache, a file is damaged, or
        the cache cannot be written. The message says what to do.

    Source
    ------
    toys: rendered by this package, in the manner of small NORB (LeCun, Huang, Bottou, 2004).
    digits: E. Alpaydin and C. Kaynak, UCI repository, 1998, as scikit-learn ships it.
    MNIST: LeCun, Bottou, Bengio, Haffner, 1998. Fashion-MNIST: Xiao, Rasul, Vollgraf,
    2017 (arXiv 1708.07747).

    Examples
    --------
    >>> load("digits").image_shape
    (8, 8, 1)
    """
    name = name or os.environ.get("CAPSLAB_DATASET") or None
    if name is None:
        return _course_images(folder, seed)
    if isinstance(name, os.PathLike) or (isinstance(name, str) and _is_file_name(name)):
        return load_own_images(Path(name).expanduser(), seed, size)
    if name == "digits":
        return _digits(seed)
    if name == "toys":
        return make_toys(cache_folder(), seed)
    if not isinstance(name, str) or name not in PUBLISHED:
        raise unknown_name(
            "name",
            name,
            DATASETS,
            "Images of your own: a folder, or a file that ends in .npy, .npz, .zip or .csv.",
        )
    return _published(name, folder, seed, patient=True)[0]


def load_other(images: Images, *, seed: int = 0) -> Images:
    """Load a data set other than the one at hand, to see whether a result holds there too.

    Clothes first, then MNIST, then the digits: the first that differs from `images` and can be had.

    Parameters
    ----------
    images : the images that the result was seen on.
    seed : as for `load`.

    Returns
    -------
    Images : with the published split. A printed line says which data set it is, and why not clothes.

    Examples
    --------
    >>> digits = load("digits")
    >>> other = load_other(digits)  # doctest: +ELLIPSIS
    N...
    """
    if not isinstance(images, Images):
        raise ArgumentError("images", "images from cl.load", images, "Try cl.load_other(cl.load()).")
    reasons = []
    for name in ("fashion-mnist", "mnist", "digits"):
        if name == images.name.lower():
            continue
        try:
            other = _digits(seed) if name == "digits" else _published(name, None, seed, patient=False)[0]
        except DataUnavailable as error:
            reasons.append(str(error).removesuffix(INSTEAD).strip())
            continue
        why = f", because {reasons[0]}" if reasons else ""
        print(f"Now with {other.name}, {len(other):,} images{why}")
        return other
    print("No other data set can be had without a connection; these are the same images in another order.")
    return _digits(seed + 1)


def _is_file_name(name: str) -> bool:
    if name.lower().endswith(SUFFIXES):
        return True
    return name not in DATASETS and ("/" in name or os.sep in name or os.path.exists(name))


def _course_images(folder: Any, seed: int) -> Images:
    """MNIST if it is here or downloads quickly, otherwise the digits; prints which and why."""
    try:
        images, source = _published("mnist", folder, seed, patient=False)
    except DataUnavailable as error:
        reason = str(error).removesuffix(INSTEAD).strip()
        print(f"Using the digits, 1,797 images of 8×8, because {reason}")
        print("The lesson runs on them too; where its text describes a picture, it describes MNIST.")
        return _digits(seed)
    print(f"Using MNIST, {len(images):,} images of 28×28: {source}.")
    return images


def _digits(seed: int) -> Images:
    from sklearn.datasets import load_digits

    digits = load_digits()
    pixels = np.rint(digits.images * (255 / 16)).astype(np.uint8)  # (n, 8, 8), from levels 0…16
    return Images(pixels, digits.target, TEN_DIGITS, name="digits", seed=seed)


def cache_folder() -> Path:
    """The folder for downloads: `$CAPSLAB_HOME/data`, or the platform's cache folder."""
    home = os.environ.get("CAPSLAB_HOME")
    if home:
        return Path(home).expanduser() / "data"
    import pooch

    return Path(pooch.os_cache("capslab")) / "data"


def local_source(name: str, folder: Any = None) -> str:
    """Where a data set is on this machine, in words; "" if it would have to be downloaded."""
    if name == "digits":
        return "ships with scikit-learn"
    if name == "toys":
        return "rendered on this machine"
    place, source = _place(name, folder)
    return source if all(_file(place, file) for file in FILES) else ""


def local_test_images(name: str) -> np.ndarray | None:
    """The test images of a published data set, uint8 `(n, h, w, 1)`; None if it is not on this machine."""
    place, _ = _place(name, None)
    path, sha = next((_file(place, file), sha) for file, sha in _checksums(name) if file == FILES[2])
    return None if path is None else idx.read(path, sha)[..., None]


def _place(name: str, folder: Any) -> tuple[Path, str]:
    """The folder that a data set should be in, and a description of it."""
    if folder is not None:
        parent = Path(folder).expanduser()
        if not (parent / name).is_dir():
            raise ArgumentError(
                "folder",
                f"a folder that holds {name}/{FILES[0]}.gz and three more files",
                Verbatim(f"{str(parent)!r}, which has no folder {name!r}"),
                f"Leave `folder` out to download. {INSTEAD}",
            )
        return parent / name, "found in the folder"
    shared = os.environ.get("CAPSLAB_DATA")
    if shared and (Path(shared).expanduser() / name).is_dir():
        return Path(shared).expanduser() / name, "found in CAPSLAB_DATA"
    return cache_folder() / name, "found in the cache"


def _file(place: Path, file: str) -> Path | None:
    """The path of a file, compressed or not; None if there is none."""
    for candidate in (place / f"{file}.gz", place / file):
        if candidate.exists():
            return candidate
    return None


def _published(name: str, folder: Any, seed: int, patient: bool) -> tuple[Images, str]:
    place, source = _place(name, folder)
    if place == cache_folder() / name and folder is None:
        arrays, downloaded = _cached(name, place, patient)
        source = "downloaded and saved for next time" if downloaded else source
    else:
        missing = [file for file in FILES if _file(place, file) is None]
        if missing:
            raise DataUnavailable(f"{place} lacks {', '.join(missing)} (.gz). Copy them there. {INSTEAD}")
        try:
            arrays = [idx.read(_file(place, f) or place, sha) for f, sha in _checksums(name)]
        except DataUnavailable as error:
            raise DataUnavailable(f"{error} Copy it to {place} again. {INSTEAD}") from None
    return _joined(name, arrays, seed), source


def _checksums(name: str) -> list[tuple[str, str]]:
    return list(zip(FILES, PUBLISHED[name].sha256, strict=True))


def _cached(name: str, place: Path, patient: bool) -> tuple[list[np.ndarray], bool]:
    """The four arrays from the cache, and whether files that were missing or damaged had to be downloaded."""
    arrays: dict[str, np.ndarray] = {}
    missing: list[tuple[str, str]] = []
    for file, sha in _checksums(name):
        path = _file(place, file)
        try:
            if path is None:
                missing.append((file, sha))
            else:
                arrays[file] = idx.read(path, sha)
        except idx.DamagedFile as error:
            print(f"{error} It is deleted from the cache and downloaded again.")
            _delete(path)
            missing.append((file, sha))
    if missing:
        _check_download_allowed(name, patient)
        try:
            mirrors = mirrors_that_answer(
                PUBLISHED[name].mirrors, f"{FILES[3]}.gz", seconds=15 if patient else 4
            )
            for file, sha in missing:
                path = fetch(mirrors, f"{file}.gz", place, sha, seconds=600 if patient else 20)
                arrays[file] = idx.read(path, sha)
        except DataUnavailable as error:
            _failed[name] = str(error)
            raise DataUnavailable(f"{name} is not in the cache, and {error} {INSTEAD}") from None
        _failed.pop(name, None)
    return [arrays[file] for file in FILES], bool(missing)


def _check_download_allowed(name: str, patient: bool) -> None:
    if os.environ.get("CAPSLAB_OFFLINE", "0") not in ("", "0"):
        raise DataUnavailable(f"{name} is not in the cache, and CAPSLAB_OFFLINE forbids downloads. {INSTEAD}")
    if not patient and name in _failed:
        raise DataUnavailable(
            f"{name} is not in the cache, and a download failed a moment ago; cl.load({name!r}) tries again."
        )


def _delete(path: Path | None) -> None:
    try:
        if path is not None:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise DataUnavailable(
            f"{path} is damaged and cannot be deleted ({error.strerror}). Delete it by hand, or set "
            "CAPSLAB_HOME to a folder of yours."
        ) from None


def _joined(name: str, arrays: list[np.ndarray], seed: int) -> Images:
    """Training and test files joined into one `Images`; the official test set becomes its test part."""
    images, labels, test_images, test_labels = arrays
    if images.ndim != 3 or images.shape[1:] != test_images.shape[1:]:
        raise idx.DamagedFile(
            f"{name}: images of {images.shape} and {test_images.shape} have different sizes."
        )
    for pixels, numbers in ((images, labels), (test_images, test_labels)):
        if numbers.shape != (len(pixels),):
            raise idx.DamagedFile(
                f"{name}: {len(pixels):,} images come with labels of shape {numbers.shape}."
            )
    parts = np.concatenate(
        [
            stratified_split(labels, len(labels), seed, OFFICIAL_PATTERN),
            np.full(len(test_labels), TEST, np.uint8),
        ]
    )
    pixels = np.concatenate([images, test_images])[..., None]  # (n, h, w, 1)
    numbers = np.concatenate([labels, test_labels]).astype(np.int64)  # (n,)
    return Images(pixels, numbers, PUBLISHED[name].classes, name, seed, parts)
