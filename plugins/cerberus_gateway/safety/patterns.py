"""Which regular expressions are safe to run on text that strangers write.

A pattern is read as Python's own parser reads it, and its worst case is computed: how many steps a failing attempt at
one position can take. What can't be shown to stay below a bound is refused at start-up. The computation knows that a
repeat whose characters can't begin what follows it never has to give any back, which makes everyday patterns cheap.
"""

import re
import re._constants as op  # the parser's own names; `re` offers no public tree
import re._parser as parser
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import regex

# Steps that one attempt may take; a piece of text is at most 32,768 attempts.
MAX_STEPS: Final = 3_000
_MAX_NODES: Final = 2_000
# Latin-1 one by one, and one name for everything beyond it.
_BEYOND: Final = 256
_ALL: Final = frozenset(range(257))


class UnsafePatternError(ValueError):
    """Says why a pattern is refused."""


@dataclass(frozen=True, slots=True)
class _Cost:
    first: frozenset[int]
    """Characters that it can begin with."""
    nullable: bool
    """Whether it can match nothing."""
    ways: float
    """In how many ways it can match at one position."""
    steps: float
    """Steps until the last of them has failed."""


def check_pattern(text: str, *, max_width: int) -> None:
    """Accepts a pattern whose worst case is bounded.

    :param max_width: most characters that a match may need
    :raises UnsafePatternError: with the reason and what to write instead
    """
    try:
        tree = parser.parse(text)
        regex.compile(text)
    except (re.error, regex.error, OverflowError, RecursionError) as error:
        message = f"it is not a regular expression: {error}"
        raise UnsafePatternError(message) from error
    least, _ = tree.getwidth()
    if least == 0:
        message = "it matches the empty text, so it would block everything"
        raise UnsafePatternError(message)
    if least > max_width:
        message = f"its matches have at least {least} characters and look_back_chars is {max_width}"
        raise UnsafePatternError(message)
    cost = _Walk(bool(tree.state.flags & re.IGNORECASE)).sequence(list(tree), frozenset(), last=True)
    if cost.steps > MAX_STEPS:
        message = (
            "a text can be made that takes it very long (nested or neighbouring repeats, or alternatives, match the "
            "same characters); give each repeat a small upper bound such as {1,40} and make neighbours differ"
        )
        raise UnsafePatternError(message)


class _Walk:
    def __init__(self, ignore_case: bool) -> None:  # noqa: FBT001
        self._ignore_case = ignore_case
        self._nodes = 0

    def sequence(self, nodes: list[Any], follow: frozenset[int], *, last: bool) -> _Cost:
        """Cost of nodes one after the other, before `follow`. `last`: nothing has to match after them."""
        first, nullable, ways, steps = follow if not nodes else frozenset[int](), not nodes, 1.0, 1.0
        costs: list[_Cost] = []
        after, is_last = follow, last
        for node in reversed(nodes):
            cost = self.node(node, after, last=is_last)
            costs.append(cost)
            after = cost.first | after if cost.nullable else cost.first
            is_last = False
        nullable = True
        for cost in reversed(costs):
            steps += ways * cost.steps
            ways *= cost.ways
            if nullable:
                first = first | cost.first
            nullable = nullable and cost.nullable
        return _Cost(first, nullable, ways, steps)

    def node(self, node: tuple[Any, Any], follow: frozenset[int], *, last: bool) -> _Cost:
        self._nodes += 1
        if self._nodes > _MAX_NODES:
            message = "it is too large"
            raise UnsafePatternError(message)
        kind, value = node
        if kind in (op.LITERAL, op.NOT_LITERAL, op.ANY, op.IN, op.CATEGORY):
            return _Cost(self._characters(kind, value), nullable=False, ways=1, steps=1)
        if kind is op.AT:
            return _Cost(frozenset(), nullable=True, ways=1, steps=1)
        if kind is op.SUBPATTERN:
            _, added, removed, inner = value
            if (added | removed) & re.IGNORECASE:
                self._ignore_case = True
            return self.sequence(list(inner), follow, last=last)
        if kind is op.BRANCH:
            return self._branch(value[1], follow, last=last)
        if kind in (op.MAX_REPEAT, op.MIN_REPEAT):
            return self._repeat(value, follow, last=last)
        if kind in (op.ASSERT, op.ASSERT_NOT):
            inner_cost = self.sequence(list(value[1]), frozenset(), last=False)
            return _Cost(frozenset(), nullable=True, ways=1, steps=inner_cost.steps)
        message = f"{str(kind).lower().replace('_', ' ')} is not allowed: its cost can't be bounded"
        raise UnsafePatternError(message)

    def _branch(self, branches: Iterable[Any], follow: frozenset[int], *, last: bool) -> _Cost:
        costs = [self.sequence(list(branch), follow, last=last) for branch in branches]
        firsts = [cost.first | follow if cost.nullable else cost.first for cost in costs]
        apart = sum(map(len, firsts)) == len(frozenset[int]().union(*firsts))
        return _Cost(
            frozenset[int]().union(*(cost.first for cost in costs)),
            nullable=any(cost.nullable for cost in costs),
            ways=max(cost.ways for cost in costs) if apart else sum(cost.ways for cost in costs),
            steps=sum(cost.steps for cost in costs),
        )

    def _repeat(self, value: tuple[int, Any, Any], follow: frozenset[int], *, last: bool) -> _Cost:
        least, most, body = value[0], value[1], list(value[2])
        unbounded = most is op.MAXREPEAT
        # Between two rounds the next round or what follows may begin; a first look finds what a round begins with.
        once = self.sequence(body, follow, last=False)
        round_ = self.sequence(body, once.first | follow, last=False)
        if round_.nullable and most != 1:
            message = "a repeat's content can match nothing"
            raise UnsafePatternError(message)
        nullable = least == 0 or round_.nullable
        if unbounded and last:
            # Nothing has to match after it, so it never gives a round back.
            return _Cost(round_.first, nullable, 1 if round_.ways <= 1 else float("inf"), (least + 1) * round_.steps)
        if unbounded:
            message = "an open repeat (*, + or {n,}) before other text; give it an upper bound such as {1,40}"
            raise UnsafePatternError(message)
        if most > MAX_STEPS:
            return _Cost(round_.first, nullable, float("inf"), float("inf"))
        apart = not (round_.first & follow)
        ways = 0.0
        steps = 0.0
        power = 1.0
        for count in range(most + 1):
            if count >= least:
                ways += power
            steps += power * round_.steps
            power *= round_.ways
            if power > MAX_STEPS * MAX_STEPS:
                return _Cost(round_.first, nullable, float("inf"), float("inf"))
        return _Cost(round_.first, nullable, 1 if apart and round_.ways <= 1 else ways, steps)

    def _characters(self, kind: Any, value: Any) -> frozenset[int]:  # noqa: ANN401
        if kind is op.LITERAL:
            return self._both_cases(frozenset({min(value, _BEYOND)}))
        if kind is op.IN:
            negated = value[0][0] is op.NEGATE
            members = frozenset[int]().union(*(self._member(*item) for item in value if item[0] is not op.NEGATE))
            # Beyond Latin-1 nothing is told apart, so a negated set holds some of it.
            return (_ALL - members) | {_BEYOND} if negated else self._both_cases(members)
        return _ALL

    def _member(self, kind: Any, value: Any) -> frozenset[int]:  # noqa: ANN401
        if kind is op.LITERAL:
            return frozenset({min(value, _BEYOND)})
        if kind is op.RANGE:
            low, high = value
            return frozenset(range(min(low, _BEYOND), min(high, _BEYOND) + 1))
        if kind is op.CATEGORY and value in _CATEGORIES:
            compiled = re.compile(_CATEGORIES[value])
            return frozenset(code for code in range(_BEYOND) if compiled.match(chr(code))) | {_BEYOND}
        return _ALL

    def _both_cases(self, members: frozenset[int]) -> frozenset[int]:
        if not self._ignore_case:
            return members
        cases = {ord(c) for code in members if code < _BEYOND for c in (chr(code).lower() + chr(code).upper())}
        beyond = {_BEYOND} if any(chr(code) in _CASED_BEYOND for code in members) else set[int]()
        return members | frozenset(min(code, _BEYOND) for code in cases) | beyond


# Letters of Latin-1 that have another case beyond it.
_CASED_BEYOND: Final = frozenset("kKsSiIåÅÿµß")

_CATEGORIES: Final = {
    op.CATEGORY_DIGIT: r"\d",
    op.CATEGORY_NOT_DIGIT: r"\D",
    op.CATEGORY_SPACE: r"\s",
    op.CATEGORY_NOT_SPACE: r"\S",
    op.CATEGORY_WORD: r"\w",
    op.CATEGORY_NOT_WORD: r"\W",
}
