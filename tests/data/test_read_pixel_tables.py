"""Tables of pixels in every form that people have."""

from __future__ import annotations

import gzip

import numpy as np
import pytest

import capslab as cl
from capslab.data.pixel_columns import find_columns
from capslab.data.read_pixel_tables import is_pixel_table
from capslab.errors import ArgumentError, DataUnavailable

DIGITS = cl.load("digits")[:60]
ROWS = DIGITS.images.reshape(60, 64)
LABELS = DIGITS.labels
NAMES = [f"pixel{i}" for i in range(64)]


def joined(cells, delimiter=","):
    return delimiter.join(map(str, cells))


def table(rows=ROWS, labels=LABELS, names=("label", *NAMES), delimiter=",", last=False):
    lines = [
        joined([*row, label] if last else [label, *row], delimiter)
        for row, label in zip(rows, labels, strict=True)
    ]
    if names:
        names = [*names[1:], names[0]] if last else names
        lines.insert(0, joined(names, delimiter))
    return "\n".join(lines) + "\n"


def without_labels(names=NAMES):
    return "\n".join([joined(names)] * bool(names) + [joined(row) for row in ROWS])


def in_cells(cell, between=" "):
    """All pixels of an image in one cell."""
    rows = [f"{k}," + cell.format(joined(row, between)) for k, row in zip(LABELS, ROWS, strict=True)]
    return "\n".join(["label,pixels", *rows])


def load(tmp_path, text, name="t.csv", encoding="utf-8"):
    content = text.encode(encoding)
    (tmp_path / name).write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    return cl.load(tmp_path / name)


@pytest.mark.parametrize(
    ("text", "name", "encoding"),
    [
        (table(), "t.csv", "utf-8"),
        (table(), "t.csv.gz", "utf-8"),
        (table(), "t.csv", "utf-8-sig"),
        (table(), "t.csv", "utf-16"),
        (table().replace("\n", "\r\n"), "t.csv", "utf-8"),
        (table(last=True), "t.csv", "utf-8"),
        (table(names=()), "t.csv", "utf-8"),
        (table(names=(), last=True), "t.csv", "utf-8"),
        (table(names=("label", *(f"{i}x{j}" for i in range(1, 9) for j in range(1, 9)))), "t.csv", "utf-8"),
        (table(names=("label", *range(64))), "t.csv", "utf-8"),
        (table(names=range(65)), "t.csv", "utf-8"),
        (table(names=[f"V{i}" for i in range(1, 66)]), "t.csv", "utf-8"),
        (table(delimiter=";"), "t.csv", "utf-8"),
        (table(delimiter="\t"), "t.tsv", "utf-8"),
        (table(names=(), delimiter=" "), "t.csv", "utf-8"),
        (table(ROWS / 255), "t.csv", "utf-8"),
        (table(np.round(ROWS / 255, 6), delimiter=";").replace(".", ","), "t.csv", "utf-8"),
        (table(np.rint(ROWS / 255 * 16).astype(int)), "t.csv", "utf-8"),
        (table(np.rint(ROWS / 255 * 65535).astype(int)), "t.csv", "utf-8"),
        (table(labels=LABELS.astype(float)), "t.csv", "utf-8"),
        ('"' + table().strip().replace(",", '","').replace("\n", '"\n"') + '"', "t.csv", "utf-8"),
        (in_cells("{}"), "t.csv", "utf-8"),
        (in_cells('"[{}]"', ", "), "t.csv", "utf-8"),
    ],
)
def test_every_form_of_the_same_table_gives_the_same_images(tmp_path, text, name, encoding):
    images = load(tmp_path, text, name, encoding)
    assert images.name == "t"
    assert abs(images.images.astype(int) - DIGITS.images).max() <= 1
    assert (images.labels == LABELS).all()
    assert images.classes == tuple("0123456789")


@pytest.mark.parametrize("text", [without_labels(), without_labels(()), without_labels(range(64))])
def test_without_labels_that_is_said(tmp_path, capsys, text):
    assert (load(tmp_path, text).images == DIGITS.images).all()
    assert capsys.readouterr().out == "t: 60 images of 8×8, grey; no labels.\n"


def test_other_columns_are_said_and_an_index_is_not(tmp_path, capsys):
    words = [f"class {label}" for label in LABELS]
    lines = [joined([i, "x", word, *row]) for i, (word, row) in enumerate(zip(words, ROWS, strict=True))]
    images = load(tmp_path, joined(["", "origin", "label", *NAMES]) + "\n" + "\n".join(lines))
    assert [images.classes[k] for k in images.labels] == words
    assert capsys.readouterr().out == "t: 60 images of 8×8, grey; not used: origin.\n"


def test_a_column_of_parts_is_the_split(tmp_path):
    usages = ["Training"] * 30 + ["PublicTest"] * 10 + ["PrivateTest"] * 20
    lines = [f"{k},{joined(row, ' ')},{use}" for k, row, use in zip(LABELS, ROWS, usages, strict=True)]
    images = load(tmp_path, "emotion,pixels,Usage\n" + "\n".join(lines))
    assert images.counts == {"train": 30, "validation": 10, "test": 20}
    assert (images.test.images == DIGITS.images[40:]).all()
    assert (images.validation.labels == LABELS[30:40]).all()


def test_rows_without_a_label_are_left_out_and_that_is_said(tmp_path, capsys):
    labels = [label if i % 4 else "" for i, label in enumerate(LABELS)]
    images = load(tmp_path, table(labels=labels))
    assert (images.images == DIGITS.images[np.arange(60) % 4 > 0]).all()
    assert "15 rows without a label left out" in capsys.readouterr().out


def test_colour_in_either_order_is_read(tmp_path):
    colour = np.concatenate([DIGITS.images, DIGITS.images // 2, 255 - DIGITS.images], axis=-1)
    by_pixel, by_plane = colour.reshape(60, -1), np.moveaxis(colour, -1, 1).reshape(60, -1)
    for rows in (by_pixel, by_plane):
        images = load(
            tmp_path, table(rows, names=("label", *(f"pixel{i:04}" for i in range(192))), last=True)
        )
        assert (images.images == colour).all()


def test_names_of_columns_tell_the_size(tmp_path):
    names = [f"{i}x{j}" for i in range(1, 5) for j in range(1, 17)]
    assert load(tmp_path, table(names=("label", *names))).image_shape == (4, 16, 1)


def test_a_size_that_nothing_tells_is_refused_with_advice_that_works(tmp_path):
    rows = np.resize(ROWS, (60, 120))
    with pytest.raises(ArgumentError, match="120 pixels per row, which is not a square") as caught:
        load(tmp_path, table(rows, names=("label", *(f"pixel{i}" for i in range(120)))))
    code = str(caught.value).partition("pixels = ")[2].partition(", then ")[0]
    pixels = eval(code, {"np": np, "height": 10, "width": 12})
    np.savez(tmp_path / "data.npz", images=pixels)
    assert (cl.load(tmp_path / "data.npz").images.reshape(60, 120) == rows).all()


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [("\n7,", "\n7,3,", 9), ("\n7,0,", "\n7,x,", 9), ("\n7,0,", "\n7,,", 9), ("\n0,0,", "\n0,nan?,", 2)],
)
def test_a_damaged_row_is_named(tmp_path, old, new, line):
    with pytest.raises(DataUnavailable, match=rf"t\.csv is damaged in line {line}: "):
        load(tmp_path, table().replace(old, new, 1))


def test_cells_of_unequal_length_a_cut_gz_and_names_alone_are_said(tmp_path):
    with pytest.raises(DataUnavailable, match=r"damaged in line 3: its cell holds 63 pixels instead of 64"):
        load(tmp_path, f"label,pixels\n1,{joined(ROWS[0], ' ')}\n2,{joined(ROWS[1][:63], ' ')}\n")
    (tmp_path / "c.csv.gz").write_bytes(gzip.compress(table().encode())[:-300])
    with pytest.raises(DataUnavailable, match="cannot be read as a table of pixels"):
        cl.load(tmp_path / "c.csv.gz")
    with pytest.raises(DataUnavailable, match="no row of pixels"):
        load(tmp_path, joined(["label", *NAMES]) + "\n")


@pytest.mark.parametrize(
    "text",
    [
        "path,label\na.png,cat\n",
        "image_id," + joined(f"attr{i}" for i in range(40)) + "\n1.jpg," + joined([1] * 40) + "\n",
        "a,b,c,d,species\n1,2,3,4,setosa\n",
        "",
    ],
)
def test_other_tables_are_not_taken_for_pixels(tmp_path, text):
    (tmp_path / "t.csv").write_text(text)
    assert not is_pixel_table(tmp_path / "t.csv")
    assert not is_pixel_table(tmp_path / "nowhere.csv")


def test_a_size_is_refused_as_for_arrays(tmp_path):
    (tmp_path / "t.csv").write_text(table())
    with pytest.raises(ArgumentError, match="an array keeps its size"):
        cl.load(tmp_path / "t.csv", size=28)


def test_mnists_own_columns_are_found():
    columns = find_columns(
        ["label," + joined(f"{i}x{j}" for i in range(1, 29) for j in range(1, 29)), "5" + ",0" * 784]
    )
    assert (columns.label, columns.first, columns.stop) == (0, 1, 785)
    assert (columns.height, columns.width) == (28, 28)
