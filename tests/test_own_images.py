"""Your own pictures: folders, zips, tables, and everything bad that can be in them."""

from __future__ import annotations

import contextlib
import io
import os
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

import capslab as cl
from capslab.data import finding, own, practice_folder
from capslab.data.picture import Refused, decode, size_of
from capslab.data.practice import _enormous
from capslab.errors import ArgumentError, DataUnavailable

GREY = np.random.default_rng(0).integers(0, 256, (12, 12), dtype=np.uint8)


def encoded(pixels: np.ndarray, kind: str = "PNG", mode: str | None = None, **how) -> bytes:
    picture = Image.fromarray(pixels)
    buffer = io.BytesIO()
    (picture.convert(mode) if mode else picture).save(buffer, kind, **how)
    return buffer.getvalue()


def filled(root: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        place = root / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    return root


def packed(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def squares(*names: str, side: int = 12) -> dict[str, bytes]:
    """A different picture for each name."""
    return {
        name: encoded(np.random.default_rng(i).integers(0, 256, (side, side), dtype=np.uint8))
        for i, name in enumerate(names)
    }


def reasons(images: cl.Images) -> dict[str, str]:
    return {left.name: left.why for left in images.origin.left_out}


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
    assert reasons(images) == {"3.png": "no class, where others have one"}


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
    assert cl.load(filled(tmp_path / "a", squares("1.png", side=20))).shape == (20, 20, 1)


def test_large_and_mixed_sizes_are_fitted_and_that_is_said(tmp_path, capsys):
    files = {**squares("1.png", side=100), **squares("2.png", side=10)}
    images = cl.load(filled(tmp_path / "a", files))
    assert images.shape == (32, 32, 1)
    assert "2 brought to 32×32 from another size" in capsys.readouterr().out
    assert images.origin.sizes.tolist() == [[100, 100], [10, 10]]


@pytest.mark.parametrize(
    ("size", "shape"), [(None, (32, 16)), (28, (28, 14)), (64, (64, 32)), ((20, 24), (20, 24))]
)
def test_a_common_aspect_is_kept(tmp_path, size, shape):
    files = {"1.png": encoded(np.zeros((80, 40), np.uint8)), "2.png": encoded(np.ones((60, 30), np.uint8))}
    assert cl.load(filled(tmp_path / "a", files), size=size).shape[:2] == shape


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
    with pytest.raises(ArgumentError, match="an array has the size it has"):
        cl.load(tmp_path / "a.npy", size=28)


def test_colour_is_kept_and_grey_among_it_becomes_colour(tmp_path, capsys):
    red = np.zeros((12, 12, 3), np.uint8)
    red[..., 0] = 255
    images = cl.load(filled(tmp_path / "a", {"1.png": encoded(red), "2.png": encoded(GREY)}))
    assert images.shape == (12, 12, 3)
    assert images.images[0, 0, 0].tolist() == [255, 0, 0]
    assert (images.images[1] == GREY[..., None]).all()
    assert "1 grey among colours" in capsys.readouterr().out


def test_colour_files_without_colour_are_grey(tmp_path):
    assert cl.load(filled(tmp_path / "a", {"1.png": encoded(GREY, mode="RGB")})).shape[2] == 1


# --- kinds of pixels: each mode gives what an eye would see


def seen(content: bytes, shape=(12, 12)) -> tuple[np.ndarray, list[str]]:
    notes: list[str] = []
    return decode(io.BytesIO(content), shape, notes.append), notes


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
    found, notes = seen(buffer.getvalue())
    assert (abs(found.reshape(12, 12, -1).astype(int) - black_and_white[..., None]) <= 2).all()
    assert notes == (["printing colours (CMYK) converted"] if mode == "CMYK" else [])


def test_sixteen_bits_are_scaled_to_eight():
    deep = GREY.astype(np.uint16) * 257
    for kind in ("PNG", "TIFF"):
        found, notes = seen(encoded(deep, kind))
        assert (found == GREY).all()
        assert notes == ["16 bits or more, scaled to 8"]


def test_fractions_and_any_other_range_are_scaled():
    found, _ = seen(encoded(GREY.astype(np.float32) / 255, "TIFF"))
    assert (found == GREY).all()
    wide, _ = seen(encoded(np.linspace(-7, 70000, 144).astype(np.float32).reshape(12, 12), "TIFF"))
    assert wide.min() == 0
    assert wide.max() == 255
    assert (np.diff(wide.ravel().astype(int)) >= 0).all()


@pytest.mark.parametrize(("ink", "ground"), [(0, "white"), (255, "black")])
def test_what_shows_through_lies_over_what_it_stands_out_from(ink, ground):
    pixels = np.zeros((12, 12, 4), np.uint8)
    pixels[4:8, 4:8] = (ink, ink, ink, 255)
    found, notes = seen(encoded(pixels))
    assert notes == [f"transparent, laid over {ground}"]
    assert abs(int(found[5, 5, 0]) - int(found[0, 0, 0])) == 255


@pytest.mark.parametrize("turn", range(1, 9))
def test_the_cameras_rotation_is_applied(turn):
    from PIL import ImageOps

    exif = Image.Exif()
    exif[0x0112] = turn
    upright = np.zeros((8, 16), np.uint8)
    upright[:4, :4] = 255
    content = encoded(upright, exif=exif)
    height, width = size_of(io.BytesIO(content))
    found, notes = seen(content, (height, width))
    expected = ImageOps.exif_transpose(Image.open(io.BytesIO(content)))
    assert (width, height) == expected.size
    assert (found == np.asarray(expected)).all()
    assert bool(notes) == (turn > 1)


def test_of_an_animation_the_first_frame_is_taken():
    frames = [Image.fromarray(np.full((12, 12), level, np.uint8)) for level in (10, 200)]
    for kind in ("GIF", "WEBP", "PNG", "TIFF"):
        buffer = io.BytesIO()
        frames[0].save(buffer, kind, save_all=True, append_images=frames[1:])
        found, notes = seen(buffer.getvalue())
        assert abs(int(found.mean()) - 10) <= 2
        assert notes == ["animated, the first frame taken"]


# --- what is refused, in words


def refused(content: bytes) -> str:
    try:
        size_of(io.BytesIO(content))
        seen(content)
    except Refused as error:
        return str(error)
    return ""


def test_too_large_too_small_and_no_picture_are_said():
    assert refused(_enormous(20_000)) == "400,000,000 pixels, more than 50,000,000: scale it down"
    assert refused(_enormous(8_000)) == "8,000×8,000 pixels, more than 50,000,000: scale it down"
    assert refused(encoded(np.zeros((1, 1), np.uint8))) == "1×1 pixels, too small to show anything"
    assert refused(b"text") == "not a picture, or its beginning is damaged"
    assert refused(encoded(GREY)[:150]).startswith("truncated or damaged")


def test_formats_that_start_programs_are_not_tried():
    postscript = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 20 20\n%%EndComments\nshowpage\n%%EOF\n"
    assert refused(postscript) == "not a picture, or its beginning is damaged"


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(["PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "PPM"]), st.data())
def test_damage_of_any_kind_is_refused_in_words_or_gives_a_picture(kind, data):
    whole = bytearray(encoded(GREY, kind))
    if data.draw(st.booleans(), "cut"):
        del whole[data.draw(st.integers(0, len(whole) - 1), "length") :]
    for place, byte in data.draw(
        st.lists(st.tuples(st.integers(0, max(len(whole) - 1, 0)), st.integers(0, 255)), max_size=6)
    ):
        if whole:
            whole[place] = byte
    if not refused(bytes(whole)):
        found, _ = seen(bytes(whole))
        assert found.dtype == np.uint8
        assert found.shape[:2] == (12, 12)


@settings(max_examples=100, deadline=None)
@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF89a", b"II*\0", b"BM"]),
)
def test_noise_is_never_a_picture(noise, start):
    content = start + noise
    assert refused(content) or seen(content)[0].shape[:2] == (12, 12)


def test_bad_files_are_left_out_and_the_rest_is_read(tmp_path, capsys):
    bad = {
        "a/cut.png": encoded(GREY)[:150],
        "a/text.png": b"hello",
        "a/empty.png": b"",
        "a/notes.txt": b"hello",
        "a/.hidden.png": encoded(GREY),
        "a/inner.zip": b"PK",
        "a/huge.png": _enormous(20_000),
        "a/dot.png": encoded(np.zeros((1, 1), np.uint8)),
        "a/README": b"hello",
    }
    images = cl.load(filled(tmp_path / "p", {**squares("a/1.png", "b/2.png"), **bad}))
    assert images.origin.names.tolist() == ["a/1.png", "b/2.png"]
    assert set(reasons(images)) == set(bad)
    assert reasons(images)["a/inner.zip"] == "an archive inside: unpack it first"
    assert reasons(images)["a/README"] == "not a picture's name (no ending)"
    assert "9 files left out, images.report() says why" in capsys.readouterr().out


def test_nothing_to_use_is_said_with_the_first_reasons(tmp_path):
    (tmp_path / "none").mkdir()
    with pytest.raises(DataUnavailable, match=r"none holds no picture that can be used: it is empty"):
        cl.load(tmp_path / "none")
    files = {f"{i}.png": b"x" for i in range(5)}
    with pytest.raises(DataUnavailable, match=r"0\.png: not a picture.*and 2 more"):
        cl.load(filled(tmp_path / "bad", files))


def test_links_out_of_the_folder_pipes_and_closed_files_are_left_out(tmp_path):
    outside = filled(tmp_path / "outside", squares("secret.png"))
    root = filled(tmp_path / "p", squares("1.png", "2.png"))
    (root / "link.png").symlink_to(outside / "secret.png")
    (root / "folder").symlink_to(outside)
    (root / "inside.png").symlink_to(root / "1.png")
    (root / "gone.png").symlink_to(root / "nowhere.png")
    os.mkfifo(root / "pipe.png")
    images = cl.load(root)
    assert images.origin.names.tolist() == ["1.png", "2.png", "inside.png"]
    assert reasons(images)["link.png"] == "a link that leads out of the folder, so it is not followed"
    assert reasons(images)["pipe.png"] == "not an ordinary file"
    assert "gone.png" in reasons(images)


def test_a_file_that_may_not_be_read_is_said(tmp_path, monkeypatch):
    root = filled(tmp_path / "p", squares("1.png", "2.png"))
    opened = Path.open

    def guarded(path: Path, *how):
        if path.name == "2.png":
            raise PermissionError(13, "Permission denied")
        return opened(path, *how)

    monkeypatch.setattr(Path, "open", guarded)
    assert reasons(cl.load(root)) == {"2.png": "cannot be read (Permission denied)"}


def test_unreadable_and_hostile_names_are_shown_harmlessly(tmp_path):
    root = tmp_path / "p"
    (root / "<b>bold<").mkdir(parents=True)
    Path(os.fsdecode(bytes(root) + b"/<b>bold</caf\xe9\n.png")).write_bytes(encoded(GREY))
    Path(os.fsdecode(bytes(root) + b"/<b>bold</\xff.png")).write_bytes(b"<script>")
    images = cl.load(root)
    assert images.origin.names.tolist() == ["<b>bold</caf\\xe9\\x0a.png"]
    page = images.report()._repr_html_()
    assert "<b>" not in page
    assert "&lt;b&gt;bold&lt;/\\xff.png" in page


# --- zips


def test_a_zip_is_read_like_its_folder_and_nothing_is_unpacked(tmp_path, monkeypatch):
    files = squares("animals/cat/1.png", "animals/dog/2.png")
    path = packed(tmp_path / "a.zip", files)
    before = set(tmp_path.rglob("*"))
    images = cl.load(path)
    assert images.classes == ("cat", "dog")
    assert images.name == "a"
    assert set(tmp_path.rglob("*")) == before
    assert (images.images == cl.load(filled(tmp_path / "f", files)).images).all()


@pytest.mark.parametrize(
    "name", ["../evil.png", "/etc/evil.png", "a/../../evil.png", "C:/evil.png", "..\\evil.png"]
)
def test_names_that_lead_out_of_a_zip_are_not_read(tmp_path, name):
    path = packed(tmp_path / "sub.zip", {**squares("1.png"), name: encoded(GREY)})
    images = cl.load(path)
    assert len(images) == 1
    assert list(reasons(images).values()) == ["its name leads out of the folder, so it is not read"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["sub.zip"]


def test_a_bomb_is_not_opened(tmp_path):
    path = packed(tmp_path / "a.zip", {**squares("1.png"), "bomb.png": bytes(50_000_000)})
    assert "like a zip bomb, not opened" in reasons(cl.load(path))["bomb.png"]


def test_more_than_fits_is_refused_as_a_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(finding, "MOST_UNPACKED", 1000)
    with pytest.raises(DataUnavailable, match=r"would unpack to .* refused.*give the folder"):
        cl.load(packed(tmp_path / "a.zip", {"1.png": bytes(2000)}))


def test_a_member_that_lies_about_its_size_is_left_out(tmp_path):
    path = packed(tmp_path / "a.zip", {**squares("1.png"), "2.png": encoded(GREY) + bytes(5000)})
    content = path.read_bytes()
    true = (len(encoded(GREY)) + 5000).to_bytes(4, "little")
    path.write_bytes(content.replace(true, (100).to_bytes(4, "little")))
    assert "2.png" in reasons(cl.load(path))


def test_encrypted_nested_and_shadow_members_are_left_out(tmp_path):
    inner = packed(tmp_path / "inner.zip", squares("1.png")).read_bytes()
    files = {**squares("1.png"), "inner.zip": inner, "__MACOSX/1.png": b"x", "secret.png": encoded(GREY)}
    path = packed(tmp_path / "a.zip", files)
    content = bytearray(path.read_bytes())
    place = content.rindex(b"PK\x01\x02")  # the last entry of the directory is secret.png's
    content[place + 8] |= 1
    path.write_bytes(content)
    assert reasons(cl.load(path)) == {
        "__MACOSX/1.png": "a Mac's shadow file",
        "inner.zip": "an archive inside: unpack it first",
        "secret.png": "encrypted",
    }


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_damaged_zip_is_refused_or_read_in_part(tmp_path, data):
    path = packed(tmp_path / "a.zip", squares("x/1.png", "x/2.png", "y/3.png"))
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content)
    with contextlib.suppress(DataUnavailable):
        assert 1 <= len(cl.load(path)) <= 3
    assert [p.name for p in tmp_path.iterdir()] == ["a.zip"]


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
    assert why["b.png"] == "no class, where others have one"


def test_a_row_that_stands_twice_is_two_images(tmp_path):
    images = cl.load(table(tmp_path / "t", "path,label\na.png,cat\na.png,dog\n", squares("a.png")))
    assert images.labels.tolist() == [0, 1]
    assert images.report().contradicting == ((0, 1),)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"\xff\xfe\x00bad", "not text in UTF-8"),
        (b"label,pixel0,pixel1\n3,0,0\n", r"columns path and label.*pixel0.*np.loadtxt"),
        (b"path,label\n", "holds no picture"),
    ],
)
def test_tables_of_something_else_are_refused(tmp_path, content, message):
    (tmp_path / "list.csv").write_bytes(content)
    with pytest.raises((ArgumentError, DataUnavailable), match=message):
        cl.load(tmp_path / "list.csv")


# --- arrays that are larger than they should be


def test_a_large_array_stays_on_the_disk(tmp_path, monkeypatch):
    from capslab.data import arrays

    monkeypatch.setattr(arrays, "BIG", 1000)
    pixels = np.random.default_rng(0).integers(0, 256, (40, 8, 8), dtype=np.uint8)
    np.save(tmp_path / "big.npy", pixels)
    images = cl.load(tmp_path / "big.npy")
    kept = images.images
    while type(kept) is np.ndarray and kept.base is not None:
        kept = kept.base
    assert isinstance(kept, np.memmap)
    assert (images.images[..., 0] == pixels).all()


@pytest.mark.parametrize("scale", [1.0, 255.0])
def test_a_large_array_of_floats_is_converted_in_parts_with_one_scale(tmp_path, monkeypatch, scale):
    from capslab.data import arrays

    values = np.random.default_rng(0).random((40, 8, 8)) * scale
    values[:20] *= 0.5 / scale  # a first half that alone would look like 0…1
    expected = np.rint(values * (255 if scale == 1 else 1)).astype(np.uint8)
    monkeypatch.setattr(arrays, "BIG", 1000)
    np.save(tmp_path / "big.npy", values)
    assert (cl.load(tmp_path / "big.npy").images[..., 0] == expected).all()


def test_arrays_that_say_more_than_they_hold_are_refused(tmp_path, monkeypatch):
    from capslab.data import arrays

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
    monkeypatch.setattr(arrays, "MOST_UNPACKED", 100)
    np.savez(tmp_path / "b.npz", images=np.zeros((3, 8, 8), np.uint8))
    with pytest.raises(DataUnavailable, match="would unpack to"):
        cl.load(tmp_path / "b.npz")


# --- names of things


def test_a_missing_folder_and_other_files_are_said(tmp_path):
    with pytest.raises(ArgumentError, match=r"a folder, or a file that ends in \.npy"):
        cl.load(str(tmp_path / "nowhere"))
    (tmp_path / "cat.jpg").write_bytes(encoded(GREY, "JPEG"))
    with pytest.raises(ArgumentError, match="Put pictures into a folder"):
        own.load_own(tmp_path / "cat.jpg")


# --- the practice folder


def test_the_practice_folder_has_what_folders_have(tmp_path):
    digits = cl.load("digits")
    images = cl.load(practice_folder(digits, 600, tmp_path / "p"))
    found = images.report()
    assert images.shape == digits.shape
    assert len(images.classes) == 10
    assert len(found.left_out) == 6
    assert len(found.blank) == 3
    assert len(found.copies) >= 30
    assert len(found.near) >= 15
    assert len(found.inverted) >= 6
    assert len(found.leaks) > 0
    assert found.imbalance > 3
    again = cl.load(practice_folder(digits, 600, tmp_path / "q"))
    assert (again.images == images.images).all()
    with pytest.raises(ArgumentError, match="does not exist yet"):
        practice_folder(digits, 600, tmp_path / "p")
