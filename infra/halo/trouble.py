"""What goes wrong, as a sentence for whoever typed the command, and the code that the command ends with.

Trouble            1  it was refused, or failed
├── Usage          2  the command makes no sense as it was typed
├── NotAllowed     3  not logged in, or without the right
└── Unreachable    4  no answer from the API: nobody there, or not able to now (502, 503, 504)
    └── LostAnswer 4  asked, and not answered: nobody knows whether it was done
"""


class Trouble(Exception):
    """`status` is the API's, where it answered."""

    exit_code = 1

    def __init__(self, sentence: str, status: int | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.status = status


class Usage(Trouble):
    exit_code = 2


class NotAllowed(Trouble):
    exit_code = 3


class Unreachable(Trouble):
    exit_code = 4


class LostAnswer(Unreachable):
    pass
