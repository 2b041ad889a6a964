"""One list of claims: complete, well-formed, and each claim is judged in one lesson, once."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

import jupytext
import pytest
from common import ROOT

from capslab.errors import ArgumentError
from capslab.lessons.claims_list import KINDS, SOURCES, all_claims, find_claim
from capslab.lessons.verdict_picture import LONGEST

SOURCE_FILES = sorted((ROOT / "notebooks" / "src").glob("[0-9][0-9]_*.py"))
#: what the two articles claim, and where it stands in the list
OF_ARTICLES = {
    "A: capsule networks cluster images by themselves": "capsules-cluster",
    "A: sharing makes them smaller and cheaper": "sharing-makes-small",
    "A: routing makes clustering more accurate": "routing-clusters-better",
    "A: routing groups the parts": "routing-clusters-alone",
    "A: they scale well to large data": "capsules-scale",
    "A: they are computationally efficient": "capsules-efficient",
    "A: a linear formula is what a capsule network is": "capsule-formula-linear",
    "A: they suit classification": "capsules-classify",
    "A: they suit detection and segmentation": "capsules-detect-segment",
    "A: the printed network is a simple capsule network": "printed-is-capsules",
    "A: the printed code is an example that runs": "printed-code-runs",
    "B: k-means is slow on large data": "slow-k-means",
    "B: k-means gets stuck in local optima": "k-means-local-optima",
    "B: a support vector machine is slow and stuck": "slow-svm",
    "B: a random forest is slow and stuck": "slow-random-forest",
    "B: gradient boosting is slow and stuck": "slow-gradient-boosting",
    "B: these methods get stuck in local optima": "classical-local-optima",
    "B: a VAE is a variant of a GAN": "vae-is-gan",
    "B: a VAE gives efficient classification": "vae-classifies",
    "B: a VAE gives efficient clustering": "vae-clusters",
    "B: a VAE keeps image quality while reducing dimension": "vae-keeps-quality",
    "B: classical methods cannot do what it does": "classical-cannot",
    "B: training a generative model costs more": "generative-costs-more",
    "B: the printed VAE is an example that trains": "printed-vae-trains",
    "B: the result depends on the quality of the data": "data-quality",
    "B: large data need ever more memory and compute": "memory-grows",
}


def code_of(path: Path) -> ast.Module:
    """The code cells of a lesson's source."""
    cells = jupytext.read(path).cells
    lines = [
        line
        for cell in cells
        if cell.cell_type == "code"
        for line in cell.source.splitlines()
        if not line.lstrip().startswith(("%", "!"))
    ]
    return ast.parse("\n".join(lines))


def judged_in(path: Path) -> list[str]:
    """Every claim that a lesson's code names, as often as it does."""
    return [
        node.value
        for node in ast.walk(code_of(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in all_claims()
    ]


def calls(path: Path, name: str) -> list[ast.Call]:
    """The calls of a function in a lesson."""
    return [
        node
        for node in ast.walk(code_of(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == name
    ]


def test_no_claim_is_judged_twice_and_each_where_the_list_says() -> None:
    places = [(claim, path.stem[:2]) for path in SOURCE_FILES for claim in judged_in(path)]
    twice = [claim for claim, count in Counter(claim for claim, _ in places).items() if count > 1]
    assert not twice
    assert dict(places) == {claim.id: claim.lesson for claim in all_claims().values()}


@pytest.mark.parametrize("path", SOURCE_FILES, ids=lambda path: path.stem)
def test_a_lesson_names_its_claims_as_the_list_does(path: Path) -> None:
    for call in calls(path, "verdict"):
        if isinstance(call.args[0], ast.Constant):
            assert call.args[0].value in all_claims(), ast.unparse(call)


def test_every_claim_of_the_articles_stands_in_the_list() -> None:
    for words, claim in OF_ARTICLES.items():
        assert find_claim(claim).source == f"article {words[0]}", words
    assert {c.id for c in all_claims().values() if c.source.startswith("article")} == set(
        OF_ARTICLES.values()
    )


def test_a_claim_says_how_it_is_judged() -> None:
    sentences = [claim.sentence for claim in all_claims().values()]
    assert len(set(sentences)) == len(sentences)
    for claim in all_claims().values():
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", claim.id), claim.id
        assert claim.kind in KINDS
        assert claim.source in SOURCES
        assert claim.better in ("higher", "lower")
        assert re.fullmatch(r"\d\d", claim.lesson)
        assert re.fullmatch(r"\d\d", claim.course_lesson)
        assert claim.at_least >= 0
        assert not claim.sentence.endswith(".")
        assert max(len(claim.ours), len(claim.baseline)) <= LONGEST, f"{claim.id}: no room beside its dots"
        measured = [claim.measure, claim.units, claim.ours, claim.varies]
        assert all(measured) == (claim.kind != "fact"), claim.id
        assert bool(claim.baseline) == (claim.kind == "comparison"), claim.id
        assert (claim.threshold is not None) == (claim.kind == "threshold"), claim.id
        if claim.kind == "threshold" and claim.units == "share":
            sign = 1 if claim.better == "higher" else -1
            assert 0 <= claim.threshold + sign * claim.at_least <= 1, f"{claim.id} can never hold"


def test_facts_are_judged_as_facts_and_samples_as_samples() -> None:
    for path in SOURCE_FILES:
        for call in calls(path, "verdict"):
            claim = find_claim(ast.literal_eval(call.args[0]))
            keywords = {keyword.arg for keyword in call.keywords}
            assert ("fact" in keywords) == (claim.kind == "fact"), ast.unparse(call)
            sides = {"comparison": 3, "threshold": 2, "fact": 1}[claim.kind]
            assert len(call.args) == sides, ast.unparse(call)


def test_an_unknown_claim_gets_a_hint(fails: object) -> None:
    with fails(ArgumentError, "claim_id", names="'vae-is-gan'"):  # type: ignore[operator]
        find_claim("vae-is-gans")
    with fails(ArgumentError, "claim_id", names="'vae-is-gan'"):  # type: ignore[operator]
        find_claim("a VAE is a variant of a GAN")
    with fails(ArgumentError, "claim_id", names="cl.claims()"):  # type: ignore[operator]
        find_claim("water boils at 90 °C")
