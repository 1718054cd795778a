"""Text with what identifies a person, or opens a door, taken out. No pattern can be made to backtrack for long."""

import re

MAX_BYTES = 32 << 10
"""Longest text a line keeps."""
CUT = " …(cut)"

_CARD = re.compile(r"(?<![\d-])\d(?:[ -]?\d){12,18}(?![\d-])")
_PATTERNS = (
    ("API_KEY", re.compile(r"\b(?:sk|pk|rk|gsk|xox[abprs]|gh[pousr]|glpat|hf)[-_][A-Za-z0-9_-]{8,}")),
    ("API_KEY", re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|\bAIza[A-Za-z0-9_-]{30,}")),
    ("TOKEN", re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*")),
    ("TOKEN", re.compile(r"\b[Bb]earer\s{1,3}[A-Za-z0-9._~+/=-]{8,}")),
    ("EMAIL", re.compile(r"[\w%+-][\w.%+-]{0,63}@[A-Za-z0-9][A-Za-z0-9.-]{0,253}\.[A-Za-z]{2,24}")),
    ("IBAN", re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")),
)
_PHONE = re.compile(r"(?<![\w.])\+?\(?\d[\d ().-]{6,18}\d(?![\w])")
_PHONE_DIGITS = range(8, 16)
"""How many digits a phone number with its area has; E.164 ends at 15."""


def mask(text: str) -> str:
    """The text with addresses, card and phone numbers, IBANs and keys replaced by their kind, cut to 32 KiB."""
    # Cut with some room first, so that ten megabytes cost no more than what is kept.
    text = text[: 2 * MAX_BYTES]
    for kind, pattern in _PATTERNS:
        text = pattern.sub(f"<{kind}>", text)
    text = _CARD.sub(lambda match: "<CARD>" if _luhn(match[0]) else match[0], text)
    text = _PHONE.sub(lambda match: "<PHONE>" if sum(map(str.isdigit, match[0])) in _PHONE_DIGITS else match[0], text)
    encoded = text.encode("utf-8", "replace")
    return text if len(encoded) <= MAX_BYTES else encoded[:MAX_BYTES].decode("utf-8", "ignore") + CUT


def _luhn(number: str) -> bool:
    total = 0
    for place, digit in enumerate(int(c) for c in reversed(number) if c.isdigit()):
        doubled = digit * 2 if place % 2 else digit
        total += doubled - 9 if doubled > 9 else doubled  # noqa: PLR2004 - the sum of its digits
    return total % 10 == 0
