"""What each function's code may do, found by following its imports from its entry point through the use cases."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from terraform.configuration import ROOT

_FUNCTIONS = ROOT / "functions"


def entry_points() -> dict[str, str]:
    """Names of functions and the modules of their entry points, as functions/main.py has them."""
    for node in ast.parse((_FUNCTIONS / "main.py").read_text()).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "_ENTRY_POINTS":
            found: dict[str, str] = ast.literal_eval(node.value)
            return found
    raise AssertionError("functions/main.py names its entry points no more")


def calls(entry_point: str) -> set[str]:
    """Calls such as `tasks.send` and reads such as `ports.identities` in whatever the entry point reaches."""
    return {call for module in _reached(entry_point) for call in _of(module)}


def _reached(entry_point: str) -> set[str]:
    seen: set[str] = set()
    waiting = [entry_point]
    while waiting:
        module = waiting.pop()
        if module not in seen:
            seen.add(module)
            waiting.extend(_imports(module))
    return seen


@cache
def _tree(module: str) -> ast.Module:
    path = _FUNCTIONS / module.replace(".", "/")
    return ast.parse(
        (path.with_suffix(".py") if path.with_suffix(".py").exists() else path / "__init__.py").read_text()
    )


def _imports(module: str) -> Iterator[str]:
    """Entry points and use cases: what is below them does only what it is asked for."""
    for node in ast.walk(_tree(module)):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("push."):
            for name in [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]:
                if name.startswith(("push.entrypoints.", "push.usecases.")) and _exists(name):
                    yield name


def _exists(module: str) -> bool:
    path: Path = _FUNCTIONS / module.replace(".", "/")
    return path.with_suffix(".py").exists() or (path / "__init__.py").exists()


@cache
def _of(module: str) -> frozenset[str]:
    return frozenset(
        f"{owner}.{node.attr}"
        for node in ast.walk(_tree(module))
        if isinstance(node, ast.Attribute) and (owner := _owner(node.value))
    )


def _owner(node: ast.expr) -> str | None:
    """`tasks` of `tasks`, and of `self._tasks`."""
    if isinstance(node, ast.Name):
        return node.id
    return node.attr.lstrip("_") if isinstance(node, ast.Attribute) else None
