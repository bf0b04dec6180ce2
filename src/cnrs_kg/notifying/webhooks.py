"""Places that are told of events, and what they are sent: signed as https://www.standardwebhooks.com/ says."""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from cnrs_kg.outbound.places import Place

EVENTS = ("submitted", "decided", "published")
SECRET = "whsec_"
_LENGTHS = range(24, 65)


@dataclass(frozen=True)
class Webhook:
    """A URL that is told of events, and the key by which it knows who tells; `private` is for hosts of one's own."""

    name: str
    url: str
    key: bytes = field(repr=False)
    private: bool = False
    events: tuple[str, ...] = EVENTS

    @property
    def host(self) -> str:
        """The host that is told: what others may see of the URL, which may hold a secret."""
        return urlsplit(self.url).hostname or ""

    @property
    def place(self) -> Place:
        """Where connections go."""
        return Place.of(self.url, private=self.private)

    def headers(self, message: str, moment: int, body: bytes) -> dict[str, str]:
        """The headers of a message that is sent at a moment (seconds since 1970)."""
        signed = hmac.new(self.key, f"{message}.{moment}.".encode() + body, hashlib.sha256).digest()
        return {
            "webhook-id": message,
            "webhook-timestamp": str(moment),
            "webhook-signature": f"v1,{base64.b64encode(signed).decode()}",
        }


def key_of(secret: str) -> bytes | None:
    """The key in a secret (`whsec_` and base64 of 24 to 64 bytes); None if it is none."""
    try:
        key = base64.b64decode(secret.removeprefix(SECRET), validate=True)
    except (binascii.Error, ValueError):
        return None
    return key if secret.startswith(SECRET) and len(key) in _LENGTHS else None
