"""The measure itself: what is lost, doubled or back again counts."""

from tests.faults.keys import Keys


def test_nothing_is_lost_of_what_is_there_in_any_order() -> None:
    keys = Keys()
    typed = [keys.press() for _ in range(5)]
    keys.take_back(typed[2])
    del typed[2]
    assert keys.lost("".join(reversed(typed))) == 0
    assert keys.typed == 6


def test_each_missing_doubled_or_returned_character_counts() -> None:
    keys = Keys()
    first, second, third = (keys.press() for _ in range(3))
    keys.take_back(third)
    assert keys.lost(first) == 1
    assert keys.lost(first + second + second) == 1
    assert keys.lost(first + second + third) == 1
    assert keys.lost("?") == 3
