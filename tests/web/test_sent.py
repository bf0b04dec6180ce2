"""What a request brings besides its URL."""

import io

import pytest

from cnrs_kg.web.messages import BadRequest, Incoming
from cnrs_kg.web.sent import fields


def sent(body: bytes, media_type: str = "application/json", query: str = "") -> dict[str, str]:
    return fields(
        Incoming(
            {
                "REQUEST_METHOD": "POST",
                "QUERY_STRING": query,
                "CONTENT_TYPE": media_type,
                "CONTENT_LENGTH": str(len(body)),
                "wsgi.input": io.BytesIO(body),
            }
        )
    )


def test_fields_are_those_of_the_url_and_of_the_body() -> None:
    assert sent(b'{"reason": "so", "note": null}', query="lang=fr") == {"lang": "fr", "reason": "so"}
    assert sent(b"", query="lang=fr") == {"lang": "fr"}


@pytest.mark.parametrize(
    "body", [b"{", b"\xff", b'["a"]', b'{"a": 1}', b"[" * 200_000, b'{"a":' * 40_000, b"1" * 9_999]
)
def test_what_is_no_object_of_texts_is_refused(body: bytes) -> None:
    with pytest.raises(BadRequest, match="JSON"):
        sent(body)
