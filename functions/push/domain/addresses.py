"""Addresses of the internet, and ranges of them (CIDR), IPv4 and IPv6 alike."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network


def normal_range(text: str) -> str:
    """`192.0.2.7/24` is `192.0.2.0/24`, and an address alone a range of one. Raises ValueError."""
    return str(ip_network(text.strip(), strict=False))


def within(address: str | None, ranges: Sequence[str]) -> bool:
    """Whether the address is in one of the ranges. No ranges: everybody is. What is no address is in none."""
    if not ranges:
        return True
    try:
        parsed = _plain(ip_address(address or ""))
    except ValueError:
        return False
    return any(parsed in ip_network(each) for each in ranges)


def _plain(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """An IPv4 address in IPv6's clothes (`::ffff:192.0.2.7`) is that IPv4 address."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
