"""Several apps in one room: what each shows of the others, as they change, go and move."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
from tests.lan.apps import app
from tests.support.namespaces import Host, plug, switch, why_not_permitted

if TYPE_CHECKING:
    from collections.abc import Iterator

REASON = why_not_permitted()
pytestmark = [
    pytest.mark.lan,
    pytest.mark.skipif(REASON is not None, reason=REASON or "network namespaces are permitted"),
]

A, B, C = "10.79.0.1", "10.79.0.2", "10.79.0.3"


@pytest.fixture
def hosts() -> Iterator[tuple[Host, ...]]:
    with switch(A, B, C) as three:
        yield three


def test_two_hosts_of_one_name_with_one_title_are_both_shown_and_followed(
    hosts: tuple[Host, ...],
) -> None:
    with ExitStack() as stack:
        one, two, viewer = [stack.enter_context(app(host)) for host in hosts]
        first = one.do("host", "Backend interview")
        second = two.do("host", "Backend interview")
        from_a = [first, "Backend interview", "Ines", A]
        from_b = [second, "Backend interview", "Ines", B]
        viewer.until_nearby(from_a, from_b)
        # Nobody sees their own.
        one.until_nearby(from_b)
        two.until_nearby(from_a)
        # The namespaces share one host name, so that is what both are called.
        one.until(lambda: one.name, "a local name")
        two.until(lambda: two.name, "another local name")
        viewer.until(lambda: one.name != two.name, "different ones")
        assert any(one.name in link for link in one.do("links", first))

        one.do("rename", first, "Frontend interview")
        viewer.until_nearby([first, "Frontend interview", "Ines", A], from_b)
        one.do("show", first, False)
        viewer.until_nearby(from_b)
        one.do("show", first, True)
        viewer.until_nearby([first, "Frontend interview", "Ines", A], from_b)
        one.do("end", first)
        viewer.until_nearby(from_b)
        third = two.do("host", "Another one")
        viewer.until_nearby(from_b, [third, "Another one", "Ines", B])


def test_a_host_that_dies_without_a_word_is_gone_soon_and_the_others_stay(
    hosts: tuple[Host, ...],
) -> None:
    with ExitStack() as stack:
        one, two, viewer = [stack.enter_context(app(host)) for host in hosts]
        dies = [one.do("host", "Dies"), "Dies", "Ines", A]
        stays = [two.do("host", "Stays"), "Stays", "Ines", B]
        viewer.until_nearby(dies, stays)
        hosts[0].kill_all()
        viewer.until_nearby(stays)
        two.until_nearby()


def test_what_is_advertised_and_does_not_answer_is_not_shown(hosts: tuple[Host, ...]) -> None:
    with ExitStack() as stack:
        one, two, viewer = [stack.enter_context(app(host)) for host in hosts]
        silent = [one.do("host", "Behind a firewall"), "Behind a firewall", "Ines", A]
        viewer.until_nearby(silent)
        with hosts[0].drops_from(one.port):
            viewer.until_nearby()
            # What is advertised later by others is shown: it was no matter of time.
            answers = [two.do("host", "Answers"), "Answers", "Ines", B]
            viewer.until_nearby(answers)
        viewer.until_nearby(answers, silent)


def test_another_network_is_followed_by_who_hosts_and_by_who_looks(
    hosts: tuple[Host, ...],
) -> None:
    a, b, _ = hosts
    middle = f"ci-s-{a.namespace.rpartition('-')[2]}"
    with app(a) as one, app(b) as viewer:
        hosted = one.do("host", "Moves")
        viewer.until_nearby([hosted, "Moves", "Ines", A])
        # From one Wi-Fi into another: the old interface goes, then there is a new one.
        a.ip("link", "del", a.interface)
        viewer.until_nearby()
        plug(a, middle, "x0", "10.79.1.1")
        b.ip("addr", "add", "10.79.1.2/24", "dev", b.interface)
        viewer.until_nearby([hosted, "Moves", "Ines", "10.79.1.1"])
        # And now the viewer does.
        b.ip("link", "del", b.interface)
        viewer.until_nearby()
        plug(b, middle, "x1", "10.79.1.9")
        viewer.until_nearby([hosted, "Moves", "Ines", "10.79.1.1"])
