"""Your own pictures: folders, tables and arrays, every size, mode and format."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import PIL
import pytest
from pictures import GREY, encoded, filled, packed, reasons, seen, squares
from PIL import Image

import capslab as cl
from capslab.data import find_images, make_practice_folder, read_own_images
from capslab.data.decode_image_file import decode, image_size
from capslab.errors import ArgumentError, DataUnavailable

# --- folders


def test_subfolders_are_classes(tmp_path, capsys):
    files = squares("cat/1.png", "cat/2.png", "dog/deep/3.png")
    images = cl.load(filled(tmp_path / "animals", files))
    assert images.name == "animals"
    assert images.classes == ("cat", "dog")
    assert images.labels.tolist() == [0, 0, 1]
    assert images.origin.names.tolist() == list(files)
    assert (images.images[0, ..., 0] == np.asarray(Image.open(io.BytesIO(files["cat/1.png"])))).all()
    assert capsys.readouterr().out == "animals: 3 images of 12×12, grey.\n"


def test_without_subfolders_there_are_no_labels(tmp_path):
    images = cl.load(str(filled(tmp_path / "all", squares("1.png", "2.png"))))
    assert images.labels is None


def test_one_folder_around_everything_says_nothing(tmp_path):
    files = squares("animals/cat/1.png", "animals/dog/2.png")
    assert cl.load(filled(tmp_path / "a", files)).classes == ("cat", "dog")
    assert cl.load(filled(tmp_path / "b", squares("only/1.png", "only/2.png"))).classes == ("only",)


def test_a_picture_beside_the_classes_has_none(tmp_path):
    images = cl.load(filled(tmp_path / "a", squares("cat/1.png", "dog/2.png", "3.png")))
    assert len(images) == 2
    assert reasons(images) == {"3.png": "no class, although other files have one"}


def test_folders_of_a_split_are_a_split(tmp_path):
    names = [f"train/{c}/{i}.png" for c in ("cat", "dog") for i in range(16)]
    images = cl.load(filled(tmp_path / "a", squares(*names, "test/cat/1.png", "test/dog/2.png")))
    assert images.classes == ("cat", "dog")
    assert images.counts == {"train": 28, "validation": 4, "test": 2}
    assert images.test.origin.names.tolist() == ["test/cat/1.png", "test/dog/2.png"]


def test_the_origin_follows_every_selection(tmp_path):
    images = cl.load(filled(tmp_path / "a", squares(*[f"{i}.png" for i in range(9)])))
    assert images[[3, 1]].origin.names.tolist() == ["3.png", "1.png"]
    assert images[2:4].origin.names.tolist() == ["2.png", "3.png"]


# --- size and colour


def test_small_pictures_of_one_size_stay_as_they_are(tmp_path):
    assert cl.load(filled(tmp_path / "a", squares("1.png", side=20))).image_shape == (20, 20, 1)


def test_large_and_mixed_sizes_are_fitted_and_that_is_said(tmp_path, capsys):
    files = {**squares("1.png", side=100), **squares("2.png", side=10)}
    images = cl.load(filled(tmp_path / "a", files))
    assert images.image_shape == (32, 32, 1)
    assert "2 resized to 32×32" in capsys.readouterr().out
    assert images.origin.sizes.tolist() == [[100, 100], [10, 10]]


@pytest.mark.parametrize(
    ("size", "shape"), [(None, (32, 16)), (28, (28, 14)), (64, (64, 32)), ((20, 24), (20, 24))]
)
def test_a_common_aspect_is_kept(tmp_path, size, shape):
    files = {"1.png": encoded(np.zeros((80, 40), np.uint8)), "2.png": encoded(np.ones((60, 30), np.uint8))}
    assert cl.load(filled(tmp_path / "a", files), size=size).image_shape[:2] == shape


def test_another_aspect_is_filled_with_the_colour_of_the_border():
    pixels = np.full((10, 20), 200, np.uint8)
    pixels[4:6, 8:12] = 0
    found = decode(io.BytesIO(encoded(pixels)), (20, 20), print)
    assert (found[:5] == 200).all()
    assert (found[-5:] == 200).all()
    assert (found[5:15] == pixels).all()


@pytest.mark.parametrize("size", [0, 3, 2000, 2.5, True, "28", (28,) * 3])
def test_a_size_that_is_none_is_refused(tmp_path, size):
    with pytest.raises(ArgumentError, match=r"`size` should be pixels of the longer side.*Try size=28"):
        cl.load(filled(tmp_path / "a", squares("1.png")), size=size)


def test_an_array_has_the_size_it_has(tmp_path):
    np.save(tmp_path / "a.npy", np.zeros((3, 8, 8), np.uint8))
    with pytest.raises(ArgumentError, match="an array keeps its size"):
        cl.load(tmp_path / "a.npy", size=28)


def test_colour_is_kept_and_grey_among_it_becomes_colour(tmp_path, capsys):
    red = np.zeros((12, 12, 3), np.uint8)
    red[..., 0] = 255
    images = cl.load(filled(tmp_path / "a", {"1.png": encoded(red), "2.png": encoded(GREY)}))
    assert images.image_shape == (12, 12, 3)
    assert images.images[0, 0, 0].tolist() == [255, 0, 0]
    assert (images.images[1] == GREY[..., None]).all()
    assert "1 grey among colour pictures" in capsys.readouterr().out


def test_colour_files_without_colour_are_grey(tmp_path):
    assert cl.load(filled(tmp_path / "a", {"1.png": encoded(GREY, mode="RGB")})).image_shape[2] == 1


# --- kinds of pixels: each mode gives what an eye would see


@pytest.mark.parametrize(
    ("kind", "how"),
    [("PNG", {}), ("BMP", {}), ("GIF", {}), ("TIFF", {}), ("WEBP", {"lossless": True}), ("PPM", {})],
)
def test_every_format_gives_the_same_grey(kind, how):
    found, notes = seen(encoded(GREY, kind, **how))
    assert notes == []
    assert (found.reshape(12, 12, -1) == GREY[..., None]).all()


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "LA", "RGBA", "PA", "CMYK", "YCbCr"])
def test_every_mode_is_read(mode):
    black_and_white = np.where(GREY > 127, 255, 0).astype(np.uint8)
    kind = "TIFF" if mode in ("CMYK", "YCbCr", "PA") else "PNG"
    if mode == "PA":
        kind = "PNG"
    picture = Image.fromarray(black_and_white)
    buffer = io.BytesIO()
    (picture.convert("LA").convert("PA") if mode == "PA" else picture.convert(mode)).convert(
        "RGBA" if mode == "PA" else mode
    ).save(buffer, kind)
    if mode == "YCbCr" and int(PIL.__version__.split(".")[0]) < 13:
        pytest.skip("this Pillow cannot read back the TIFF files of this mode that it writes")
    found, notes = seen(buffer.getvalue())
    assert (abs(found.reshape(12, 12, -1).astype(int) - black_and_white[..., None]) <= 2).all()
    assert notes == (["print colours (CMYK) converted"] if mode == "CMYK" else [])


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
@pytest.mark.parametrize(("factor", "white"), [(4, 1023), (16, 4095), (257, 65535)])
def test_more_than_eight_bits_are_scaled_for_all_pictures_together(tmp_path, capsys, kind, factor, white):
    deep = np.stack([GREY // 4, GREY]).astype(np.uint16) * factor
    files = {f"{i}.{kind.lower()}": encoded(pixels, kind) for i, pixels in enumerate(deep)}
    images = cl.load(filled(tmp_path / "p", files))
    expected = np.rint(deep / white * 255)
    assert (images.images[..., 0] == expected).all()
    assert f"0…{white}" in capsys.readouterr().out


def test_fractions_and_any_other_range_are_scaled(tmp_path):
    pictures = filled(tmp_path / "p", {"1.tif": encoded(GREY.astype(np.float32) / 255, "TIFF")})
    assert (cl.load(pictures).images[0, ..., 0] == GREY).all()
    ramp = np.linspace(-700, 7000, 144).astype(np.float32).reshape(12, 12)
    wide = cl.load(filled(tmp_path / "w", {"1.tif": encoded(ramp - 3000, "TIFF")})).images
    assert (wide.min(), wide.max()) == (0, 255)
    assert (np.diff(wide.ravel().astype(int)) >= 0).all()


def test_a_deep_tiff_in_which_zero_is_white_is_read_so(tmp_path):
    deep = GREY.astype(np.uint16) * 257
    content = encoded(deep, "TIFF")
    black_is_zero = b"\x06\x01\x03\0\1\0\0\0\1\0"  # tag 262, one short, 1
    assert content.count(black_is_zero) == 1
    white_is_zero = content.replace(black_is_zero, black_is_zero[:-2] + b"\0\0")
    images = cl.load(filled(tmp_path / "p", {"1.tif": white_is_zero}))
    assert (images.images[0, ..., 0] == 255 - GREY).all()


def test_inverted_pictures_say_so_in_their_origin(tmp_path):
    images = cl.load(filled(tmp_path / "p", squares("1.png", "2.png")))
    assert (images.inverted().images == 255 - images.images).all()
    assert any("inverted" in note for note in images.inverted().origin.notes)
    assert images.inverted().origin.names.tolist() == ["1.png", "2.png"]


def test_deep_pictures_are_resized_within_their_range(tmp_path, capsys):
    edge = np.zeros((80, 80), np.uint16)
    edge[:, 40:] = 4095
    images = cl.load(filled(tmp_path / "p", {"1.png": encoded(edge)}), size=20)
    assert (images.images.min(), images.images.max()) == (0, 255)
    assert "clipped" not in capsys.readouterr().out


def test_a_picture_that_is_not_all_numbers_is_left_out(tmp_path):
    hole = GREY.astype(np.float32)
    hole[3, 3] = np.nan
    root = filled(tmp_path / "p", {"1.tif": encoded(hole, "TIFF"), "2.png": encoded(GREY)})
    assert "NaN" in reasons(cl.load(root))["1.tif"]


@pytest.mark.parametrize("white", [1, 16])
def test_files_whose_white_is_not_255_are_scaled(tmp_path, white):
    levels = np.stack([np.resize(np.arange(white + 1), (8, 8)), np.zeros((8, 8))]).astype(np.uint8)
    files = {f"{i}.png": encoded(pixels) for i, pixels in enumerate(levels)}
    images = cl.load(filled(tmp_path / "p", files))
    assert (images.images[..., 0] == np.rint(levels * (255 / white))).all()
    assert any(f"0…{white}" in note for note in images.origin.notes)


@pytest.mark.parametrize(("ink", "ground"), [(0, "white"), (255, "black")])
def test_what_shows_through_lies_over_what_it_stands_out_from(ink, ground):
    pixels = np.zeros((12, 12, 4), np.uint8)
    pixels[4:8, 4:8] = (ink, ink, ink, 255)
    found, notes = seen(encoded(pixels))
    assert notes == [f"transparent, placed on {ground}"]
    assert abs(int(found[5, 5, 0]) - int(found[0, 0, 0])) == 255


@pytest.mark.parametrize("turn", range(1, 9))
def test_the_cameras_rotation_is_applied(turn):
    from PIL import ImageOps

    exif = Image.Exif()
    exif[0x0112] = turn
    upright = np.zeros((8, 16), np.uint8)
    upright[:4, :4] = 255
    content = encoded(upright, exif=exif)
    height, width = image_size(io.BytesIO(content))
    found, notes = seen(content, (height, width))
    expected = ImageOps.exif_transpose(Image.open(io.BytesIO(content)))
    assert (width, height) == expected.size
    assert (found == np.asarray(expected)).all()
    assert bool(notes) == (turn > 1)


def test_of_an_animation_the_first_frame_is_taken():
    frames = [Image.fromarray(np.full((12, 12), level, np.uint8)) for level in (10, 200)]
    for kind in ("GIF", "WEBP", "PNG", "TIFF", "MPO"):
        buffer = io.BytesIO()
        frames[0].save(buffer, kind, save_all=True, append_images=frames[1:])
        found, notes = seen(buffer.getvalue())
        assert abs(int(found.mean()) - 10) <= 2
        word = {"TIFF": "pages", "MPO": "further pictures"}.get(kind, "animated")
        assert len(notes) == 1
        assert word in notes[0]


@pytest.mark.parametrize("ending", ["jfif", "jpe", "jif", "JFIF", "mpo", "apng", "dib", "pnm"])
def test_rare_endings_of_common_formats_are_read(tmp_path, ending):
    kind = {"apng": "PNG", "dib": "DIB", "pnm": "PPM", "mpo": "MPO"}.get(ending, "JPEG")
    root = filled(tmp_path / "p", {f"1.{ending}": encoded(GREY, kind), "2.png": encoded(GREY)})
    assert cl.load(root).origin.names.tolist() == [f"1.{ending}", "2.png"]


@pytest.mark.parametrize("ending", ["heic", "HEIF", "avif", "svg", "dng", "psd", "pdf", "mp4"])
def test_what_is_not_read_gets_a_word_on_how_to_convert_it(tmp_path, ending):
    root = filled(tmp_path / "p", {f"1.{ending}": b"x", "2.png": encoded(GREY)})
    assert "export it as PNG or JPEG" in reasons(cl.load(root))[f"1.{ending}"]


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"\0\0\0\x18ftypheic" + bytes(100), "HEIC"),
        (b"\0\0\0\x18ftypavif" + bytes(100), "AVIF"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "drawing"),
        (b"8BPS" + bytes(100), "layers"),
        (b"II*\0" + bytes(100), "TIFF"),
    ],
)
def test_such_a_picture_under_the_name_of_another_gets_the_same_word(tmp_path, content, word):
    root = filled(tmp_path / "p", {"1.jpg": content, "2.png": encoded(GREY)})
    assert word in reasons(cl.load(root))["1.jpg"]


# --- tables


def table(root: Path, text: str, files: dict[str, bytes]) -> Path:
    filled(root, files)
    path = root / "list.csv"
    path.write_text(text, "utf-8")
    return path


def test_a_table_of_paths_and_labels(tmp_path):
    files = squares("a.png", "sub/b.png", "c.png")
    path = table(tmp_path / "t", "path,label\na.png,cat\nsub/b.png,dog\nc.png,cat\n", files)
    images = cl.load(path)
    assert images.classes == ("cat", "dog")
    assert images.labels.tolist() == [0, 1, 0]
    assert images.name == "list"


@pytest.mark.parametrize(
    "text",
    ["a.png;cat\nc.png;dog\n", "\ufeffLabel\tFile\ncat\ta.png\ndog\tc.png\n", "a.png,cat,x\n\nc.png,dog,y\n"],
)
def test_tables_as_people_save_them(tmp_path, text):
    assert cl.load(table(tmp_path / "t", text, squares("a.png", "c.png"))).classes == ("cat", "dog")


def test_a_table_without_labels(tmp_path):
    assert cl.load(table(tmp_path / "t", "file\na.png\nc.png\n", squares("a.png", "c.png"))).labels is None


def test_a_table_never_leads_out_of_its_folder(tmp_path):
    filled(tmp_path, squares("secret.png"))
    (tmp_path / "t").mkdir()
    (tmp_path / "t" / "up").symlink_to(tmp_path)
    rows = ["../secret.png", str(tmp_path / "secret.png"), "up/secret.png", "a.png", "gone.png", "b.png"]
    text = "path,label\n" + "".join(f"{row},{'' if row == 'b.png' else 'x'}\n" for row in rows)
    images = cl.load(table(tmp_path / "t", text, squares("a.png", "b.png")))
    assert images.origin.names.tolist() == ["a.png"]
    why = reasons(images)
    assert why["../secret.png"] == why[rows[1]] == "its name leads out of the folder, so it is not read"
    assert why["up/secret.png"].startswith("a link that leads out")
    assert why["gone.png"] == "no such file"
    assert why["b.png"] == "no class, although other files have one"


def test_a_row_that_stands_twice_is_two_images(tmp_path):
    images = cl.load(table(tmp_path / "t", "path,label\na.png,cat\na.png,dog\n", squares("a.png")))
    assert images.labels.tolist() == [0, 1]
    assert images.report().contradicting == ((0, 1),)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"\xff\xfe\x00ba", "not text that can be read"),
        (bytes(range(1, 32)) * 9, "not a table of text"),
        (b"label,height,width\n3,1,2\n", r"columns path and label.*height.*path,label"),
        (b"path,label\n", "contains no picture"),
    ],
)
def test_tables_of_something_else_are_refused(tmp_path, content, message):
    (tmp_path / "list.csv").write_bytes(content)
    with pytest.raises((ArgumentError, DataUnavailable), match=message):
        cl.load(tmp_path / "list.csv")


# --- arrays that are larger than they should be


def test_a_large_array_stays_on_the_disk(tmp_path, monkeypatch):
    from capslab.data import lazy_rows

    monkeypatch.setattr(lazy_rows, "LARGE_FILE", 1000)
    pixels = np.random.default_rng(0).integers(0, 256, (40, 8, 8), dtype=np.uint8)
    np.save(tmp_path / "big.npy", pixels)
    images = cl.load(tmp_path / "big.npy")
    assert lazy_rows.is_mapped(images.images.source)
    assert (images.images[..., 0] == pixels).all()


@pytest.mark.parametrize("scale", [1.0, 255.0])
def test_a_large_array_of_floats_is_converted_in_parts_with_one_scale(tmp_path, monkeypatch, scale):
    from capslab.data import lazy_rows

    values = np.random.default_rng(0).random((40, 8, 8)) * scale
    values[:20] *= 0.5 / scale  # a first half that alone would look like 0…1
    expected = np.rint(values * (255 if scale == 1 else 1)).astype(np.uint8)
    monkeypatch.setattr(lazy_rows, "LARGE_FILE", 1000)
    np.save(tmp_path / "big.npy", values)
    assert (cl.load(tmp_path / "big.npy").images[..., 0] == expected).all()


def test_arrays_that_say_more_than_they_hold_are_refused(tmp_path, monkeypatch):
    from capslab.data import read_array_files

    def header(shape):
        stream = io.BytesIO()
        np.lib.format.write_array_header_1_0(stream, {"descr": "|u1", "fortran_order": False, "shape": shape})
        return stream.getvalue() + bytes(64)

    (tmp_path / "a.npy").write_bytes(header((10**9, 28, 28)))
    with pytest.raises(DataUnavailable, match=r"a.npy is truncated"):
        cl.load(tmp_path / "a.npy")
    packed(tmp_path / "a.npz", {"images.npy": header((10**6, 1000, 1000))})
    with pytest.raises(DataUnavailable, match="shorter than its header says"):
        cl.load(tmp_path / "a.npz")
    monkeypatch.setattr(read_array_files, "MOST_UNPACKED", 100)
    np.savez(tmp_path / "b.npz", images=np.zeros((3, 8, 8), np.uint8))
    with pytest.raises(DataUnavailable, match="would unpack to"):
        cl.load(tmp_path / "b.npz")


# --- names of things


def test_a_missing_folder_and_other_files_are_said(tmp_path):
    with pytest.raises(ArgumentError, match=r"a folder, or a file that ends in \.npy"):
        cl.load(str(tmp_path / "nowhere"))
    (tmp_path / "cat.jpg").write_bytes(encoded(GREY, "JPEG"))
    with pytest.raises(ArgumentError, match="Put the pictures into a folder"):
        read_own_images.load_own_images(tmp_path / "cat.jpg")


# --- the practice folder


def test_the_practice_folder_has_what_folders_have(tmp_path):
    digits = cl.load("digits")
    images = cl.load(make_practice_folder(digits, 600, tmp_path / "p"))
    found = images.report()
    assert images.image_shape == digits.image_shape
    assert len(images.classes) == 10
    assert len(found.skipped) == 6
    assert len(found.blank) == 3
    assert len(found.copies) >= 30
    assert len(found.near_copies) >= 15
    assert len(found.inverted) >= 6
    assert len(found.leaks) > 0
    assert found.imbalance > 3
    again = cl.load(make_practice_folder(digits, 600, tmp_path / "q"))
    assert (again.images == images.images).all()
    with pytest.raises(ArgumentError, match="does not exist yet"):
        make_practice_folder(digits, 600, tmp_path / "p")


def test_the_practice_folder_keeps_classes_apart_whatever_they_are_called(tmp_path):
    digits = cl.load("digits")[:400]
    names = ("a/b", "a?b", "a:b", "..", "con", "Straße", "हिन्दी", "猫", "8", "9")
    folder = make_practice_folder(cl.Images(digits.images, digits.labels, names), 400, tmp_path / "p")
    images = cl.load(folder)
    assert len(images.classes) == len({name.casefold() for name in images.classes}) == 10
    assert {"class 猫", "class हिन्दी", "class Straße"} < set(images.classes)


def test_a_practice_folder_of_too_few_images_is_refused(tmp_path):
    images = cl.load("digits")
    two = images[images.labels < 2].sample(100)
    with pytest.raises(ArgumentError, match="enough to leave 81"):
        make_practice_folder(two, folder=tmp_path / "p")
    with pytest.raises(ArgumentError, match="`n` should be a whole number from 100"):
        make_practice_folder(images, np.int64(20), folder=tmp_path / "p")
    assert not (tmp_path / "p").exists()


@pytest.mark.parametrize("file", ["data.npz", "table.csv", "pixels.csv.gz"])
def test_an_array_or_a_table_in_a_zip_is_named(tmp_path, capsys, file):
    alone = packed(tmp_path / "alone.zip", {f"inner/{file}": b"content"})
    with pytest.raises(DataUnavailable, match=f"Unpack the zip and load inner/{file}"):
        cl.load(alone)
    files = {**squares("cat/1.png", "dog/2.png"), file: b"content"}
    assert len(cl.load(packed(tmp_path / "with pictures.zip", files))) == 2
    assert f"{file} not read: unpack the zip" in capsys.readouterr().out


def test_files_that_hold_a_set_are_those_that_load_takes_by_name():
    assert {*find_images.SETS, ".zip"} == set(read_own_images.SUFFIXES)
