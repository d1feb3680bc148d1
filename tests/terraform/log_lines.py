"""What the code logs, found where it logs it: names of events, their severities and their fields."""

import ast
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from terraform.configuration import ROOT

_PUSH = ROOT / "functions" / "push"
# Its callers say which event it is (tests/test_readme.py allows no other).
_TOLD = "log_page"


class Line(NamedTuple):
    event: str
    severity: str
    fields: frozenset[str]


@cache
def lines() -> tuple[Line, ...]:
    found = tuple(line for path in sorted(_PUSH.rglob("*.py")) for line in _of(ast.parse(path.read_text())))
    told = next(line for line in found if line.event == _TOLD)
    pages = [Line(line.event, told.severity, told.fields) for line in found if line.severity == _TOLD]
    return (*(line for line in found if _TOLD not in line), *pages)


def fields() -> dict[str, frozenset[str]]:
    """Names of events, and all that is ever said with each."""
    said: dict[str, frozenset[str]] = {}
    for line in lines():
        said[line.event] = said.get(line.event, frozenset()) | line.fields
    return said


def _of(module: ast.Module) -> Iterator[Line]:
    for function in ast.walk(module):
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
            for node in ast.walk(function):
                if isinstance(node, ast.Call) and ast.unparse(node.func) == "logs.event":
                    yield _line(node, function)
                elif isinstance(node, ast.Call) and ast.unparse(node.func) == _TOLD:
                    yield Line(ast.literal_eval(node.args[0]), _TOLD, frozenset())


def _line(call: ast.Call, function: ast.FunctionDef | ast.AsyncFunctionDef) -> Line:
    name = call.args[0].value if isinstance(call.args[0], ast.Constant) else function.name
    severity = ast.unparse(call.args[1]) if len(call.args) > 1 else "INFO"
    said = {each.arg for each in call.keywords if each.arg}
    if any(each.arg is None for each in call.keywords):
        said |= set(_keys(function))
    return Line(str(name), severity.strip("'"), frozenset(said))


def _keys(function: ast.AST) -> Iterator[str]:
    """Of the dictionaries that a function makes, for a line that is told one of them."""
    for node in ast.walk(function):
        keys: list[ast.expr | None] = []
        if isinstance(node, ast.Dict):
            keys = node.keys
        elif isinstance(node, ast.Subscript):
            keys = [node.slice]
        yield from (key.value for key in keys if isinstance(key, ast.Constant) and isinstance(key.value, str))
