"""The network comes and goes for each person in an order that hypothesis makes up."""

from tests.faults.schedules import try_schedules


def test_people_come_back_in_any_order(database_url: str) -> None:
    assert try_schedules(database_url, 20, derandomize=True).lost == 0
