"""Tables of paths as spreadsheets, pandas and competitions save them; advice is followed to the letter."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from pictures import filled, reasons, squares

import capslab as cl
from capslab.errors import ArgumentError, DataUnavailable

FILES = [f"{i}.png" for i in range(8)]
KINDS = ["dog", "cat"] * 4
LABELS = [KINDS.index(kind) ^ 1 for kind in KINDS]  # dog, cat, … as numbers of (cat, dog)


def rows(header: str, *columns, delimiter: str = ",") -> str:
    lines = [header] if header else []
    return "\n".join(lines + [delimiter.join(map(str, row)) for row in zip(*columns, strict=True)]) + "\n"


def table(root: Path, text: str, files=FILES, encoding: str = "utf-8", name: str = "t.csv") -> Path:
    filled(root, squares(*files))
    (root / name).write_bytes(text.encode(encoding))
    return root / name


def here(*names: str) -> list[str]:
    return [name.format(i) for name in names for i in range(8)]


NUMBERS = list(range(8))
TABLES = {
    "path,breed": (rows("path,breed", FILES, KINDS), FILES),
    "image,dx": (rows("image,dx", FILES, KINDS), FILES),
    "filepaths,labels": (rows("filepaths,labels", FILES, KINDS), FILES),
    "filename,class": (rows("filename,class", FILES, KINDS), FILES),
    "Image,Id": (rows("Image,Id", FILES, KINDS), FILES),
    "IN CAPITALS": (rows("FILE_NAME , CLASS ", FILES, KINDS), FILES),
    "pandas' row numbers": (rows(",path,breed", NUMBERS, FILES, KINDS), FILES),
    "row numbers as pandas reads them": (rows("Unnamed: 0,id,kind", NUMBERS, NUMBERS, KINDS), FILES),
    "ids without an ending": (rows("id,label", NUMBERS, KINDS), FILES),
    "ids that lost their zeros": (rows("id,label", NUMBERS, KINDS), here("{:05d}.png")),
    "ids as floats": (rows("id,label", [f"{i}.0" for i in NUMBERS], KINDS), FILES),
    "ids of files in a folder": (rows("id,breed", [f"x{i}" for i in NUMBERS], KINDS), here("train/x{}.png")),
    "another ending": (rows("path,label", here("{}.jpeg"), KINDS), FILES),
    "windows": (rows("path,label", here(r"img\{}.png"), KINDS), here("img/{}.png")),
    "another machine": (rows("path,label", here("/kaggle/pets/img/{}.png"), KINDS), here("img/{}.png")),
    "another windows": (rows("path,label", here(r"C:\me\pets\img\{}.png"), KINDS), here("img/{}.png")),
    "a neighbouring folder": (rows("path,label", here("../input/img/{}.png"), KINDS), here("img/{}.png")),
    "another case": (rows("path,label", here("IMG/{}.PNG"), KINDS), here("img/{}.png")),
    "a url of a file": (rows("path,label", here("file:///data/img/{}.png"), KINDS), here("img/{}.png")),
    "blanks as in addresses": (rows("path,label", here("my%20pets/{}.png"), KINDS), here("my pets/{}.png")),
    "the folder's own name": (rows("path,label", here("t/{}.png"), KINDS), FILES),
    "a class among other words": (rows("fname,n,animal class", FILES, NUMBERS, KINDS), FILES),
    "numbers beside the classes": (rows("Datei,Nr,Tier", FILES, NUMBERS, KINDS), FILES),
    "labels without a name": (rows(",file", KINDS, FILES), FILES),
    "semicolons": (rows("path;label", FILES, KINDS, delimiter=";"), FILES),
    "tabs": (rows("path\tlabel", FILES, KINDS, delimiter="\t"), FILES),
    "bars": (rows("path|label", FILES, KINDS, delimiter="|"), FILES),
    "excel's own line": ("sep=;\n" + rows("path;label", FILES, KINDS, delimiter=";"), FILES),
    "a mark": ("\ufeff" + rows("path,label", FILES, KINDS), FILES),
    "names with commas": (rows("path,label", [f'"a, {i}.png"' for i in NUMBERS], KINDS), here("a, {}.png")),
    "remarks with commas": (rows("path,label,note", FILES, KINDS, ['"big, ""fat"""'] * 8), FILES),
    "decimal commas": (rows("Datei;Größe;Klasse", FILES, ["3,5"] * 8, KINDS, delimiter=";"), FILES),
    "no header": (rows("", FILES, KINDS), FILES),
    "no header, labels first": (rows("", KINDS, FILES), FILES),
    "one of several columns": (rows("image,cat,dog", NUMBERS, [1 - n for n in LABELS], LABELS), FILES),
    "nul": (rows("path,label", FILES, [f"{kind}\0" for kind in KINDS]), FILES),
    "masks beside pictures": (
        rows("image,mask,label", FILES, here("m{}.png"), KINDS), here("{}.png", "m{}.png")
    ),
    "many columns": (
        rows("lesion_id,image_id,dx,dx_type,age", "LLLLLLLL", here("I_{}"), KINDS, "hhhhhhhh", NUMBERS),
        here("part 1/I_{}.png"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_understood_by_what_stands_in_it(tmp_path, name):
    text, files = TABLES[name]
    images = cl.load(table(tmp_path / "t", text, files))
    assert images.classes == ("cat", "dog")
    assert images.labels.tolist() == LABELS
    assert [re.findall(r"\d+", Path(file).stem)[-1].lstrip("0") or "0" for file in images.origin.names] == [
        str(i) for i in NUMBERS
    ]
    assert all((tmp_path / "t" / file).exists() for file in images.origin.paths)


@pytest.mark.parametrize(
    ("encoding", "kinds"),
    [
        ("cp1252", ("Bär", "Löwe")),
        ("gbk", ("狗", "猫")),
        ("utf-16", ("cat", "dog")),
        ("cp1251", ("кот", "пёс")),
    ],
)
def test_tables_in_other_encodings(tmp_path, capsys, encoding, kinds):
    text = rows("path,label", FILES, kinds * 4)
    assert cl.load(table(tmp_path / "t", text, encoding=encoding)).classes == kinds
    assert ("text read as" in capsys.readouterr().out) == (encoding != "utf-16")


def test_one_damaged_line_does_not_make_another_encoding(tmp_path, capsys):
    path = table(tmp_path / "t", rows("path,label,note", FILES * 3, ["狗", "猫"] * 12, ["é"] * 24))
    path.write_bytes(path.read_bytes().replace("é".encode(), b"\xff", 1))
    assert cl.load(path).classes == ("狗", "猫")
    assert "1 damaged line" in capsys.readouterr().out


def test_absolute_paths_inside_the_folder_are_used_and_outside_are_not(tmp_path):
    filled(tmp_path, squares("1.png"))
    paths = [str(tmp_path / "t" / file) for file in FILES[:2]] + [str(tmp_path / "1.png"), "../1.png"]
    images = cl.load(table(tmp_path / "t", rows("path,label", paths, KINDS[:4]), ["0.png", "1.png"]))
    assert images.origin.names.tolist() == ["0.png", "1.png"]
    assert set(reasons(images).values()) == {"its name leads out of the folder, so it is not read"}


def test_the_longest_end_of_a_path_counts(tmp_path):
    paths = ["/x/cat/1.png", "/x/dog/1.png"]
    files = ["dog/1.png", "cat/1.png", "1.png"]
    images = cl.load(table(tmp_path / "t", rows("path,label", paths, ["cat", "dog"]), files))
    assert images.origin.names.tolist() == ["cat/1.png", "dog/1.png"]


def test_a_path_is_never_guessed_between_two_files(tmp_path):
    text = rows("id,label", [1, 2], ["cat", "dog"])
    images = cl.load(table(tmp_path / "a", text, ["x/1.png", "y/1.png", "x/2.png"]))
    assert images.origin.names.tolist() == ["x/2.png"]
    assert reasons(images)["1"] == "it may be x/1.png or y/1.png: give the whole path"
    with pytest.raises(DataUnavailable, match=r"it may be x/1\.png or y/1\.png: give the whole path"):
        cl.load(table(tmp_path / "d", rows("id,label", [1], ["cat"]), ["x/1.png", "y/1.png"]))
    text = rows("path,label", ["/x/cat/1.png", "/x/dog/1.png", "2.png"], ["cat", "dog", "dog"])
    images = cl.load(table(tmp_path / "b", text, ["1.png", "2.png"]))
    assert images.origin.names.tolist() == ["2.png"]
    text = rows("path,label", ["train/1.png", "2.png"], ["cat", "dog"])
    assert len(cl.load(table(tmp_path / "c", text, ["test/1.png", "2.png"]))) == 1


def test_of_several_files_the_one_in_the_folder_of_its_class_or_part_is_meant(tmp_path):
    files = ["cat/1.png", "dog/1.png", "cat/2.png", "dog/2.png"]
    text = rows("file,label", ["1.png", "1.png", "2.png"], ["dog", "cat", "cat"])
    images = cl.load(table(tmp_path / "a", text, files))
    assert images.origin.names.tolist() == ["dog/1.png", "cat/1.png", "cat/2.png"]
    text = rows("id,label,split", [1, 1], ["cat", "dog"], ["test", "train"])
    files = ["train/cat/1.png", "train/dog/1.png", "test/cat/1.png", "test/dog/1.png"]
    images = cl.load(table(tmp_path / "b", text, files))
    assert images.origin.names.tolist() == ["test/cat/1.png", "train/dog/1.png"]


def test_rows_without_a_label_are_left_out_with_a_word(tmp_path, capsys):
    kinds = ["1.0", "", "0.0", "nan", "1.0", "NA", "0.0", " "]  # as pandas writes numbers with gaps
    images = cl.load(table(tmp_path / "t", rows("path,label", FILES, kinds)))
    assert images.classes == ("0", "1")
    assert images.labels.tolist() == [1, 0, 1, 0]
    assert set(reasons(images)) == {"1.png", "3.png", "5.png", "7.png"}
    assert "4 files skipped" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("Split", ["Train", "TRAIN ", "train", "train", "train", "train", "test", "Test"]),
        ("data set", ["training"] * 6 + ["testing"] * 2),
        ("is_test", ["False"] * 6 + ["True"] * 2),
    ],
)
def test_a_column_may_say_the_split(tmp_path, capsys, header, cells):
    text = rows(f"filepaths,labels,{header},remark", FILES, KINDS, cells, "abcdefgh")
    images = cl.load(table(tmp_path / "t", text))
    assert images.test.origin.names.tolist() == ["6.png", "7.png"]
    line = capsys.readouterr().out
    assert f"split from column ‘{header}’" in line
    assert "column ‘remark’ not used" in line


def test_a_column_of_folds_is_no_split(tmp_path, capsys):
    cl.load(table(tmp_path / "t", rows("path,label,fold", FILES, KINDS, NUMBERS)))
    assert "column ‘fold’ not used" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("header", "columns"),
    [
        ("path,size,fur", [["big", "small"] * 4, ["long", "short"] * 4]),
        ("path,caption,weight", [[f"text {i}" for i in range(40)], [i / 7 for i in range(40)]]),
    ],
)
def test_no_labels_are_said_and_the_advice_works(tmp_path, capsys, header, columns):
    n = len(columns[0])
    path = table(tmp_path / "t", rows(header, [FILES[i % 8] for i in range(n)], *columns))
    assert cl.load(path).labels is None
    line = capsys.readouterr().out
    assert "no labels" in line
    assert line.count("\n") == 1
    assert "name it label in the first line" in line
    path.write_text(path.read_text("utf-8").replace(header, f"path,label,{header.split(',')[2]}"), "utf-8")
    assert len(cl.load(path).classes) == len(set(columns[0]))


def test_folders_in_the_paths_are_classes_if_no_column_is(tmp_path, capsys):
    files = [f"{kind}/{file}" for kind, file in zip(KINDS, FILES, strict=True)]
    assert cl.load(table(tmp_path / "a", rows("path", files), files)).classes == ("cat", "dog")
    assert "classes from the folders" in capsys.readouterr().out
    one = [f"img/{file}" for file in FILES]
    assert cl.load(table(tmp_path / "b", rows("path", one), one)).classes == ()
    assert "no labels" in capsys.readouterr().out


def test_a_folder_without_labels_names_the_table_that_may_hold_them(tmp_path, capsys):
    path = table(tmp_path / "t", rows("path,label", FILES, KINDS), name="labels.csv")
    assert cl.load(path.parent).labels is None
    line = capsys.readouterr().out
    found = re.search(r"no labels \(does (.*) hold them\? load that\)", line)
    assert cl.load(path.parent / found[1]).classes == ("cat", "dog")


def test_columns_of_no_paths_are_refused_and_the_advice_works(tmp_path):
    path = table(tmp_path / "t", "height,width\n3.5,11\n", ["cat/1.png"])
    with pytest.raises(ArgumentError, match="columns height, width") as error:
        cl.load(path)
    first, line = re.search(
        r"first line be (\S+) and each other line like (\S+)\.$", str(error.value)
    ).groups()
    path.write_text(f"{first}\n{line}\n", "utf-8")
    assert cl.load(path).classes == ("cat",)


def test_a_table_that_lies_elsewhere_is_refused_and_the_advice_works(tmp_path):
    files = [f"img/{file}" for file in FILES]
    path = table(tmp_path / "t", rows("path,label", files, KINDS), files)
    (tmp_path / "other").mkdir()
    moved = Path(shutil.move(path, tmp_path / "other"))
    with pytest.raises(DataUnavailable, match=r"no such file.*Move the table into the folder that its paths"):
        cl.load(moved)
    assert len(cl.load(shutil.move(moved, path))) == 8


def test_pictures_on_the_web_and_rows_without_a_path_are_said(tmp_path):
    paths = ["0.png", "https://example.org/1.png", ""]
    images = cl.load(table(tmp_path / "t", rows("path,label", paths, ["cat", "dog", "dog"])))
    assert reasons(images) == {
        "https://example.org/1.png": "an address on the web: download the picture first",
        "row 3": "no path in this row",
    }
