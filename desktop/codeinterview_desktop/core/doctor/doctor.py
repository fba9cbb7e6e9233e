"""Lists the ways by which this app can be reached, and asks at each whether it answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from codeinterview_desktop.core.addresses import Address, AddressKind
from codeinterview_desktop.core.link_check import answer_time_ms
from codeinterview_desktop.core.links import origin_of
from codeinterview_desktop.core.supervisor import ServerState
from codeinterview_desktop.core.tunnels.choice import RouteKind, TunnelKind
from codeinterview_desktop.core.tunnels.status import TunnelState
from codeinterview_desktop.core.values import ConnectionPath

from .findings import Check, Finding, Verdict, known
from .firewall import look_at_firewall

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping, Sequence
    from typing import Any

    from codeinterview_desktop.core.settings import SettingsStore
    from codeinterview_desktop.core.supervisor import ServerSupervisor
    from codeinterview_desktop.core.tunnels.internet import Internet

_HERE: Final = "This computer"
_NETWORK: Final = "Your network"
_INTERNET: Final = "Over the internet"
_FIREWALL: Final = "Firewall"

_ANSWERS: Final[Mapping[AddressKind, str]] = {
    AddressKind.DEFAULT_ROUTE: (
        "It answers. People on the same network reach it too, unless a firewall or the network"
        " itself keeps devices apart, as guest Wi-Fi often does."
    ),
    AddressKind.LAN: "It answers, for those on that same network.",
    AddressKind.PUBLIC: (
        "It answers, and this address is a public one: it works from the internet if the firewalls"
        " on the way let its port through."
    ),
    AddressKind.IPV6: "It answers, for those whose network has IPv6 too.",
    AddressKind.VIRTUAL: "It answers, but only those in that VPN or virtual network reach it.",
}
_SILENT: Final = (
    "Nothing answers there, not even from this computer. If you just changed networks, check again"
    " in a moment; else a firewall on this computer is in the way."
)
_PRIVATE: Final = Finding(
    Verdict.OFF,
    "Only this computer may connect. To let others on the network in, choose that in the share"
    " panel or in the settings.",
)
_NO_NETWORK: Final = Finding(
    Verdict.BAD, "This computer is on no network. Connect to Wi-Fi or plug in a cable."
)
_NO_TUNNEL: Final = Finding(
    Verdict.OFF,
    "No tunnel is on. People who are not on your network need one: Over the internet, in the share"
    " panel.",
)


class Doctor:
    """Makes the checks.

    Args:
        supervisor: tells where the server listens.
        settings: tell whether the network may reach it.
        internet: the tunnel.
        addresses: lists the addresses that the network can use.
        ipv6: whether the server listens on IPv6 too.
        firewall: what looks at this system's firewall, given the port.
    """

    def __init__(
        self,
        *,
        supervisor: ServerSupervisor,
        settings: SettingsStore,
        internet: Internet,
        addresses: Callable[[], Sequence[Address]],
        ipv6: bool,
        firewall: Callable[[int], Coroutine[Any, Any, Finding]] = look_at_firewall,
    ) -> None:
        self._supervisor = supervisor
        self._settings = settings
        self._internet = internet
        self._addresses = addresses
        self._ipv6 = ipv6
        self._firewall = firewall

    def checks(self) -> tuple[Check, ...]:
        """What there is to check now. They may run side by side."""
        status = self._supervisor.status
        port = status.port
        if status.state is not ServerState.READY or port is None:
            problem = status.problem or "The app's server is not ready. Check again in a moment."
            return (known(_HERE, Finding(Verdict.BAD, problem)),)
        is_shared = self._settings.current.allow_network
        loopbacks = ("127.0.0.1", "::1") if is_shared and self._ipv6 else ("127.0.0.1",)
        return (
            *(_check_here(origin_of(host, port)) for host in loopbacks),
            *(self._network(port) if is_shared else (known(_NETWORK, _PRIVATE),)),
            self._tunnel(),
            *((Check(_FIREWALL, "", lambda: self._firewall(port)),) if is_shared else ()),
        )

    def _network(self, port: int) -> tuple[Check, ...]:
        usable = [each for each in self._addresses() if each.kind in _ANSWERS]
        if not usable:
            return (known(_NETWORK, _NO_NETWORK),)
        return tuple(_check_address(each, origin_of(each.host, port)) for each in usable)

    def _tunnel(self) -> Check:
        status, origin = self._internet.status, self._internet.public.origin
        match status.state:
            case TunnelState.OFF:
                return known(_INTERNET, _NO_TUNNEL)
            case TunnelState.FAILED:
                return known(_INTERNET, Finding(Verdict.BAD, status.reason or ""))
            case TunnelState.RECONNECTING:
                sentence = f"{status.reason} It is tried again and again; the link stays."
                return known(_INTERNET, Finding(Verdict.CAUTION, sentence), origin or "")
            case TunnelState.UP if origin is not None:
                return _check_tunnel(origin, self._why_silent())
            case _:
                sentence = "The tunnel is not up yet. Check again in a moment."
                return known(_INTERNET, Finding(Verdict.CAUTION, sentence))

    def _why_silent(self) -> str:
        choice = self._internet.choice
        if choice.kind is TunnelKind.CLOUDFLARED:
            return (
                "A new link may take a minute until it is known everywhere. Check again; if it"
                " stays so, stop the tunnel and start it anew."
            )
        if choice.route is RouteKind.PORT:
            return (
                f"{choice.carrier} probably opens the port for itself alone. Its administrator lets"
                " others use it by GatewayPorts clientspecified in sshd_config, and by its"
                " firewall; or choose a web server on the host as the way."
            )
        if choice.route is RouteKind.PROXY:
            return (
                f"Check that the web server on {choice.carrier} runs and passes on to port"
                f" {choice.proxy_port} there."
            )
        return "Stop the tunnel and start it anew, or choose another service."


def _check_here(origin: str) -> Check:
    return Check(
        _HERE,
        origin,
        lambda: _ask(
            origin,
            Finding(Verdict.GOOD, "The app's own server answers."),
            Finding(
                Verdict.BAD,
                "The app's own server does not answer. Quit the app and start it again; the log"
                " folder in the Help menu says more.",
            ),
        ),
    )


def _check_address(address: Address, origin: str) -> Check:
    label = address.label
    return Check(
        f"{label[:1].upper()}{label[1:]}",
        origin,
        lambda: _ask(
            origin,
            Finding(Verdict.GOOD, _ANSWERS[address.kind]),
            Finding(Verdict.BAD, _SILENT),
        ),
    )


def _check_tunnel(origin: str, why_silent: str) -> Check:
    encrypted = urlsplit(origin).scheme == "https"
    good = "The link leads here, asked from this computer through the internet."
    if not encrypted:
        good += " It is not encrypted on its way to the host."
    return Check(
        _INTERNET,
        origin,
        lambda: _ask(
            origin,
            Finding(Verdict.GOOD, good),
            Finding(Verdict.BAD, f"The link does not lead here. {why_silent}"),
            wanted=ConnectionPath.TUNNEL,
        ),
    )


async def _ask(
    origin: str, good: Finding, bad: Finding, *, wanted: ConnectionPath | None = None
) -> Finding:
    took_ms = await answer_time_ms(origin, wanted)
    return bad if took_ms is None else Finding(good.verdict, good.sentence, took_ms)
