"""The command line: `capslab lab`, `run`, `doctor`, `assignment` and the others."""
