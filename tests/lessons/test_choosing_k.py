"""Criteria for k on several sets: samples apart from each other, agreement counted, the table whole."""

from __future__ import annotations

import numpy as np
import pytest

import capslab as cl
from capslab.data import Images
from capslab.errors import ArgumentError
from capslab.lessons import choosing_k, results


def test_samples_have_no_image_in_common_where_there_are_enough() -> None:
    pixels = np.arange(1200, dtype=np.uint16).view(np.uint8).reshape(1200, 1, 2, 1)  # each one different
    samples = choosing_k.disjoint_samples(Images(pixels), 4, 50)
    seen = np.concatenate([one.images.reshape(50, 2) for one in samples])
    assert len(np.unique(seen, axis=0)) == 200


def test_few_images_are_drawn_anew_each_time() -> None:
    one, other = choosing_k.disjoint_samples(cl.load("digits"), 2, 5000)
    assert len(one) == len(other) == round(0.8 * len(cl.load("digits").train))
    assert not np.array_equal(one.labels, other.labels)


def test_agreement_does_not_depend_on_the_numbers_of_clusters() -> None:
    labels = np.array([7, 7, 7, 4, 4, 4])
    one, other = np.array([0, 0, 1, 1, 1, 1]), np.array([1, 1, 1, 0, 0, 0])
    agreed, right = choosing_k.agree_and_right(one, other, labels)
    assert agreed.tolist() == [True, True, False, True, True, True]
    assert right.tolist() == [True, True, False, True, True, True]
    assert choosing_k.agree_and_right(1 - one, other, labels)[0].tolist() == agreed.tolist()


def test_clear_groups_are_found_by_every_criterion() -> None:
    rng = np.random.default_rng(0)
    shapes = rng.integers(0, 2, (3, 8, 8, 1)) * 200
    pixels = np.clip(np.repeat(shapes, 60, axis=0) + rng.normal(0, 12, (180, 8, 8, 1)), 0, 255)
    row = choosing_k.measure(Images(pixels.astype(np.uint8), np.repeat([0, 1, 2], 60)), 0)
    assert len(row["eigenvalues"]) == 20
    assert 2 + int(np.argmax(-np.diff(row["eigenvalues"])[1:])) == 3
    assert 2 + int(np.argmax(row["silhouette"])) == 3
    assert row["agreement"][1] == 1
    assert row["accuracy"] == row["agreed"] == row["right_where_agreed"] == 1
    assert np.isnan(row["right_elsewhere"]), "there is no image on which they disagree"


def test_the_cut_is_made_once_for_each_number_of_eigenvectors() -> None:
    sample = cl.load("digits").test
    found = choosing_k.by_eigenvectors(sample, [2, 13])
    assert list(found) == ["matched accuracy", "agreement of two parts"]
    assert found["matched accuracy"][0] < found["matched accuracy"][1], "two eigenvectors are too few for ten"


def test_every_set_was_measured_five_times() -> None:
    table = results.load(choosing_k.NAME)
    assert table.command == choosing_k.COMMAND
    assert list(dict.fromkeys(row["set"] for row in table.rows)) == list(choosing_k.SETS)
    for name, (_, classes) in choosing_k.SETS.items():
        rows = choosing_k.rows_of(name)
        assert [row["seed"] for row in rows] == list(range(choosing_k.SAMPLES))
        assert {row["classes"] for row in rows} == {10 if classes is None else len(classes)}
        for row in rows:
            assert row["eigenvalues"] == sorted(row["eigenvalues"], reverse=True)
            assert len(row["silhouette"]) == len(row["agreement"]) == choosing_k.LARGEST_K - 1
            assert 0 < row["accuracy"] <= 1


@pytest.mark.parametrize("name", list(choosing_k.SETS))
def test_shares_are_all_of_the_same_images(name: str) -> None:
    right, agreed, there, elsewhere, warned = choosing_k.shares_of(name).values()
    np.testing.assert_allclose(right, agreed * there + (1 - agreed) * elsewhere)
    np.testing.assert_allclose(warned * (1 - right), (1 - agreed) * (1 - elsewhere))


def test_without_a_disagreement_no_mistake_is_warned_of(monkeypatch: pytest.MonkeyPatch) -> None:
    row = {"agreed": 1.0, "right_where_agreed": 0.9, "right_elsewhere": np.nan}
    monkeypatch.setattr(choosing_k, "rows_of", lambda name: [row, row | {"right_where_agreed": 1.0}])
    shares = choosing_k.shares_of("any")
    np.testing.assert_allclose(shares["right"], [0.9, 1])
    np.testing.assert_allclose(shares["mistakes warned of"], [0, np.nan])


def test_a_set_that_was_not_measured_is_named_with_those_that_were() -> None:
    with pytest.raises(ArgumentError, match="Fashion-MNIST"):
        choosing_k.rows_of("toys")
