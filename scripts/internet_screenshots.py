"""Take the pictures of docs/tunnels.md and docs/connections.md: ways in, light and dark.

The app's windows are drawn off any screen; the tunnel goes to a real OpenSSH server on loopback,
and nothing leaves this machine. `make screenshots` runs it.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ.pop("SSH_AUTH_SOCK", None)

import qasync  # noqa: E402
from PySide6.QtCore import QCoreApplication, Qt  # noqa: E402
from PySide6.QtWidgets import QApplication, QWidget  # noqa: E402
from tests.desktop.keyrings import MemoryKeyring, used  # noqa: E402
from tests.desktop.support import seen  # noqa: E402
from tests.desktop.ui.conftest import House, host, press  # noqa: E402
from tests.support.ssh_server import SshServer, free_port, make_key  # noqa: E402

from codeinterview_desktop.core.tunnels.choice import RouteKind, TunnelChoice  # noqa: E402
from codeinterview_desktop.ui.dialogs.connections import ConnectionsDialog  # noqa: E402

if TYPE_CHECKING:
    from codeinterview_desktop.ui.internet.ssh_form import SshForm
    from codeinterview_desktop.ui.session.page import HostedPage

IMAGES = ROOT / "docs" / "images"
WIDTH, HEIGHT = 1280, 800
LINK = "https://interview.example.org"
PASSPHRASE = "correct horse battery staple"


async def grab(widget: QWidget, name: str) -> None:
    """Save what a window shows, once its layout has settled."""
    await asyncio.sleep(0.3)
    widget.grab().save(str(IMAGES / f"{name}.png"))
    print(f"docs/images/{name}.png")


def fill(form: SshForm, host: str, key_file: str, port: str, user: str) -> None:
    """Write into the form."""
    form.host.setText(host)
    form.key_file.setText(key_file)
    form.proxy_port.setText(port)
    form.user.setText(user)
    form.host.deselect()
    form.host.textEdited.emit(host)


async def shows(page: HostedPage, word: str) -> None:
    """Wait until the section says this word."""
    state = page.panel.internet.state
    await seen(lambda: state.status is not None and state.status.word == word, word)


async def tour(house: House, sshd: SshServer, mode: str) -> None:
    """Check connections, open a tunnel, lose and stop it; take the pictures on the way."""
    choice = TunnelChoice(
        host=f"localhost:{sshd.port}",
        key_file=str(sshd.key),
        route=RouteKind.PROXY,
        proxy_port=free_port(),
        link=LINK,
    )
    async with house.served(theme=mode, allow_network=True, tunnel=choice) as app:
        window, desk = app.window, app.window.internet
        window.resize(WIDTH, HEIGHT)
        page = await host(window, "Backend interview")
        section = page.panel.internet
        press(page.panel.link.check)
        (dialog,) = window.findChildren(ConnectionsDialog)
        await seen(lambda: all(each.finding for each in dialog.rows), "answers")
        await grab(dialog, f"connections-{mode}")
        dialog.close()

        press(section.setup)
        await seen(lambda: desk.setup is not None, "form")
        assert desk.setup is not None
        form = desk.setup.form
        real = (form.host.text(), form.key_file.text(), form.proxy_port.text())
        fill(form, "gate.example.org", "", "8080", "ines")
        await grab(desk.setup, f"internet-setup-{mode}")
        fill(form, *real, sshd.user)
        press(desk.setup.start)
        await seen(lambda: desk.host_key is not None, "question about the host")
        assert desk.host_key is not None
        await grab(desk.host_key, f"internet-host-key-{mode}")
        press(desk.host_key.trust)
        await seen(lambda: desk.secret is not None, "question for the passphrase")
        assert desk.secret is not None
        desk.secret.typed.setText(PASSPHRASE)
        desk.secret.typed.textEdited.emit(PASSPHRASE)
        press(desk.secret.submit)
        await shows(page, "On")
        section.invite.click()
        await grab(section, f"internet-on-{mode}")
        sshd.kill()
        await shows(page, "Reconnecting…")
        await grab(section, f"internet-reconnecting-{mode}")


def main() -> None:
    """Take all pictures."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        os.environ.setdefault("QTWEBENGINE_DISABLE_SANDBOX", "1")
    for scheme in ("http", "https"):
        # The example's link is asked nowhere.
        os.environ[f"{scheme}_proxy"] = f"http://127.0.0.1:{free_port()}"
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    loop = qasync.QEventLoop(QApplication([]))
    asyncio.set_event_loop(loop)
    for mode in ("light", "dark"):
        folder = Path(tempfile.mkdtemp(prefix="ci-"))
        sshd = SshServer(folder / "sshd")
        make_key(sshd.key, passphrase=PASSPHRASE)
        public = sshd.key.with_name(f"{sshd.key.name}.pub")
        (sshd.folder / "authorized_keys").write_text(public.read_text())
        sshd.start()
        with used(MemoryKeyring()):
            house = House(folder / "home")
            loop.run_until_complete(asyncio.wait_for(tour(house, sshd, mode), 120))
        sshd.kill()
        shutil.rmtree(folder)
    loop.close()


if __name__ == "__main__":
    main()
