"""Signatures of messages: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md"""

import base64

import pytest

from cnrs_kg.notifying.webhooks import Webhook, key_of

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_a_message_is_signed_as_the_specification_signs_it() -> None:
    key = key_of(SECRET)
    assert key is not None
    headers = Webhook("x", "https://x.example/?secret=1", key).headers(
        "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
    )
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert (headers["webhook-id"], headers["webhook-timestamp"]) == ("msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330")


@pytest.mark.parametrize("secret", ["", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_!", "whsec_c2hvcnQ="])
def test_what_is_no_secret(secret: str) -> None:
    assert key_of(secret) is None


def test_neither_key_nor_path_is_shown() -> None:
    hook = Webhook("x", "https://x.example/token", b"0123456789abcdef01234567")
    assert "0123" not in repr(hook) and hook.host == "x.example"
    assert base64.b64encode(hook.key).decode() not in str(hook)
