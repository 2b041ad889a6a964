"""What exists because a lesson asks for it: verdicts, classical methods, the β sweep, bundled results."""
