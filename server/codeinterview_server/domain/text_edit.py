"""The smallest edits that turn one text into another, so that a replaced file keeps its cursors.

The algorithm is Myers' "An O(ND) Difference Algorithm and Its Variations" (1986), first over
lines, then over the characters of each changed stretch; a bound on D keeps hostile input cheap.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

_LINE_EDITS_MAX: Final = 400
_CHARACTER_EDITS_MAX: Final = 120


@dataclass(frozen=True, slots=True)
class TextEdit:
    """Replaces `deleted` bytes from `start` on by a text.

    Both numbers count UTF-8 bytes, the unit in which pycrdt addresses a text.
    """

    start: int
    deleted: int
    inserted: str


def minimal_edits(old: str, new: str) -> list[TextEdit]:
    """Returns edits that turn `old` into `new`, the last place first.

    Applied in the order given, no edit moves the place of a later one. Texts that differ too
    much are replaced in fewer, larger pieces.
    """
    edits: list[TextEdit] = []
    position = 0
    offset_bytes = 0
    for start, end, inserted in _hunks(old, new):
        offset_bytes += len(old[position:start].encode())
        deleted_bytes = len(old[start:end].encode())
        edits.append(TextEdit(offset_bytes, deleted_bytes, inserted))
        offset_bytes += deleted_bytes
        position = end
    edits.reverse()
    return edits


def _hunks(old: str, new: str) -> Iterator[tuple[int, int, str]]:
    """Yields (start, end, replacement) in characters of `old`, from first to last."""
    old_lines = old.splitlines(keepends=True)
    new_lines = new.splitlines(keepends=True)
    old_offset = 0
    old_line = 0
    for a, b, c, d in _changes(old_lines, new_lines, _LINE_EDITS_MAX):
        old_offset += sum(map(len, old_lines[old_line:a]))
        old_line = b
        before, after = "".join(old_lines[a:b]), "".join(new_lines[c:d])
        for start, end, first, last in _changes(before, after, _CHARACTER_EDITS_MAX):
            yield old_offset + start, old_offset + end, after[first:last]
        old_offset += len(before)


def _changes(
    old: Sequence[str], new: Sequence[str], edits_max: int
) -> Iterator[tuple[int, int, int, int]]:
    """Yields (a, b, c, d) from first to last: `old[a:b]` becomes `new[c:d]`."""
    head = 0
    shorter = min(len(old), len(new))
    while head < shorter and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < shorter - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    old_end, new_end = len(old) - tail, len(new) - tail
    if head == old_end and head == new_end:
        return
    matches: list[tuple[int, int]] | None = None
    if head < old_end and head < new_end:
        matches = _common(old[head:old_end], new[head:new_end], edits_max)
    a, c = head, head
    for x, y in matches or ():
        if (a, c) != (head + x, head + y):
            yield a, head + x, c, head + y
        a, c = head + x + 1, head + y + 1
    if (a, c) != (old_end, new_end):
        yield a, old_end, c, new_end


def _common(old: Sequence[str], new: Sequence[str], edits_max: int) -> list[tuple[int, int]] | None:
    """Returns a longest common subsequence as index pairs; None when it takes too many edits."""
    reach = {1: 0}  # diagonal → the furthest index into `old` that was reached on it
    history: list[dict[int, int]] = []
    for edits in range(min(edits_max, len(old) + len(new)) + 1):
        history.append(dict(reach))
        for diagonal in range(-edits, edits + 1, 2):
            if _goes_down(reach, diagonal, edits):
                x = reach[diagonal + 1]
            else:
                x = reach[diagonal - 1] + 1
            while x < len(old) and x - diagonal < len(new) and old[x] == new[x - diagonal]:
                x += 1
            reach[diagonal] = x
            if x >= len(old) and x - diagonal >= len(new):
                return _walk_back(history, len(old), len(new))
    return None


def _walk_back(history: list[dict[int, int]], x: int, y: int) -> list[tuple[int, int]]:
    matches: list[tuple[int, int]] = []
    for edits in range(len(history) - 1, -1, -1):
        reach = history[edits]
        diagonal = x - y
        previous = diagonal + 1 if _goes_down(reach, diagonal, edits) else diagonal - 1
        from_x = reach[previous] if edits else 0
        from_y = from_x - previous if edits else 0
        while x > from_x and y > from_y:
            x, y = x - 1, y - 1
            matches.append((x, y))
        x, y = from_x, from_y
    matches.reverse()
    return matches


def _goes_down(reach: dict[int, int], diagonal: int, edits: int) -> bool:
    return diagonal == -edits or (diagonal != edits and reach[diagonal - 1] < reach[diagonal + 1])
