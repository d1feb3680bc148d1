"""`python tether.py PARENT COMMAND...` becomes COMMAND, which the system ends (SIGTERM) when process PARENT dies.

Run as a file of its own, so that it costs milliseconds and nothing happens between fork and exec in a process that
has threads. Only Linux can do this; elsewhere it just becomes COMMAND.
"""

import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def main() -> None:
    parent, command = int(sys.argv[1]), sys.argv[2:]
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it died before this was asked for
            sys.exit(1)
    os.execvp(command[0], command)  # noqa: S606  that is its purpose


if __name__ == "__main__":
    main()
