"""The prompt as an approver sees it: personal data and keys masked, long ones cut."""

from typing import Final

import regex

from cerberus_gateway.safety.content import built_in_categories
from cerberus_gateway.safety.normalise import clean

_LONGEST: Final = 2_000
# More than is shown is read, so that nothing is left unmasked because the cut goes through it.
_READ: Final = 4_000

# A key's pattern knows how it begins; what it goes on with is masked too.
_MASKS: Final = [
    *((regex.compile(rf"(?:{pattern})[^\s\"']*"), "[key]") for pattern in built_in_categories()["secrets"]["patterns"]),
    (regex.compile(r"[\w.+\-]{1,64}@[\w\-]{1,63}(?:\.[\w\-]{1,63}){1,4}"), "[email]"),
    (regex.compile(r"(?<!\d)(?:\d[ \-]?){12,18}\d(?!\d)"), "[card]"),
    (regex.compile(r"(?<![\w.])\+?\(?\d(?:[ ().\-/]{0,2}\d){6,14}(?!\w)"), "[phone]"),
]


def preview(text: str) -> str:
    """At most 2,000 characters of a text, without e-mail addresses, card and phone numbers, and keys."""
    shown = clean(text[:_READ])
    for pattern, mask in _MASKS:
        shown = pattern.sub(mask, shown)
    return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"
