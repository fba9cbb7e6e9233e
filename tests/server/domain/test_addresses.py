"""Whoever owns many addresses is counted once."""

from __future__ import annotations

import pytest

from codeinterview_server.domain.addresses import bucket_of


@pytest.mark.parametrize(
    ("address", "bucket"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("192.0.2.8", "192.0.2.8"),
        # A socket for both families sees IPv4 like this.
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("::ffff:c000:207", "192.0.2.7"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("2001:0DB8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("fe80::2%eth0", "fe80::/64"),
        ("::1", "::/64"),
        ("", ""),
        ("testclient", "testclient"),
        ("192.0.2.7.example", "192.0.2.7.example"),
    ],
)
def test_what_an_address_is_counted_under(address: str, bucket: str) -> None:
    assert bucket_of(address) == bucket
