"""Decides which columns of a table hold paths, labels and the parts of a split, by what stands in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from capslab.data.class_names import shape_key
from capslab.data.decode_image_file import SUFFIXES
from capslab.data.split_names import split_part

MOST_SAMPLED = 200
MOST_ALL_DIFFERENT = 20  # a column whose values all differ may hold labels in a table as short as this


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# Names without blanks and signs, in lower case. Of several in one table, the first here is taken.
PATH_NAMES = _words(
    "path paths filepath filepaths imagepath imgpath file files filename filenames imagefile imgfile "
    "image images img imagename imgname fname picture photo imageindex imageid imgid fullpath relpath "
    "uri src name id"
)
LABEL_NAMES = _words(
    "label labels class classes classname classlabel labelname category categories categoryname target "
    "targets y truth groundtruth gt breed species dx diagnosis disease findinglabels finding condition "
    "variety cultivar kind type emotion expression digit letter character level grade labelid classid "
    "categoryid tag tags genre style artist individual identity person klasse kategorie clase classe "
    "categoría etiqueta étiquette catégorie klass 类别 标签 类 類別 標籤 種類 ラベル クラス 라벨 분류 класс "
    "метка"
)
# One of several words in a name, as in `animal_class`.
LABEL_WORDS = _words("label labels class category breed species diagnosis target")
PART_NAMES = _words("split subset set dataset partition part fold phase usage stage")
FLAG_NAMES = {"isvalid": "validation", "istrain": "train", "istest": "test", "isval": "validation"}
MISSING = ("", "nan", "<na>", "#n/a", "n/a", "na", "null")


@dataclass(frozen=True)
class TableColumns:
    """Positions of the columns, from 0.

    Attributes
    ----------
    path : the column of paths.
    label : the column of labels, or None.
    one_hot : instead of it, columns of which one is 1 in each row; their names are the classes.
    part : the column that says train, validation or test, or None.
    unused : names of the columns that were not taken.
    """

    path: int
    label: int | None
    one_hot: tuple[int, ...]
    part: int | None
    unused: tuple[str, ...]


def plain(name: str) -> str:
    """A column's name in lower case without blanks and signs: `Image_ID` and `image id` are the same."""
    return re.sub(r"[\W_]", "", shape_key(name).lower())


def is_missing(cell: str) -> bool:
    """Whether a cell is empty, or what pandas and Excel write for an empty one."""
    return cell.strip().lower() in MISSING


def has_header(first: Sequence[str], is_file: Callable[[str], bool]) -> bool:
    """Whether the first row names the columns, which it does unless it names a picture itself."""
    return not any(
        cell.lower().strip().endswith(SUFFIXES)
        or (plain(cell) not in (*PATH_NAMES, *LABEL_NAMES) and bool(cell.strip()) and is_file(cell))
        for cell in first
    )


def choose_columns(
    names: Sequence[str], rows: Sequence[Sequence[str]], is_file: Callable[[str], bool]
) -> TableColumns | None:
    """Which columns to take; None if none of them holds paths.

    The column of paths is the one whose cells are files that exist. The column of labels has a name that
    says so, or is the only other one with few different values.

    Parameters
    ----------
    names : name of each column; "" without a header, or for pandas' column of row numbers.
    rows : the cells, as many in each row as there are names.
    is_file : whether a cell stands for a file that exists.
    """
    columns = [[row[i] for row in rows] for i in range(len(names))]
    path = _path_column(names, columns, is_file)
    if path is None:
        return None
    part = next((i for i in range(len(names)) if i != path and _is_part(names[i], columns[i])), None)
    others = [
        i for i in range(len(names)) if i not in (path, part) and not _is_row_number(names[i], columns[i])
    ]
    label = _label_column(names, columns, others)
    one_hot: tuple[int, ...] = ()
    if label is None and len(others) > 1:
        marks = [i for i in others if all(cell.strip() in ("0", "1", "0.0", "1.0") for cell in columns[i])]
        if len(marks) > 1 and all(sum(float(row[i]) for i in marks) == 1 for row in rows):
            one_hot = tuple(marks)
    unused = tuple(names[i] or f"number {i + 1}" for i in others if i != label and i not in one_hot)
    return TableColumns(path, label, one_hot, part, unused)


def part_of_row(name: str, cell: str) -> str:
    """The part of the split that a cell of the column of parts says; "" if it says nothing."""
    if plain(name) in FLAG_NAMES:
        true = cell.strip().lower() in ("true", "1", "1.0", "yes")
        part = FLAG_NAMES[plain(name)]
        return part if true else ("train" if part != "train" else "test")
    return split_part(cell)


def _path_column(
    names: Sequence[str], columns: list[list[str]], is_file: Callable[[str], bool]
) -> int | None:
    best: tuple[tuple[float, ...], int] | None = None
    for i, (name, cells) in enumerate(zip(names, columns, strict=True)):
        sample = list(dict.fromkeys(cell for cell in cells if not is_missing(cell)))[:MOST_SAMPLED]
        if not sample:
            continue
        known = plain(name) in PATH_NAMES
        spelled = sum(cell.lower().strip().endswith(SUFFIXES) for cell in sample) / len(sample)
        exist = sum(map(is_file, sample)) / len(sample)
        if not (exist or spelled > 0.5 or (known and plain(name) not in ("name", "id"))):
            continue
        rank = PATH_NAMES.index(plain(name)) if known else len(PATH_NAMES)
        score = (
            plain(name) not in LABEL_NAMES and not _is_row_number(name, cells),
            exist >= 0.5,
            spelled > 0.5,
            known,
            len(sample) > 1 or len(cells) == 1,
            exist,
            -rank,
            -i,
        )
        if best is None or score > best[0]:
            best = score, i
    return None if best is None else best[1]


def _label_column(names: Sequence[str], columns: list[list[str]], others: list[int]) -> int | None:
    filled = [i for i in others if not all(map(is_missing, columns[i]))]
    for known in LABEL_NAMES:
        for i in filled:
            if plain(names[i]) == known:
                return i
    few = [i for i in filled if _has_few_values(columns[i])]
    for i in few:
        if {plain(word) for word in re.split(r"[\W_]+", names[i])} & set(LABEL_WORDS):
            return i
    few = [i for i in few if len({cell.strip() for cell in columns[i]}) > 1] or few
    few = [i for i in few if len({cell.strip() for cell in columns[i]}) < len(columns[i])] or few
    if not any(names):  # without a header, the labels are what stands beside the path
        return few[0] if few else None
    return few[0] if len(few) == 1 else None


def _has_few_values(cells: list[str]) -> bool:
    """Whether a column may hold labels: its values recur, and they are not measurements."""
    values = [cell.strip() for cell in cells if not is_missing(cell)]
    different = len(set(values))
    if any(re.fullmatch(r"-?\d+[.,]\d*[1-9]\d*(e[+-]?\d+)?", value, re.IGNORECASE) for value in values):
        return False
    return different <= max(MOST_ALL_DIFFERENT, len(values) // 2)


def _is_part(name: str, cells: list[str]) -> bool:
    """Whether a column says to which part of the split each row belongs, and to more than one."""
    if plain(name) in FLAG_NAMES:
        words = {cell.strip().lower() for cell in cells}
        return len(words) > 1 and words <= {"true", "false", "0", "1", "0.0", "1.0", "yes", "no"}
    parts = {split_part(cell) for cell in cells if not is_missing(cell)}
    return plain(name) in (*PART_NAMES, "") and "" not in parts and len(parts) > 1


def _is_row_number(name: str, cells: list[str]) -> bool:
    """Whether a column is the row numbers that pandas writes without a name."""
    if plain(name) not in ("", "index") and not plain(name).startswith("unnamed"):
        return False
    numbers = [cell.strip() for cell in cells]
    return len(set(numbers)) == len(numbers) > 1 and all(re.fullmatch(r"\d+", cell) for cell in numbers)
