"""What this machine lacks for a measurement, as a sentence that says how to get it."""


class Missing(Exception):
    """The measurement is left out, and says so; the others go on."""
