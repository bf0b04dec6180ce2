"""Which addresses may be connected to, with `ssrfguard` as the oracle."""

from ipaddress import IPv6Address, ip_address

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from ssrfguard import Policy

from cnrs_kg.outbound.addresses import may_be_reached

ORACLE = Policy()
PUBLIC = ["93.184.216.34", "2606:2800:220:1::1", "64:ff9b::5db8:d822"]
NEVER = [
    "0.0.0.0",
    "169.254.169.254",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "::",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::5db8:d822",
    "2002:7f00:1::",
    "2001:0:5db8:d822::1",
    "2001:db8::1",
    "3fff::1",
    "2600:1::5efe:7f00:1",
    "2600:1::200:5efe:a00:1",
    "fe80::1",
    "fe80::1%lo",
    "2600:1::1%lo",
    "ff02::1",
    "5f00::1",
    "fec0::1",
    "localhost",
    "127.1",
    "",
]
OWN = ["127.0.0.1", "127.8.8.8", "::1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "fd00::1"]


@pytest.mark.parametrize("text", PUBLIC)
def test_public_addresses_may_be_reached(text: str) -> None:
    assert may_be_reached(text, private=False) and may_be_reached(text, private=True)


@pytest.mark.parametrize("text", NEVER)
def test_what_is_nobodys_host_or_hides_another_is_never_reached(text: str) -> None:
    assert not may_be_reached(text, private=False) and not may_be_reached(text, private=True)


@pytest.mark.parametrize("text", OWN)
def test_addresses_of_ones_own_are_reached_where_they_are_meant(text: str) -> None:
    assert not may_be_reached(text, private=False) and may_be_reached(text, private=True)


PREFIXES = [0, 0xFFFF << 32, 0x64FF9B << 96, 0x2002 << 112, 0x20010000 << 96, 0x2600 << 112, 0xFE80 << 112]
ADDRESSES = st.one_of(
    st.ip_addresses(v=4),
    st.ip_addresses(v=6),
    st.builds(lambda prefix, low: IPv6Address(prefix | low), st.sampled_from(PREFIXES), st.integers(0, 2**34 - 1)),
    st.ip_addresses(network="2002::/16"),
)


@given(ADDRESSES)
@example(ip_address("2001:20::1"))
def test_nothing_is_reached_that_the_oracle_refuses(address: object) -> None:
    if may_be_reached(str(address), private=False):
        assert ORACLE.permits_address(str(address))
