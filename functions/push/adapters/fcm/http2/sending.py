"""How much of the bodies the other side lets us send (flow control; RFC 9113, 5.2)."""

from push.adapters.fcm.http2.frames import END_STREAM, FRAME_SIZE, WINDOW, Code, Kind, ProtocolError, frame

LARGEST_WINDOW = 2**31 - 1


class Body:
    """One that could not go as a whole: what is left of it, and how much of that its stream allows."""

    def __init__(self, left: bytes, window: int) -> None:
        self.left = left
        self.window = window


class Sending:
    def __init__(self) -> None:
        self._window = WINDOW
        self._of_streams = WINDOW
        self._frame_size = FRAME_SIZE
        self._bodies: dict[int, Body] = {}

    @property
    def waits(self) -> bool:
        return bool(self._bodies)

    @property
    def exhausted(self) -> bool:
        """Nothing of any body may go."""
        return self._window <= 0

    def may_pass(self, size: int) -> bool:
        """Whether a new stream's body may go at once, in one frame. If so it counts as gone."""
        if size > self._window or size > self._of_streams or size > self._frame_size:
            return False
        self._window -= size
        return True

    def queue(self, stream: int, body: bytes) -> list[bytes]:
        """Frames that may go now; the rest waits."""
        self._bodies[stream] = Body(body, self._of_streams)
        return self._release()

    def drop(self, stream: int) -> bool:
        """Whether anything of it was still waiting."""
        return self._bodies.pop(stream, None) is not None

    def allow(self, stream: int, more: int) -> list[bytes]:
        """By so many bytes, for a stream or (0) for all together. Frames that may go now."""
        if stream == 0:
            self._window = _widened(self._window, more)
        elif stream in self._bodies:
            body = self._bodies[stream]
            body.window = _widened(body.window, more)
        return self._release()

    def resize(self, window: int) -> list[bytes]:
        """What each stream may send at first; for those that wait it changes by the difference (RFC 9113, 6.9.2)."""
        if window > LARGEST_WINDOW:
            raise ProtocolError(Code.FLOW_CONTROL_ERROR, "a window of more than 2^31-1")
        for body in self._bodies.values():
            body.window = _widened(body.window, window - self._of_streams)
        self._of_streams = window
        return self._release()

    def resize_frames(self, size: int) -> None:
        if not FRAME_SIZE <= size < 2**24:
            raise ProtocolError(Code.PROTOCOL_ERROR, f"frames of {size} bytes")
        self._frame_size = size

    def _release(self) -> list[bytes]:
        frames = []
        for stream, body in list(self._bodies.items()):
            while True:
                size = min(len(body.left), self._window, body.window, self._frame_size)
                whole = size == len(body.left)
                if size <= 0 and not whole:
                    break
                frames.append(frame(Kind.DATA, END_STREAM if whole else 0, stream, body.left[:size]))
                body.left = body.left[size:]
                body.window -= size
                self._window -= size
                if whole:
                    del self._bodies[stream]
                    break
        return frames


def _widened(window: int, more: int) -> int:
    if window + more > LARGEST_WINDOW:
        raise ProtocolError(Code.FLOW_CONTROL_ERROR, "a window of more than 2^31-1")
    return window + more
