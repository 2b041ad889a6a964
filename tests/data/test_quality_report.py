"""The report on images: each finding against images made to have it."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import capslab as cl
from capslab.data import Images
from capslab.data import quality_report as module
from capslab.data.quality_report_html import ReportRow, report_rows
from capslab.errors import ArgumentError


def noise(n: int, side: int = 12, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (n, side, side), dtype=np.uint8)


def groups(n: int = 60, seed: int = 0) -> Images:
    """Two classes that anybody could tell apart: a bright left half, or a bright right half."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % 2
    pixels = rng.integers(0, 60, (n, 12, 12))
    pixels[labels == 0, :, :6] += rng.integers(100, 190, (n // 2, 1, 1))
    pixels[labels == 1, :, 6:] += rng.integers(100, 190, (n // 2, 1, 1))
    return Images(pixels.astype(np.uint8), labels, ("left", "right"))


def rows(report: module.QualityReport) -> dict[str, ReportRow]:
    return {row.title: row for row in report_rows(report)}


def test_good_images_have_nothing_to_report():
    report = groups().report()
    assert not len(report.blank) + len(report.near_copies) + len(report.leaks) + len(report.suspicious)
    assert report.copies == report.skipped == report.contradicting == ()
    assert report.counts == {"left": 30, "right": 30}
    assert "!" not in repr(report)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 9), min_size=2, max_size=40))
def test_copies_are_exactly_the_groups_of_equal_images(which):
    report = Images(noise(10)[which]).report()
    by_image = {i: tuple(j for j, other in enumerate(which) if other == i) for i in dict.fromkeys(which)}
    assert report.copies == tuple(group for group in by_image.values() if len(group) > 1)
    assert len(report.near_copies) == 0


def test_nearly_the_same_is_found_and_other_images_are_not():
    pixels = noise(40).astype(float) * 0.8
    pixels[7] = pixels[3] * 0.9 + 12  # brighter and flatter
    pixels[9] = np.clip(pixels[5] + np.random.default_rng(1).normal(0, 4, (12, 12)), 0, 255)
    report = Images(np.rint(pixels).astype(np.uint8)).report()
    assert report.near_copies.tolist() == [[3, 7], [5, 9]]


def test_blank_and_inverted_images_are_found():
    pixels = np.zeros((30, 12, 12), np.uint8)
    pixels[:, 3:9, 3:9] = noise(30, 6)
    pixels[4], pixels[5] = 0, 255
    pixels[6] = 255 - pixels[6]
    report = Images(pixels).report()
    assert report.blank.tolist() == [4, 5]
    assert report.inverted.tolist() == [6]
    assert rows(report)["background unlike the rest"].sign == "!"
    assert "background" not in rows(report), "no image gets ✓ and ! at once"


def test_where_borders_are_of_all_kinds_nothing_is_called_inverted():
    assert len(Images(noise(50)).report().inverted) == 0


def test_dark_on_light_is_said_with_the_fix_and_the_fix_works():
    digits = cl.load("digits")[:200]
    paper = digits.inverted()
    assert not digits.report().is_dark_on_light
    assert rows(digits.report())["background"].sign == "✓"
    report = paper.report()
    assert report.is_dark_on_light
    assert rows(report)["background"].sign == "!"
    assert "images.inverted()" in repr(report)
    assert not paper.inverted().report().is_dark_on_light
    assert (paper.inverted().images == digits.images).all()


def test_grey_paper_and_photographs_are_judged_by_what_stands_out():
    paper = np.full((20, 12, 12), 165, np.uint8)
    paper[:, 3:9, 3:9] = noise(20, 6) // 4
    paper[:, 5, 5] = 190  # a reflection that is lighter than the paper
    assert Images(paper).report().is_dark_on_light
    assert not Images(noise(200)).report().is_dark_on_light
    assert not Images(np.stack([paper] * 3, axis=-1)).report().is_dark_on_light, (
        "colour has no right way round"
    )
    assert not Images(np.full((9, 12, 12), 255, np.uint8)).report().is_dark_on_light, "blank"


def test_one_coloured_images_are_blank_whatever_the_colour():
    pixels = np.stack([noise(3)] * 3, axis=-1)
    pixels[1] = (255, 0, 0)
    assert Images(pixels).report().blank.tolist() == [1]


def test_a_wrong_label_is_doubted_and_the_right_one_suggested():
    images = groups()
    labels = images.labels.copy()
    labels[[10, 21]] = 1 - labels[[10, 21]]
    report = Images(images.images, labels, images.classes).report()
    assert report.suspicious.tolist() == [10, 21]
    assert report.suggested.tolist() == [0, 1]
    assert report.cleaned().labels[10] == labels[10]
    assert (report.cleaned(relabel=True).labels == images.labels).all()


def test_most_wrong_labels_among_handwriting_are_found():
    digits = cl.load("digits")
    rng = np.random.default_rng(0)
    labels = digits.labels.copy()
    wrong = rng.choice(len(labels), 30, replace=False)
    labels[wrong] = (labels[wrong] + rng.integers(1, 10, 30)) % 10
    suspicious = Images(digits.images, labels).report().suspicious
    assert np.isin(wrong, suspicious).mean() > 0.8
    assert np.isin(suspicious, wrong).mean() > 0.7


def test_leaks_are_held_out_images_with_a_copy_to_train_on():
    pixels = noise(20)
    pixels[15], pixels[16] = pixels[2], pixels[17]
    parts = np.repeat([0, 1, 2], [10, 3, 7]).astype(np.uint8)
    assert Images(pixels, parts=parts).report().leaks.tolist() == [15]  # 16 and 17 are both held out


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6))
def test_cleaned_images_have_no_copy_no_blank_and_no_leak(seed):
    rng = np.random.default_rng(seed)
    pixels = noise(30, 8, seed)[rng.integers(0, 30, 60)].astype(float)
    twins = rng.choice(60, 10, replace=False)
    pixels[twins] = pixels[twins] * 0.9 + 10
    pixels[rng.integers(0, 60)] = 0
    labels = rng.integers(0, 3, 60)
    report = Images(np.rint(pixels).astype(np.uint8), labels, ("a", "b", "c")).report()
    cleaned = report.cleaned()
    after = cleaned.report()
    assert after.copies == ()
    assert len(after.blank) == len(after.leaks) == 0
    originals = {(image.tobytes(), label) for image, label in zip(report.images.images, labels, strict=True)}
    assert all(
        (image.tobytes(), label) in originals
        for image, label in zip(cleaned.images, cleaned.labels, strict=True)
    )


def test_copies_that_contradict_each_other_all_go():
    pixels, labels = noise(20), np.arange(20) % 2
    pixels[5], pixels[8] = pixels[4], pixels[6]
    report = Images(pixels, labels).report()
    assert report.copies == ((4, 5), (6, 8))
    assert report.contradicting == ((4, 5),)
    remaining = {image.tobytes() for image in report.cleaned().images}
    assert pixels[4].tobytes() not in remaining
    assert pixels[6].tobytes() in remaining


def test_nothing_but_copies_cannot_be_cleaned():
    with pytest.raises(ArgumentError, match="more than blank images and"):
        Images(np.zeros((5, 8, 8), np.uint8)).report().cleaned()


@pytest.mark.parametrize("n", [1, 2, 3])
def test_a_few_images_are_enough_to_look(n):
    report = Images(noise(n), np.zeros(n, int)).report()
    assert rows(report)["classes"].sign == "!"
    assert repr(report)
    assert report._repr_html_()


def test_of_many_images_a_sample_is_compared_and_that_is_said(monkeypatch):
    monkeypatch.setattr(module, "MOST_COMPARED", 20)
    report = groups().report()
    assert report.compared == 20
    assert "20 of 60" in rows(report)["near copies"].result


def test_an_uneven_number_of_each_class_is_said():
    images = groups()
    some = images[(images.labels == 0) | (np.arange(60) < 10)]
    report = some.report()
    assert report.imbalance == 6
    row = rows(report)["classes"]
    assert row.sign == "!"
    assert all(fact in row.result for fact in ("5 (right)", "30 (left)", "imbalanced"))


def test_the_page_shows_what_the_words_say():
    images = groups()
    pixels = images.images[..., 0].copy()
    pixels[3], pixels[8] = pixels[5], 0
    report = Images(pixels, images.labels, ("<i>left</i>", "right")).report()
    page = report._repr_html_()
    text = re.sub(r"<[^>]+>", "", page)
    for title in rows(report):
        assert title in text
    assert page.count("<img") == 3 + len(report.leaks)
    assert all(tag in page for tag in ('alt="image 8"', 'alt="image 3"', 'scope="row"'))
    assert "<i>" not in page
    assert "<script" not in page
