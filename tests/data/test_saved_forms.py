"""The same pictures, however saved, give the same images, or a printed line says what was changed."""

from __future__ import annotations

import csv
import io
import tempfile
from contextlib import redirect_stdout
from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pictures import filled, squares, zipped
from PIL import Image

import capslab as cl
from capslab.data.choose_table_columns import is_missing
from capslab.data.class_names import clean_name, distinct_names
from capslab.data.housekeeping_files import left_out
from capslab.data.split_names import split_part

SEVERAL_OF_EACH = 2


def listed(root: Path, pictures: dict[str, str], content: dict[str, bytes], codec: str = "utf-8") -> Path:
    """A table of pictures `{file: class}` beside them."""
    filled(root, content)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["path", "label"])
    writer.writerows(pictures.items())
    (root / "list.csv").write_bytes(text.getvalue().encode(codec))
    return root / "list.csv"


def loaded(path: Path) -> tuple[dict[bytes, str], str]:
    """The class of each picture, by its pixels, and what was printed."""
    out = io.StringIO()
    with redirect_stdout(out):
        images = cl.load(path)
    labels = ["" if images.labels is None else images.classes[n] for n in images.labels]
    return {
        image.tobytes(): label for image, label in zip(images.images, labels, strict=True)
    }, out.getvalue()


def can_be_a_folder(name: str) -> bool:
    """Whether a folder may have this name, and nobody means anything special by it."""
    return (
        name not in ("", ".", "..")
        and not set(name) & {"/", "\0", "\\"}
        and len(name.encode("utf-8", "ignore")) < 100
        and not left_out((name,))[0]
        and not split_part(name)
    )


NAMES = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8),
    st.text(
        st.sampled_from("aAbéÉe\u0301 \u200b\u200d\ufeffаА猫ー\t\r\n\x07\u00a0\u202e-–ﬁf"),
        min_size=1,
        max_size=4,
    ),
).filter(can_be_a_folder)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(NAMES, min_size=2, max_size=4, unique=True))
@example(["cat", "Cat"])
@example(["é", "e\u0301"])
@example(["0", "0\r"])
def test_any_names_give_the_same_classes_from_a_folder_a_zip_a_table_and_an_array(names):
    files = squares(*[f"{name}/{i}.png" for name in names for i in range(SEVERAL_OF_EACH)], side=5)
    flat = {f"{i}.png": content for i, content in enumerate(files.values())}
    labels = [name.rpartition("/")[0] for name in files]
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        forms = [
            loaded(filled(root / "list", files)),
            loaded(zipped(root / "list.zip", files)),
        ]
        if all(clean_name(name) and not is_missing(name) for name in names):  # an empty cell has no class
            forms += [loaded(listed(root / "table", dict(zip(flat, labels, strict=True)), flat))]
        pixels = [np.asarray(Image.open(io.BytesIO(content))) for content in files.values()]
        numbers = [names.index(label) for label in labels]
        np.savez(root / "list.npz", images=np.stack(pixels), labels=numbers, classes=np.array(names))
        forms += [loaded(root / "list.npz")]
    for classes, line in forms:
        assert classes == forms[0][0]
        assert all(note in line for note in distinct_names(sorted(names)).notes)


CODE_PAGES = ("gbk", "cp932", "euc-kr", "big5", "cp437", "cp850", "cp1252", "cp1251", "utf-8")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(CODE_PAGES), st.data())
def test_a_zip_in_any_code_page_gives_the_same_classes_or_says_how_it_was_read(codec, data):
    letters = st.characters(codec=codec, categories=["L", "N"], exclude_characters="\u3164")
    names = data.draw(st.lists(st.text(letters, min_size=1, max_size=5), min_size=2, max_size=4, unique=True))
    names = [name for name in names if can_be_a_folder(name)] or ["cat"]
    files = squares(*[f"{name}/{i}.png" for name in names for i in range(SEVERAL_OF_EACH)], side=5)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        expected, _ = loaded(filled(root / "list", files))
        classes, line = loaded(zipped(root / "list.zip", files, codec))
    assert len(classes) == len(expected)
    assert classes == expected or "file names read as" in line


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(NAMES, min_size=1, max_size=4, unique_by=lambda name: clean_name(name).casefold()))
@example([" a", "%41", '"b"', "~", "c\n"])
def test_pictures_of_any_name_are_read_from_every_form(names):
    files = squares(*[f"cat/{name}.png" for name in names], side=5)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        forms = [
            loaded(filled(root / "list", files)),
            loaded(zipped(root / "list.zip", files)),
            loaded(listed(root / "table", dict.fromkeys(files, "cat"), files)),
        ]
    for classes, line in forms:
        assert classes == forms[0][0] or "skipped" in line
    assert len(forms[0][0]) == len(names)
