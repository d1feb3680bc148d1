"""The commands that documentation tells people to run: lines of shell, and what stands between back-ticks."""

import re
from collections.abc import Iterator

from terraform.configuration import FOLDER, ROOT

README = (ROOT / "README.md").read_text()
DEPLOY = README.split("## Deploy\n")[1].split("\n## ")[0]
RUNBOOKS = sorted((FOLDER / "runbooks").iterdir())

_BLOCK = re.compile(r"^ *```(?:sh)?\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)


def blocks(text: str) -> list[str]:
    """Blocks of shell, whose continued lines are one."""
    return [block.replace("\\\n", " ") for block in _BLOCK.findall(text)]


def commands(text: str) -> list[str]:
    """Each on one line, in their order; remarks and white space that mean nothing are gone."""
    lines = [line for block in blocks(text) for line in block.splitlines()]
    spans = [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", _BLOCK.sub("", text))]
    return [" ".join(re.sub(r"\s#\s.*$", "", line).split()) for line in [*lines, *spans]]


def of(tool: str, text: str) -> Iterator[str]:
    """Each use of a tool, without what stands around it: `$(…)`, pipes and loops."""
    for command in commands(text):
        yield from re.findall(rf"(?:^|(?<=[ (])){tool} [a-z-].*?(?=$| \| |; |\)$|\)\"| && )", command)


def documents() -> list[tuple[str, str]]:
    return [("README.md", README), *((path.name, path.read_text()) for path in RUNBOOKS)]
