"""What the learner writes is what runs next, and no cell shows a solution to one who has yet to write it.

Both are held for the lessons in `BUILT`; a lesson joins when it is written anew.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from capslab.course.editions import BEGIN, edition
from capslab.course.make_assignment import checks
from capslab.course.paths import sources
from capslab.exercises.registry import find

BUILT = [f"{number:02}" for number in range(27)]
COURSE = [path for path in sources() if path.stem[:2] in BUILT]
LEAST = 4  # operations of an expression that is worth giving away; x + 1 is not
#: functions without a check, because one sees in the picture whether they are right
SEEN = {"01": ["show"]}

pytestmark = pytest.mark.parametrize("source", COURSE, ids=lambda path: path.stem)


def code_cells(source: Path) -> list[str]:
    code = [cell.source for cell in edition(source, "assignment").cells if cell.cell_type == "code"]
    return [re.sub(r"^(\s*)[%!].*$", r"\1pass", text, flags=re.MULTILINE) for text in code]


def text_cells(source: Path) -> list[str]:
    return [cell.source for cell in edition(source).cells if cell.cell_type == "markdown"]


def exercises(cells: list[str]) -> dict[str, int]:
    """For each exercise whose answer is a function, the number of the cell with its check."""
    return {
        one.exercise: number
        for number, text in enumerate(cells)
        for one in checks(text)
        if find(one.exercise).is_function
    }


def functions_with_a_gap(cells: list[str]) -> list[str]:
    """The cells in which the learner writes a function; one whose answer is a value has none."""
    gaps = [text for text in cells if BEGIN in text]
    return [text for text in gaps if any(isinstance(node, ast.FunctionDef) for node in ast.parse(text).body)]


# --- an expression with its names left open


def names_in(function: ast.FunctionDef) -> set[str]:
    """The arguments of a function and the names that it binds: another cell may call them anything."""
    bound = {
        node.id
        for node in ast.walk(function)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    return bound | {one.arg for one in ast.walk(function.args) if isinstance(one, ast.arg)}


def matches(pattern: ast.AST, other: ast.AST, free: set[str], bound: dict[str, str]) -> bool:
    """Whether an expression is the pattern, with something in the place of each of its free names."""
    if isinstance(pattern, ast.Name) and pattern.id in free:
        return bound.setdefault(pattern.id, ast.dump(other)) == ast.dump(other)
    if type(pattern) is not type(other):
        return False
    for name, value in ast.iter_fields(pattern):
        mine, theirs = (each if isinstance(each, list) else [each] for each in (value, getattr(other, name)))
        if len(mine) != len(theirs):
            return False
        for a, b in zip(mine, theirs, strict=True):
            if isinstance(a, ast.expr_context):
                continue
            if isinstance(a, ast.AST) and isinstance(b, ast.AST):
                if not matches(a, b, free, bound):
                    return False
            elif a != b:
                return False
    return True


def operations(expression: ast.AST) -> int:
    """How much an expression says; the letters of an einsum say more than a number."""
    nodes = list(ast.walk(expression))
    texts = [node for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return sum(isinstance(node, (ast.BinOp, ast.Call, ast.Constant)) for node in nodes) + 2 * len(texts)


def telling(function: ast.FunctionDef) -> list[ast.expr]:
    """The expressions of a solution that would give it away; of one without a longer one, its longest."""
    parts = [
        part
        for node in ast.walk(function)
        if isinstance(node, (ast.Assign, ast.Return)) and node.value is not None
        for part in (node.value.elts if isinstance(node.value, ast.Tuple) else [node.value])
    ]
    return [one for one in parts if operations(one) >= LEAST] or [max(parts, key=operations)]


def shown(function: ast.FunctionDef, text: str) -> list[str]:
    """The telling expressions of a solution that stand in a cell."""
    free = names_in(function)
    there = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.expr)]
    return [
        ast.unparse(one) for one in telling(function) if any(matches(one, other, free, {}) for other in there)
    ]


# --- the tests


def test_each_function_is_adopted_after_its_check_and_used_later(source: Path) -> None:
    cells = code_cells(source)
    found = exercises(cells)
    assert found
    for name, number in found.items():
        adopted = rf'^{name} = cl\.mine\("{name}", {name}(, in_network=True)?\)'
        assert re.search(adopted, cells[number + 1], re.MULTILINE), name
        later = [
            node for text in cells[number + 2 :] if BEGIN not in text for node in ast.walk(ast.parse(text))
        ]
        used = [node for node in later if isinstance(node, ast.Name) and node.id == name]
        assert any(isinstance(node.ctx, ast.Load) for node in used), f"{name} is never used again"
        assert not [node for node in used if isinstance(node.ctx, ast.Store)], f"{name} is overwritten"


def test_no_cell_shows_a_solution(source: Path) -> None:
    cells = code_cells(source)
    texts = text_cells(source)
    code_in_text = [part for text in texts for part in re.findall(r"`([^`\n]+)`", text)]
    others = [text for text in cells if BEGIN not in text]
    solved = functions_with_a_gap(cells)
    assert len(solved) == len(exercises(cells)) + len(SEEN.get(source.stem[:2], []))
    for text in solved:
        function = next(node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef))
        for other in others:
            assert not shown(function, other), f"{function.name} in: {other}"
        for part in code_in_text:
            try:
                assert not shown(function, part), f"{function.name} in the text: {part}"
            except SyntaxError:
                continue


def test_a_solution_under_other_names_is_recognised(source: Path) -> None:
    """The test above would notice: each solution is found again after a change of its names."""
    for text in functions_with_a_gap(code_cells(source)):
        function = next(node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef))
        if function.name in SEEN.get(source.stem[:2], []):
            continue  # the lesson shows it, folded
        free = names_in(function)

        class Renamed(ast.NodeTransformer):
            def visit_Name(self, node: ast.Name, free: set[str] = free) -> ast.AST:
                inside = ast.Attribute(ast.Name("caps"), f"of_{node.id}")
                return inside if node.id in free and isinstance(node.ctx, ast.Load) else node

        body = "\n".join(
            ast.unparse(Renamed().visit(one)) for one in ast.parse(ast.unparse(function)).body[0].body
        )
        body = re.sub(r"\breturn ", "result = ", body)
        assert shown(function, body) == [ast.unparse(one) for one in telling(function)]
        assert not shown(function, "plots.lines(before, {'length': after}, mark=0.5)\nx = 2 * n + 1")
