"""Draws the icon set from the app's own mark: PNGs for Linux, an .ico and an .icns around them."""

from __future__ import annotations

import os
import struct
import sys
from pathlib import Path
from typing import Final

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt
from PySide6.QtGui import QGuiApplication, QImage, QImageWriter, QPainter
from PySide6.QtSvg import QSvgRenderer

ROOT: Final = Path(__file__).resolve().parent.parent
MARK: Final = ROOT / "desktop" / "codeinterview_desktop" / "theme" / "icons" / "mark.svg"
LINUX_SIDES_PX: Final = (16, 22, 24, 32, 48, 64, 128, 256, 512)
_WINDOWS_SIDES_PX: Final = (16, 20, 24, 32, 40, 48, 64, 256)
# Apple's names of the sizes that hold a PNG.
_MAC_KINDS: Final = (
    (b"icp4", 16),
    (b"icp5", 32),
    (b"ic07", 128),
    (b"ic08", 256),
    (b"ic09", 512),
    (b"ic10", 1024),
    (b"ic11", 32),
    (b"ic12", 64),
    (b"ic13", 256),
    (b"ic14", 512),
)


def draw(folder: Path) -> None:
    """Write every icon into `folder`."""
    app = QGuiApplication.instance() or QGuiApplication(sys.argv[:1])
    folder.mkdir(parents=True, exist_ok=True)
    mark = QSvgRenderer(str(MARK))
    sides = {*LINUX_SIDES_PX, *_WINDOWS_SIDES_PX, *(side for _, side in _MAC_KINDS)}
    pictures = {side: _png(mark, side) for side in sides}
    for side in LINUX_SIDES_PX:
        (folder / f"{side}.png").write_bytes(pictures[side])
    (folder / "codeinterview.ico").write_bytes(_ico(pictures))
    (folder / "codeinterview.icns").write_bytes(_icns(pictures))
    del app


def _png(mark: QSvgRenderer, side_px: int) -> bytes:
    image = QImage(side_px, side_px, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    mark.render(painter)
    painter.end()
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    return bytes(data.data())


def _ico(pictures: dict[int, bytes]) -> bytes:
    """A directory of PNGs, as Windows has read it since Vista."""
    head = struct.pack("<HHH", 0, 1, len(_WINDOWS_SIDES_PX))
    offset = len(head) + 16 * len(_WINDOWS_SIDES_PX)
    entries, body = b"", b""
    for side in _WINDOWS_SIDES_PX:
        picture = pictures[side]
        # 0 stands for 256.
        entries += struct.pack(
            "<BBBBHHII", side % 256, side % 256, 0, 0, 1, 32, len(picture), offset + len(body)
        )
        body += picture
    return head + entries + body


def _icns(pictures: dict[int, bytes]) -> bytes:
    body = b"".join(
        kind + struct.pack(">I", 8 + len(pictures[side])) + pictures[side]
        for kind, side in _MAC_KINDS
    )
    return b"icns" + struct.pack(">I", 8 + len(body)) + body


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
