"""What exists because a lesson asks for it: claims, verdicts, bundled networks and results, the β sweep."""
