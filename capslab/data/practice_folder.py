"""A folder of pictures to practise data cleaning on, with the problems that real folders have."""

from __future__ import annotations

import io
import tempfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from capslab.data.class_names import file_names
from capslab.data.images import Images
from capslab.errors import ArgumentError, Verbatim, is_whole


def make_practice_folder(images: Images, n: int = 1500, folder: Any = None, seed: int = 0) -> Path:
    """Write images as picture files, with one sub-folder per class and a few problems added on purpose.

    There are copies under other names, a class with a tenth of its images, files that are no pictures,
    wrong labels, and blank images. How many of each? `images.report()` finds out.

    Parameters
    ----------
    images : labelled, with at least 100 images.
    n : number of images to write, at least 100; all of them if there are fewer.
    folder : a folder that does not exist yet, or None for a new temporary one.
    seed : decides which images are chosen, and which of them get a problem.

    Returns
    -------
    The path of the folder.
    """
    from PIL import Image

    images.require_classes("the practice folder")
    if len(images) < 100:
        raise ArgumentError("images", "at least 100", Verbatim(f"{len(images)}"), "Take cl.load().")
    if not is_whole(n) or n < 100:
        raise ArgumentError("n", "a whole number from 100", n, "Leave it out.")
    if folder is None:
        root = Path(tempfile.mkdtemp(prefix="capslab-"), "pictures")
    else:
        root = Path(folder)
        if root.exists():
            raise ArgumentError("folder", "a folder that does not exist yet", str(root), "Choose another.")
    rng = np.random.default_rng(seed)
    chosen = images.sample(min(n, len(images)), seed=seed)
    labels = np.asarray(chosen.labels)
    rare = np.flatnonzero(labels == labels.max())
    chosen = chosen[np.setdiff1d(np.arange(len(chosen)), rare[len(rare) // 10 + 1 :])]
    labels = np.asarray(chosen.labels)
    if len(chosen) <= 80:
        step = "Take more images, or images of more classes."
        raise ArgumentError(
            "images", "enough to leave 81 after thinning out a class", Verbatim(f"{len(chosen)}"), step
        )
    folders = file_names([f"class {name}".replace("/", " or ") for name in chosen.classes])
    pictures = [Image.fromarray(p[..., 0] if p.shape[2] == 1 else p[..., :3]) for p in chosen.images]
    shuffled = rng.permutation(len(chosen))
    mislabelled, copied, nearly_copied, inverted = np.split(shuffled[:78], (20, 50, 70))
    for i, picture in enumerate(pictures):
        label = int(labels[i])
        if i in mislabelled:
            label = int(rng.choice(np.setdiff1d(labels, [label])))
        place = root / folders[label]
        place.mkdir(parents=True, exist_ok=True)
        if i in inverted:
            picture = Image.eval(picture, lambda level: 255 - level)
        picture.save(place / f"{i:04d}.png")
        if i in copied:
            picture.save(place / f"{i:04d} (1).png")
        if i in nearly_copied:
            picture.save(place / f"{i:04d} small.jpg", quality=90)
    _add_problem_files(root, pictures[int(shuffled[80])])
    return root


def _add_problem_files(root: Path, picture: Any) -> None:
    """Add damaged files, files that are no pictures, and pictures in unusual formats."""
    from PIL import Image

    place = sorted(root.iterdir())[0]
    size = picture.size
    for i, level in enumerate((0, 0, 255)):
        Image.new("L", size, level).save(place / f"empty {i}.png")
    content = io.BytesIO()
    picture.save(content, "PNG")
    (place / "half a download.png").write_bytes(content.getvalue()[: len(content.getvalue()) * 2 // 3])
    (place / "really a text.png").write_text("This is not a picture.\n", "utf-8")
    (place / "nothing.png").write_bytes(b"")
    (root / "notes.txt").write_text("Taken in spring.\n", "utf-8")
    Image.new("L", (1, 1), 9).save(place / "dot.png")
    (place / "poster.png").write_bytes(_enormous(20_000))
    picture.convert("RGBA").resize((size[0] * 3, size[1] * 3)).save(place / "large.png")
    levels = np.asarray(picture.convert("L")).astype(np.uint16) * 257
    Image.fromarray(levels).save(place / "scanner.png")
    rotated = Image.Exif()
    rotated[0x0112] = 6
    picture.convert("L").rotate(90).save(place / "phone.jpg", exif=rotated, quality=95)
    picture.save(place / "moving.gif", save_all=True, append_images=[Image.new(picture.mode, size)])


def _enormous(side: int) -> bytes:
    """A valid black PNG of side × side pixels in a few dozen kilobytes."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        check = zlib.crc32(kind + content).to_bytes(4, "big")
        return len(content).to_bytes(4, "big") + kind + content + check

    header = side.to_bytes(4, "big") * 2 + bytes([1, 0, 0, 0, 0])  # one bit per pixel, grey
    row = bytes(1 + -(-side // 8))
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(row * 100) for _ in range(side // 100)) + packer.flush()
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
