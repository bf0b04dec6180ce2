"""Which addresses may be connected to: public ones, by the special-purpose registries of IANA.

`ipaddress.is_global` alone lets through addresses that carry another one: NAT64 (RFC 6052), 6to4 (RFC 3056), ISATAP
(RFC 5214). What an address carries is judged too.
https://www.iana.org/assignments/iana-ipv4-special-registry/ · https://www.iana.org/assignments/iana-ipv6-special-registry/
"""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address

_GLOBAL_UNICAST = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")
_TRANSLATED = tuple(map(IPv6Network, ("::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96")))
"""Networks whose last 32 bits are an IPv4 address: compatible, mapped, translated (RFC 2765), NAT64."""
_SPECIAL = tuple(
    map(
        ip_network,
        (
            "192.0.0.0/24",
            "192.88.99.0/24",
            "2001::/23",
            "2001:db8::/32",
            "2002::/16",
            "3fff::/20",
        ),
    )
)
"""Protocol assignments (Teredo among them), 6to4, documentation: nobody's host, or somebody else's hidden in it."""
_ISATAP = {0x00005EFE, 0x02005EFE}


def carried(address: Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 address carries."""
    if isinstance(address, IPv4Address):
        return None
    if any(address in network for network in _TRANSLATED) or int(address) >> 32 & 0xFFFFFFFF in _ISATAP:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return None


def is_public(address: Address) -> bool:
    """Whether an address belongs to a host of the public Internet, and so does the one that it carries."""
    inner = carried(address)
    if inner is not None and not is_public(inner):
        return False
    if address.version == 6 and address in _NAT64:
        return True
    if address.version == 6 and (address not in _GLOBAL_UNICAST or address.scope_id):
        return False
    special = any(address in network for network in _SPECIAL if network.version == address.version)
    return address.is_global and not (address.is_multicast or address.is_reserved or special)


def is_private(address: Address) -> bool:
    """Whether an address belongs to this machine or to a network of one's own: never link-local, where clouds keep
    their secrets.
    """
    if carried(address) is not None and address != IPv6Address("::1"):
        return False
    if address.is_link_local or address.is_multicast or address.is_unspecified:
        return False
    return address.is_loopback or any(address in network for network in _OWN if network.version == address.version)


_OWN = tuple(map(ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")))


def may_be_reached(text: str, *, private: bool) -> bool:
    """Whether a connection to an address may be opened; addresses of one's own network only where they are meant."""
    try:
        address = ip_address(text)
    except ValueError:
        return False
    return is_public(address) or (private and is_private(address))
