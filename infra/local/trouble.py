"""What keeps the stack from running, as a sentence for whoever started it."""


class Trouble(Exception):
    """`exit_code` is what the command ends with."""

    exit_code = 1


class CannotStart(Trouble):
    """Something on this machine must change first; nothing was started."""

    exit_code = 2


class Broke(Trouble):
    """A part did not start, or died in a way that the stack does not survive."""
