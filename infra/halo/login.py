"""Logging in and out, and who one is."""

import json
import sys
from typing import Annotated, Any

import typer

from infra.halo import credentials
from infra.halo.options import AsJson, around, opened
from infra.halo.output import Output
from infra.halo.session import LOG_IN, SessionFile
from infra.halo.surroundings import Surroundings
from infra.halo.trouble import NotAllowed, Unreachable, Usage
from infra.halo.wire import Wire, is_here, normal

_LONGEST = 4_096


def login(
    context: typer.Context,
    api: Annotated[str | None, typer.Option("--api", help="Address of the API [HALO_API].")] = None,
    username: Annotated[str | None, typer.Option("--username", "-u", help="[HALO_USERNAME]")] = None,
    from_stdin: Annotated[bool, typer.Option("--password-stdin", help="Read the password from stdin.")] = False,
    local: Annotated[bool, typer.Option("--local", help="As the admin of the stack that `make run` keeps.")] = False,
    as_json: AsJson = False,
) -> None:
    """Log in, for all further commands. The password is asked for, or is in HALO_PASSWORD.

    Scripts may leave this out: with HALO_API, HALO_USERNAME and HALO_PASSWORD every command logs in by itself.
    """
    here, out = around(context), Output(as_json)
    if local:
        if api or username or from_stdin:
            raise Usage("--local knows address, name and password itself: leave the others out.")
        address, name, password = _local(here)
    else:
        address = api or here.environment.get("HALO_API") or ""
        if not address:
            raise Usage("Say where: --api URL, or --local for the stack that `make run` keeps.")
        normal(address)  # nobody types a password for what is no address
        name = username or here.environment.get("HALO_USERNAME") or _asked(here, "Username", "--username")
        password = _password(here, from_stdin)
    wire = Wire(address, here, out.note)
    if wire.address.startswith("http://") and not is_here(wire.address):
        out.note("Careful: http:// carries the password for everybody on the way to read.")
    try:
        session, rights = credentials.log_in(wire, name, password, here.now())
    finally:
        wire.close()
    file = SessionFile(here.directory)
    with file.locked():
        file.write(session)
    value = {
        "api": session.api, "username": name, "rights": rights, "expiresAt": round(session.expires_at * 1000),
    }  # fmt: skip
    out.answer(value, f"Logged in at {session.api} as {name}, with the rights {', '.join(rights)}.")


def logout(context: typer.Context, as_json: AsJson = False) -> None:
    """Forget the login, here and at the API."""
    here, out = around(context), Output(as_json)
    file = SessionFile(here.directory)
    with file.locked():
        try:
            session = file.read()
        finally:
            file.forget()
    if session is None:
        raise NotAllowed(f"Nobody is logged in. {LOG_IN}")
    wire = Wire(session.api, here, out.note)
    try:
        credentials.revoke(wire, session)
    except Unreachable as trouble:
        raise Unreachable(f"The login is forgotten here, but could not be ended at the API: {trouble}") from None
    finally:
        wire.close()
    out.answer({"api": session.api, "username": session.username}, f"Logged out at {session.api}.")


def whoami(context: typer.Context, as_json: AsJson = False) -> None:
    """Show the account, its role and its rights."""
    with opened(context, as_json) as (api, out):
        me = api.get("api/core/user/self")
        if as_json:
            out.document({**me, "api": api.address})
            return
        ranges = me.get("ipRanges") or ["anywhere"]
        shown = {"username": me["username"], "role": me["role"], "rights": ", ".join(me["rights"])}
        out.fields({**shown, "may be used from": ", ".join(ranges), "api": api.address})


def _local(here: Surroundings) -> tuple[str, str, str]:
    try:
        found: Any = json.loads(here.local.read_text())
        return found["api"], found["admin"]["username"], found["admin"]["password"]
    except (OSError, ValueError, TypeError, KeyError):
        raise Unreachable("No stack runs here: start it with `make run`.") from None


def _password(here: Surroundings, from_stdin: bool) -> str:
    if from_stdin:
        password = sys.stdin.readline(_LONGEST).rstrip("\r\n")
    else:
        password = here.environment.get("HALO_PASSWORD") or _asked(here, "Password", "--password-stdin", hidden=True)
    if not password:
        raise Usage("The password is empty.")
    return password


def _asked(here: Surroundings, what: str, option: str, hidden: bool = False) -> str:
    if not here.somebody():
        raise Usage(f"{what} is missing, and nobody is there to be asked: say {option}.")
    return str(typer.prompt(what, hide_input=hidden, err=True))
