"""Exercises of 11_routing_by_agreement: votes, one iteration, and the loop.

Equations are those of Sabour, Frosst, Hinton 2017 (arXiv 1710.09829).
"""

from __future__ import annotations

import numpy as np

from capslab.exercises.exercise import Exercise, Mistake
from capslab.exercises.network_pieces import IN_NETWORK, REAL_SIZE
from capslab.exercises.routing_exercises import (
    loop_cases,
    routing_loop,
    routing_step,
    step_cases,
    vote_cases,
    votes,
    wrong_loop,
    wrong_step,
)

NOTEBOOK = "11_routing_by_agreement"

EXERCISES = (
    Exercise(
        name="votes",
        notebook=NOTEBOOK,
        title="What each capsule predicts",
        task=(
            "Write votes(poses, weights). From poses (child, P) and weights (child, parent, D, P) it "
            "computes the votes û_ij = W_ij u_i, of shape (child, parent, D)."
        ),
        points=2,
        hints=(
            "For one child i and one parent j, the vote is a matrix times a vector: weights[i, j] @ "
            "poses[i].",
            "Two loops, over i and over j, are a fine first answer. Then look at np.einsum.",
            'In np.einsum, give each axis one letter: weights are "ijdp", poses "ip", votes "ijd".',
        ),
        cases=vote_cases,
        reference=votes,
        real_size=REAL_SIZE["votes"],
        in_network=IN_NETWORK["votes"],
        mistakes=(
            Mistake(
                "transposed",
                "The matrices are transposed: this is W transposed times u. The last axis of the weights "
                "must meet the pose of the child.",
                lambda poses, weights: np.einsum("ijpd,ip->ijd", weights, poses),
            ),
            Mistake(
                "summed over children",
                "You added up the votes of all children. At this point each child still has a vote of its "
                "own; routing decides later how much each one counts.",
                lambda poses, weights: np.einsum("ijdp,ip->jd", weights, poses),
            ),
            Mistake(
                "shared weights",
                "Every child uses the matrices of the first child. Child i has its own: weights[i].",
                lambda poses, weights: np.einsum("jdp,ip->ijd", weights[0], poses),
            ),
        ),
    ),
    Exercise(
        name="routing_step",
        notebook=NOTEBOOK,
        title="One iteration of routing",
        task=(
            "Write routing_step(logits, votes). From logits (child, parent) and votes (child, parent, D) "
            "it computes (new_logits, outputs), with outputs (parent, D). Logits can be as large as 1,000."
        ),
        points=4,
        hints=(
            "Four lines are enough: couplings from the logits, the weighted sum of the votes for each "
            "parent, squash, and the agreement that is added to the logits.",
            "Each child divides itself among the parents, so its couplings (one row) add up to 1. The "
            "softmax therefore runs along axis 1.",
            "outputs = squash((couplings[:, :, None] * votes).sum(axis=0)). The agreement of child i with "
            "parent j is votes[i, j] · outputs[j]. Return logits + agreement, outputs.",
        ),
        cases=step_cases,
        reference=routing_step,
        real_size=REAL_SIZE["routing_step"],
        in_network=IN_NETWORK["routing_step"],
        mistakes=(
            Mistake(
                "softmax over children",
                "Your softmax runs over the children, so the couplings add up to 1 for each parent. But "
                "it is each child that divides itself among the parents, so sum over the other axis.",
                lambda logits, votes: wrong_step(logits, votes, axis=0),
            ),
            Mistake(
                "no squash",
                "The outputs are not squashed, so a parent's length can exceed 1, and the agreement grows "
                "without bound.",
                lambda logits, votes: wrong_step(logits, votes, with_squash=False),
            ),
            Mistake(
                "overflow",
                "The formula is right, but large logits give NaN, because np.exp(1000) is infinite. Subtract "
                "the largest logit of each row first, as in softmax.",
                lambda logits, votes: wrong_step(logits, votes, safe=False),
            ),
            Mistake(
                "logits replaced",
                "You return only the agreement. Routing *adds* it to the logits, so that agreement builds "
                "up over the iterations.",
                lambda logits, votes: wrong_step(logits, votes, keep=False),
            ),
            Mistake(
                "no agreement",
                "The logits come back unchanged, so nothing is ever routed. Add the agreement û·v to them.",
                lambda logits, votes: wrong_step(logits, votes, agree=False),
            ),
        ),
    ),
    Exercise(
        name="routing_loop",
        notebook=NOTEBOOK,
        title="The whole routing loop",
        task=(
            "Write routing_loop(votes, iterations). From votes (child, parent, D) it computes (couplings, "
            "outputs): the couplings (child, parent) that the last iteration used, and its outputs "
            "(parent, D). Long votes can make logits grow past 1,000."
        ),
        points=3,
        hints=(
            "Start with logits (child, parent) that are all zero. Then a for loop does what routing_step "
            "does, again and again.",
            "In each iteration, the couplings are the softmax of the logits over the parents, s is the "
            "sum of the votes weighted by them, and outputs = squash(s). Then the agreement is added to "
            "the logits.",
            "Take the couplings before the logits are updated: these are the ones that made the outputs. "
            "After the loop, return couplings, outputs.",
        ),
        cases=loop_cases,
        reference=routing_loop,
        real_size=REAL_SIZE["routing_loop"],
        in_network=IN_NETWORK["routing_loop"],
        mistakes=(
            Mistake(
                "softmax over children",
                "Your softmax runs over the children. But each *child* has 1 to give away, so its row "
                "adds up to 1.",
                lambda votes, iterations: wrong_loop(votes, iterations, axis=0),
            ),
            Mistake(
                "overflow",
                "The formula is right, but large logits give NaN, because np.exp(1000) is infinite. Subtract "
                "the largest logit of each row first, as in softmax.",
                lambda votes, iterations: wrong_loop(votes, iterations, safe=False),
            ),
            Mistake(
                "couplings of the next iteration",
                "The outputs are right, but the couplings already belong to the next iteration. Return "
                "the ones that made the outputs.",
                lambda votes, iterations: wrong_loop(votes, iterations, late=True),
            ),
            Mistake(
                "one iteration too many",
                "That is one iteration too many. With one iteration, every coupling is still 1/parents.",
                lambda votes, iterations: wrong_loop(votes, iterations, extra=1),
            ),
            Mistake(
                "logits replaced",
                "Each iteration forgets the agreement of the ones before. Add the new agreement to the "
                "logits.",
                lambda votes, iterations: wrong_loop(votes, iterations, keep=False),
            ),
            Mistake(
                "no squash",
                "The outputs are not squashed, so a length can exceed 1, and the agreement grows without "
                "bound.",
                lambda votes, iterations: wrong_loop(votes, iterations, with_squash=False),
            ),
        ),
    ),
)
