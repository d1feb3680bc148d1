"""Python imports this at its start where it lies on the path: so the functions of a stack under test write down what
they ask of Firestore, and know nothing of it."""

import os
from contextlib import ExitStack
from pathlib import Path

from queries.recording import VARIABLE, recording

# Kept, or it would end at once.
until_exit = ExitStack()
if to := os.environ.get(VARIABLE):
    until_exit.enter_context(recording(Path(to)))
