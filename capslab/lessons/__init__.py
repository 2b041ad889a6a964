"""What exists because a lesson asks for it: verdicts on claims, classical methods, the β sweep, results."""
