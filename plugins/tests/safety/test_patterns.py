"""Patterns that can be made to take for ever are refused; everyday ones are not, and are fast on the worst text."""

import time

import pytest
import regex
from cerberus_gateway.safety.content import PATTERN_SECONDS, PIECE, built_in_categories
from cerberus_gateway.safety.patterns import UnsafePatternError, check_pattern

# From advisories and papers on catastrophic backtracking; the last ones pass checks that look for nested repeats only.
CATASTROPHIC = [
    r"(a+)+$",
    r"x(a+)+b",
    r"x([a-zA-Z]+)*y",
    r"x(a|aa)+b",
    r"x(a|a?)+b",
    r"x(.*a){20}b",
    r"^(([a-z])+.)+[A-Z]([a-z])+$",
    r"x(\w+\s?)*y",
    r"x(x+x+)+y",
    r"<(\s*.*\s*)*>",
    r"(a)\1+b",
    r"x(?:\d+)*\d+y",
    r"x[a-z]+[a-z]+[a-z]+y",
    r"\s+$x",
    r"\d+-x",
    r"foo.*bar",
    r"x(a{0,9}b?){0,9}c",
    r"x(a{1,30}){1,30}b",
    r"xa{1,100}a{1,100}b",
    r"xa{1,60}[a-f]{1,60}y",
    r"(?i)xk{1,60}[K-L]{1,60}y",
    r"x(ab|a|b){1,30}c",
    r"x(?:a{1,9}|b{1,9}){1,9}a{1,9}c",
    r"x.{0,200}.{0,200}y",
    r"x(?=a{1,60}a{1,60}b)c",
    r"x(?:\w{1,20}\.?){1,20}@",
    r"x(?i:s{1,60}\u017f{1,60})y",
    r"x[^a]{1,60}[^b]{1,60}y",
    r"x(?:a|(?:ab)){1,40}(?:b|c){1,40}d",
]
EVERYDAY = [
    r"TICKET-[0-9]+",
    r"\bproject[ -]x\b",
    r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}",
    r"\b\d{3}-\d{2}-\d{4}\b",
    r"(?i)confidential(?:ly)?",
    r"CUST[A-Z]{2}\d{6,12}",
    r"foo.{0,100}bar",
    r"(?:cat|dog)s? only",
    r"(?<![A-Z])ACME(?![A-Z])",
]


@pytest.mark.parametrize("pattern", CATASTROPHIC)
def test_refuses_what_could_take_for_ever(pattern: str) -> None:
    with pytest.raises(UnsafePatternError):
        check_pattern(pattern, max_width=200)


@pytest.mark.parametrize("pattern", EVERYDAY)
def test_accepts_everyday_patterns(pattern: str) -> None:
    check_pattern(pattern, max_width=200)


@pytest.mark.parametrize(
    "pattern", [*EVERYDAY, *(p for category in built_in_categories().values() for p in category["patterns"])]
)
@pytest.mark.parametrize("letters", ["a", "0", "a@", "foo ", "ab.", "sk-", "eyJa", "password: ", "A", "redis://a:"])
def test_what_is_accepted_is_fast_on_text_made_to_slow_it_down(pattern: str, letters: str) -> None:
    check_pattern(pattern, max_width=200)
    text = (letters * PIECE)[:PIECE]

    started = time.monotonic()
    regex.compile(pattern).search(text, timeout=10)

    assert time.monotonic() - started < PATTERN_SECONDS


@pytest.mark.parametrize(
    ("pattern", "says"),
    [("(", "not a regular expression"), ("a*", "empty text"), ("a{300}", "look_back_chars"), ("(a|b", "not a regular")],
)
def test_says_why(pattern: str, says: str) -> None:
    with pytest.raises(UnsafePatternError, match=says):
        check_pattern(pattern, max_width=200)
