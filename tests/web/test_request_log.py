import io
import re
import threading

from cnrs_kg.web.request_log import RequestLog


def test_every_line_is_written_once_whoever_notes_it():
    stream = io.StringIO()
    log = RequestLog(stream, every=0.001)
    threads = [
        threading.Thread(target=lambda name=name: [log(f"{name}-{number}") for number in range(500)]) for name in "abcd"
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    log.close()
    lines = [line.rsplit(" ", 1)[1] for line in stream.getvalue().splitlines()]
    assert sorted(lines) == sorted(f"{name}-{number}" for name in "abcd" for number in range(500))


def test_a_line_looks_like_those_of_logging():
    stream = io.StringIO()
    log = RequestLog(stream, every=60)
    log("x GET / 200")
    log.close()
    wanted = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} INFO cnrs_kg\.web\.requests x GET / 200\n"
    assert re.fullmatch(wanted, stream.getvalue())
