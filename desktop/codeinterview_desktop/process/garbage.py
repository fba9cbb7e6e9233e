"""Garbage is collected on Qt's thread alone.

Python collects unreachable cycles on whichever thread happens to allocate next. A Qt object in such
a cycle is then destroyed there, which cannot end its timers and socket notifiers: Qt goes on to
deliver their events to freed memory.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

_INTERVAL_MS = 1000


class GarbageCollector(QObject):
    """Owns when garbage is collected, from `start()` to `stop()`.

    It asks Python's own counts and thresholds, at intervals, on the thread that made it.
    """

    def __init__(self, interval_ms: int = _INTERVAL_MS) -> None:
        super().__init__()
        self._timer = QTimer(self)
        self._timer.setInterval(interval_ms)
        self._timer.timeout.connect(self._collect_when_due)

    def start(self) -> None:
        """Keep Python from collecting by itself."""
        gc.disable()
        # What start-up made stays, so that no collection looks through it again.
        gc.freeze()
        self._timer.start()

    def stop(self) -> None:
        """Leave it to Python again."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()

    def _collect_when_due(self) -> None:
        counts, thresholds = gc.get_count(), gc.get_threshold()
        for generation in (2, 1, 0):
            if counts[generation] > thresholds[generation] > 0:
                gc.collect(generation)
                return
