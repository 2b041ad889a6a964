"""Bad pictures, folders and zips: left out or refused in words, never run, nothing written."""

from __future__ import annotations

import contextlib
import io
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pictures import GREY, encoded, filled, packed, reasons, seen, squares

import capslab as cl
from capslab.data import find_images
from capslab.data.decode_image_file import UnusableImage, image_size
from capslab.data.practice_folder import _enormous
from capslab.errors import DataUnavailable

# --- what is refused, in words


def refused(content: bytes) -> str:
    try:
        image_size(io.BytesIO(content))
        seen(content)
    except UnusableImage as error:
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
    assert reasons(images)["a/inner.zip"] == "an archive: unpack it first"
    assert reasons(images)["a/README"] == "not the name of a picture (no ending)"
    assert "9 files skipped, images.report() says why" in capsys.readouterr().out


def test_nothing_to_use_is_said_with_the_first_reasons(tmp_path):
    (tmp_path / "none").mkdir()
    with pytest.raises(DataUnavailable, match=r"none contains no picture that can be used: it is empty"):
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
    assert "like a zip bomb" in reasons(cl.load(path))["bomb.png"]


def test_more_than_fits_is_refused_as_a_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(find_images, "MOST_UNPACKED", 1000)
    with pytest.raises(DataUnavailable, match=r"would unpack to .* unpack it yourself.*load the folder"):
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
        "__MACOSX/": "housekeeping of macOS",
        "inner.zip": "an archive: unpack it first",
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
