"""How often a host is asked: not more than its interval allows, and not before it wants to be asked again."""

from email.utils import parsedate_to_datetime
from threading import Lock

from cnrs_kg.errors import OutboundTimeout
from cnrs_kg.outbound.clock import Clock, Deadline
from cnrs_kg.outbound.places import Place

_FIRST, _LONGEST = 0.5, 30.0


class Pace:
    """Turns, given out host by host; many threads may ask at once."""

    def __init__(self, clock: Clock) -> None:
        self._clock, self._lock = clock, Lock()
        self._free: dict[str, float] = {}

    def wait(self, place: Place, deadline: Deadline) -> None:
        """Wait for a turn; `OutboundTimeout` if it would come after the deadline."""
        with self._lock:
            now = self._clock.now()
            turn = max(now, self._free.get(place.host, now))
            if turn > deadline.end:
                raise OutboundTimeout(
                    f"{place.host} may not be asked again before {turn - now:.0f} seconds have passed",
                    advice="Ask later.",
                    host=place.host,
                )
            self._free[place.host] = turn + place.interval
        if turn > now:
            self._clock.sleep(turn - now)

    def hold(self, place: Place, seconds: float) -> None:
        """Let nobody ask a host before so many seconds have passed."""
        with self._lock:
            self._free[place.host] = max(self._free.get(place.host, 0.0), self._clock.now() + seconds)


def back_off(attempt: int) -> float:
    """The seconds to wait after the first, second… attempt that failed, when the host says nothing."""
    return float(min(_FIRST * 2 ** (attempt - 1), _LONGEST))


def retry_after(header: str, clock: Clock) -> float | None:
    """The seconds that a Retry-After header asks for, or None if it says nothing (RFC 9110, section 10.2.3)."""
    text = header.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - clock.today())
    except (ValueError, TypeError, OverflowError):
        return None
