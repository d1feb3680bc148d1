"""Two tests at a time, but never two stacks or two Firestore emulators: one machine has two cores."""

from pathlib import Path

import pytest

_TOGETHER = ("contract", "e2e", "infra/local/stack", "infra/local/tasks", "infra/local/fcm")
_HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Runs before xdist reads the groups. The whole stack goes first, since it takes longest."""
    for item in items:
        folder = item.path.relative_to(_HERE).as_posix()
        for group in _TOGETHER:
            if folder.startswith(group + "/"):
                item.add_marker(pytest.mark.xdist_group(group))
    items.sort(key=lambda item: not item.path.relative_to(_HERE).as_posix().startswith("e2e/"))
