"""The commands by their names, and what becomes of Trouble: a sentence on stderr and an exit code."""

import os
import sys
from collections.abc import Callable
from typing import Any

import typer
from rich.console import Console
from rich.text import Text
from typer.core import TyperGroup

from infra.halo import activity, devices, failures, login, schedules, send, status, templates, watch
from infra.halo.texts import clean
from infra.halo.trouble import Trouble

_COMMANDS: dict[str, Callable[..., None]] = {
    "login": login.login,
    "logout": login.logout,
    "whoami": login.whoami,
    "list": schedules.list_,
    "show": schedules.show,
    "watch": watch.watch,
    "send": send.send,
    "cancel": schedules.cancel,
    "resume": schedules.resume,
    "templates": templates.templates,
    "devices": devices.devices,
    "activity": activity.activity,
    "failures": failures.failures,
    "status": status.status,
}


class _Commands(TyperGroup):
    """In the order above, and without tracebacks."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except Trouble as trouble:
            tell(trouble.sentence)
            raise typer.Exit(trouble.exit_code) from None
        except BrokenPipeError:
            raise  # whoever read the answers has seen enough: typer ends quietly
        except OSError as error:
            tell(f"{error.filename or 'The system'}: {error.strerror or error}.")
            raise typer.Exit(1) from None
        except (LookupError, TypeError, AttributeError) as error:
            # What people type is checked before: what gets here is an answer of another shape, or a mistake of ours.
            if os.environ.get("HALO_TRACE"):
                raise
            tell(f"halo does not understand this answer ({type(error).__name__}: {error}); HALO_TRACE=1 shows where.")
            raise typer.Exit(1) from None


def tell(sentence: str) -> None:
    console = Console(stderr=True, markup=False, emoji=False, highlight=False)
    first, *more = sentence.split("\n")
    for line in (clean(first), *map(clean, more)):
        console.print(Text(line, "red" if line == clean(first) else ""), soft_wrap=True)


def build() -> typer.Typer:
    fancy = sys.stdout.isatty() and sys.stderr.isatty()
    app = typer.Typer(
        cls=_Commands,
        help="HALO Push for operators. Exit codes: 0 done, 1 it failed, 2 wrongly typed, 3 not logged in or without "
        "the right, 4 the API does not answer.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich" if fancy else None,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )
    for name, command in _COMMANDS.items():
        app.command(name)(command)
    return app
