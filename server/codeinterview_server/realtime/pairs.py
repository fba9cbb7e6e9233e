"""Where a document's surrogate pairs are, so that nobody splits one.

Clocks count UTF-16 units, and most emoji are two of them. An update that deletes or names one half
makes Yrs cut the text in the middle of a character: what it encodes from then on cannot be read.
"""

from collections.abc import Iterable
from typing import Final

_PAGE_BITS: Final = 9


class Pairs:
    """The clocks of second halves, by client, as bits: a text of nothing but emoji is small."""

    def __init__(self) -> None:
        self._pages: dict[tuple[int, int], int] = {}

    def add(self, places: Iterable[tuple[int, int]]) -> None:
        """Note second halves, each by client and clock."""
        pages = self._pages
        for client, clock in places:
            page = (client, clock >> _PAGE_BITS)
            pages[page] = pages.get(page, 0) | 1 << (clock & (1 << _PAGE_BITS) - 1)

    def __contains__(self, place: tuple[int, int]) -> bool:
        """Tell whether a cut right before a client's clock would split a character."""
        client, clock = place
        page = self._pages.get((client, clock >> _PAGE_BITS))
        return page is not None and bool(page >> (clock & (1 << _PAGE_BITS) - 1) & 1)


def second_halves(text: str, clock: int) -> tuple[int, ...]:
    """Return the clocks of the second halves in a text that begins at a clock."""
    found = []
    for character in text:
        clock += 1
        if character > "\uffff":
            found.append(clock)
            clock += 1
    return tuple(found)
