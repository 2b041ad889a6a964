"""Which functions of a network are the learner's: those that `mine` has kept, and no others."""

import pytest

import capslab as cl
from capslab.exercises import find
from capslab.lessons import your_parts

pytestmark = pytest.mark.usefixtures("learner")

OWN = """
def softmax(scores):
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
"""


def test_only_functions_that_were_kept_are_yours():
    from capslab.exercises import adopt_function
    from capslab.exercises.function_source import Source

    network = cl.DenseBaseline((8, 8), 10)
    assert your_parts.in_network(network) == ()
    assert set(your_parts.of_network(network)) == {"cross_entropy", "softmax"}
    cl.mine("softmax", find("softmax").reference)  # the course's own function, handed in as the learner's
    adopt_function.kept.keep("squash", Source("def squash(s): ...", "squash"))  # of another network
    before = your_parts.in_network(network)
    adopt_function.kept.keep("softmax", Source(OWN, "softmax"))
    assert your_parts.in_network(network) == ("softmax",)
    assert "squash" not in before
    assert "Your own: softmax." in cl.plots.architecture(network, mine=("softmax",)).alt_text
