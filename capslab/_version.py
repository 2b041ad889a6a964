"""The one place that names the version."""

__version__ = "0.2.0.dev0"

#: The edition of the course: notebooks, exercises and code of one edition fit together. Every notebook that
#: is built carries it in its metadata; those of the first edition, 0.1, carry none.
EDITION = ".".join(__version__.split(".")[:2])
FIRST_EDITION = "0.1"
