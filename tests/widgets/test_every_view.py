"""What every view has on the Python side: a still picture and words, controls to hide, complete code."""

from __future__ import annotations

import ast
import builtins
from collections import Counter

import pytest
from views import VIEWS

from capslab.errors import ArgumentError


@pytest.mark.parametrize("name", VIEWS)
def test_a_page_without_a_kernel_shows_a_picture_and_says_what_it_shows(name):
    view = VIEWS[name]()
    if name == "training":
        view.finish("Trained.")  # until then a picture would hold training up
    data, meta = view._repr_mimebundle_()
    assert data["image/png"].startswith(b"\x89PNG")
    assert len(data["image/png"]) > 2000  # more than an empty figure
    assert data["text/plain"] == meta["image/png"]["alt"] == view.still_words
    assert view.words in view.still_words
    assert view.words
    assert "\n" not in view.still_words
    alt = view.figure().alt_text
    assert alt == view.still_words[: len(alt)]


@pytest.mark.parametrize("name", VIEWS)
def test_every_control_can_be_hidden_and_no_other(name):
    view = VIEWS[name]()
    assert "code" in view.CONTROLS
    view.hide = list(view.CONTROLS)
    with pytest.raises(ArgumentError, match=view.CONTROLS[0]):
        view.hide = ["what is not there"]
    assert view.hide == list(view.CONTROLS)


@pytest.mark.parametrize("name", VIEWS)
def test_the_code_imports_what_it_uses(name):
    """Only what the learner made (a model, images, an embedding) may come from outside."""
    tree = ast.parse(VIEWS[name]().code)
    made, used = Counter(), Counter()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            made.update((alias.asname or alias.name).split(".")[0] for alias in node.names)
        elif isinstance(node, ast.Name):
            (made if isinstance(node.ctx, ast.Store) else used)[node.id] += 1
    outside = set(used) - set(made) - set(vars(builtins))
    assert outside <= {"model", "images", "image", "embedding", "embeddings", "vae", "net", "sweep"}, outside


@pytest.mark.parametrize("name", VIEWS)
def test_a_still_is_drawn_without_a_warning(name, recwarn, caplog):
    view = VIEWS[name]()
    if name == "training":
        view.finish("Trained.")
    view.picture()
    assert [str(one.message) for one in recwarn if "matplotlib" in str(one.filename)] == []
    assert [record.getMessage() for record in caplog.records if record.name.startswith("matplotlib")] == []
