"""A process beside the server that answers one question at a time, so that heavy work holds up no query.

The two talk by pickles over pipes; both ends are this program. What is raised there is raised here.
"""

import pickle
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from select import POLLIN, poll
from threading import Lock
from typing import IO, Any

from cnrs_kg.errors import CnrsKgError

Answer = Callable[[Any], object]


class Ended(Exception):
    """The process ended, by this code, before it answered."""

    def __init__(self, code: int) -> None:
        super().__init__(f"the process ended ({code})")
        self.code = code


class Companion:
    """The process: started when it is first asked, and again after it ended. Whoever asks takes turns.

    `module` has a function `main` that calls `serve`; `task` is what the process is told at its start.
    """

    def __init__(self, module: str, task: object) -> None:
        self._command = (sys.executable, "-c", f"from {module} import main; main()")
        self._task = task
        self.process: subprocess.Popen[bytes] | None = None
        self._starting, self._over = Lock(), False

    def ask(self, question: object, seconds: float | None = None) -> object:
        """The answer; a `CnrsKgError` that the process raised, `Ended`, or `TimeoutError` after so many seconds.

        After the last two another process takes its place.
        """
        try:
            process = self._running()
            _send(process.stdin, question)
            assert process.stdout is not None
            if seconds is not None and not _is_readable(process.stdout, seconds):
                self.stop(kill=True)
                raise TimeoutError
            found = _receive(process.stdout)
        except TimeoutError:
            raise
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            code = self.stop()
            if code is None:
                raise
            raise Ended(code) from error
        if isinstance(found, CnrsKgError):
            raise found
        return found

    def interrupt(self) -> None:
        """End the process now, for good; a thread that asks it meanwhile meets `Ended`. `stop` is still to follow."""
        with self._starting:
            self._over = True
            if self.process is not None:
                self.process.kill()

    def stop(self, *, kill: bool = False) -> int | None:
        """End the process, when it has done what it is at, or now; its code, None if there was none."""
        process, self.process = self.process, None
        if process is None:
            return None
        if kill:
            process.kill()
        for stream in (process.stdin, process.stdout):
            assert stream is not None
            try:
                stream.close()
            except BrokenPipeError:
                continue
        return process.wait()

    def _running(self) -> subprocess.Popen[bytes]:
        if self.process is None or self.process.poll() is not None:
            self.stop()
            with self._starting:
                if self._over:
                    raise Ended(-signal.SIGKILL)
                self.process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            _send(self.process.stdin, self._task)
        return self.process


def serve(opened: Callable[[Any], AbstractContextManager[Answer]]) -> None:
    """Answer what comes on standard input until it ends; `opened` makes the answering of the task that comes first."""
    source, answers = sys.stdin.buffer, sys.stdout.buffer
    with opened(_receive(source)) as answer:
        while True:
            try:
                question = _receive(source)
            except EOFError:
                return
            try:
                found = answer(question)
            except CnrsKgError as error:
                found = error
            _send(answers, found)


def _is_readable(stream: IO[bytes], seconds: float) -> bool:
    """Whether something comes within so many seconds; `select` knows no file beyond the first 1,024."""
    waiting = poll()
    waiting.register(stream, POLLIN)
    return bool(waiting.poll(seconds * 1000))


def _send(stream: IO[bytes] | None, message: object) -> None:
    assert stream is not None
    pickle.dump(message, stream)
    stream.flush()


def _receive(stream: IO[bytes] | None) -> Any:
    assert stream is not None
    return pickle.load(stream)
