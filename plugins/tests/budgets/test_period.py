from datetime import UTC, datetime

import pytest
from cerberus_gateway.budgets.period import window


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("period", "now", "left"),
    [
        ("30s", 60, 30),
        ("30s", 89, 1),
        ("1d", at("2026-11-25T23:59:00"), 60),
        ("1mo", at("2026-11-30T23:59:59"), 2),
        ("2mo", at("2026-11-30T00:00:00"), 32 * 86_400 + 1),
    ],
)
def test_a_window_ends_on_time(period: str, now: float, left: int) -> None:
    assert window(period, now)[1] == left


def test_neighbouring_windows_have_names_of_their_own() -> None:
    assert window("1mo", at("2026-11-30T23:59:59"))[0] != window("1mo", at("2026-12-01T00:00:00"))[0]
    assert window("30s", 59)[0] != window("30s", 60)[0]
    assert window("30s", 60)[0] == window("30s", 89)[0]


@pytest.mark.parametrize("period", ["", "0d", "30", "d", "30 d", "1.5h"])
def test_anything_else_is_refused(period: str) -> None:
    with pytest.raises(ValueError, match="is no period"):
        window(period, 0)
