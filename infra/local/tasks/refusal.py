"""What a client is told when a call cannot be carried out."""

import grpc

INVALID = grpc.StatusCode.INVALID_ARGUMENT
MISSING = grpc.StatusCode.NOT_FOUND
TAKEN = grpc.StatusCode.ALREADY_EXISTS
UNSUPPORTED = grpc.StatusCode.UNIMPLEMENTED


class Refusal(Exception):
    """A gRPC status and the sentence that goes with it."""

    def __init__(self, status: grpc.StatusCode, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence
