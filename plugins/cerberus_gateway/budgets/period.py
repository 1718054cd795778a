"""When a budget starts anew."""

import re
from datetime import UTC, datetime
from typing import Final

_SECONDS: Final = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_FORM: Final = re.compile(r"([1-9]\d*)(s|m|h|d|mo)")


def window(period: str, now: float) -> tuple[str, int]:
    """Name of the window that a moment lies in, and the seconds until it ends.

    Windows are counted from 1970 (months from January of that year), so every replica finds the same one by itself.

    :param period: a number and a unit, such as 30d (s, m, h, d, mo)
    :param now: seconds since 1970, UTC
    :raises ValueError: for anything else
    """
    matched = _FORM.fullmatch(period)
    if matched is None:
        message = f"{period!r} is no period; write a number and a unit (s, m, h, d, mo), such as 30d"
        raise ValueError(message)
    count, unit = int(matched[1]), matched[2]
    if unit != "mo":
        length = count * _SECONDS[unit]
        return f"{period}-{int(now) // length}", length - int(now) % length
    today = datetime.fromtimestamp(now, UTC)
    index = ((today.year - 1970) * 12 + today.month - 1) // count
    year, month = divmod((index + 1) * count, 12)
    end = datetime(1970 + year, month + 1, 1, tzinfo=UTC)
    return f"{period}-{index}", int(end.timestamp() - now) + 1
