"""Lists Python files over 400 lines and functions over 80: places to look for a second concept hiding inside.

`make check` runs it. It refuses nothing.
"""

from __future__ import annotations

import ast
from pathlib import Path

LONG_FILE, LONG_FUNCTION = 400, 80
ROOT = Path(__file__).parents[1]


def long_code(root: Path = ROOT) -> list[str]:
    """One line per file or function that is long, the package, tools and tests looked through."""
    lines = []
    for folder in ("capslab", "tools", "tests", "benchmarks"):
        for path in sorted((root / folder).rglob("*.py")):
            text = path.read_text("utf-8")
            name = path.relative_to(root)
            if (length := text.count("\n")) > LONG_FILE:
                lines.append(f"{name}: {length} lines")
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                    length = (node.end_lineno or 0) - node.lineno + 1
                    if length > LONG_FUNCTION:
                        lines.append(f"{name}: {node.name} has {length} lines")
    return lines


if __name__ == "__main__":
    print(*long_code(), sep="\n")
