"""What exists because a lesson asks for it: claims, verdicts, bundled networks and results, the β sweep."""

from capslab.lessons.first_edition_verdict import judged_in_words as judged_in_words
