"""What one request has reserved, and what is known of its cost."""

from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Literal

from cerberus_gateway.budgets.accounts import Account
from cerberus_gateway.budgets.ledger import Reservation

type Verdict = Literal["settle", "wait", "keep"]


@dataclass(slots=True)
class Attempt:
    """One call of a provider, with what it has reserved in the provider's budget."""

    id: str
    provider: str
    reservation: Reservation
    open: bool = True
    answered: bool = False


@dataclass(slots=True)
class Spend:
    """A request, from its first byte to its last log event. LiteLLM's hooks run in its context or in a copy of it."""

    accounts: tuple[Account, ...] = ()
    """Who pays, whoever serves it."""
    reservations: list[Reservation] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)
    usd: float = 0.0
    """Cost of the calls that have ended."""
    told_usd: float = 0.0
    """What of it LiteLLM's log events have not told yet: it was known before them."""
    covered_usd: float = 0.0
    """Most that a call of a provider may cost without more being reserved."""
    deployments: frozenset[str] = frozenset()
    """Ids of those that cost no more than that."""
    models: int = 1
    """How many models it goes to; LiteLLM tells of each one's answer."""
    answers: int = 0
    """Answers whose cost LiteLLM has told."""
    answered: int = 0
    """Calls of a provider that have come back."""
    reached: bool = False
    """A provider may have been asked."""
    failure: Literal["provider", "gateway"] | None = None
    """Who LiteLLM says has failed it."""
    over: bool = False
    """The client is about to have all of its answer, or is gone."""
    settled: bool = False

    def verdict(self) -> Verdict:
        """What to do with the reservation of a request that is over.

        wait: LiteLLM tells of an answer's cost within moments. keep: whether it cost anything is not known, so that it
        counts in full until somebody says what it cost.
        """
        if self.answers >= self.models or not self.reached:
            return "settle"
        if self.failure == "provider":
            return "settle" if self.answers == 0 else "keep"
        # A provider may have answered, and what it said was refused afterwards.
        return "wait" if self.failure == "gateway" else "keep"

    @property
    def plain(self) -> bool:
        """Whether it is one call of one provider, so that what the answer cost is all that the request cost."""
        return self.models == 1 and self.answered <= 1 and self.answers == 0

    @property
    def goes_on(self) -> bool:
        """Whether a further call is one that nothing is reserved for: LiteLLM works on the answers itself (tools)."""
        return max(self.answers, self.answered) >= self.models

    def attempt(self, mark: str | None, *, answered: bool) -> Attempt | None:
        """The attempt that has ended. LiteLLM leaves the mark out of some; an answer then is the last one's."""
        found = next((attempt for attempt in self.attempts if attempt.id == mark), None) or under_way.get()
        if found is None and answered:
            found = next((attempt for attempt in reversed(self.attempts) if attempt.open), None)
        return found


current: ContextVar[Spend | None] = ContextVar("cerberus_spend", default=None)
"""Set by the edge for each request; None in LiteLLM's own calls, such as its health checks."""
under_way: ContextVar[Attempt | None] = ContextVar("cerberus_attempt", default=None)
"""The latest attempt of this line of work: a retry sees the one before it, and a call that LiteLLM turns into another
kind of call sees itself; two that run side by side do not see each other."""


def owes() -> bool:
    """Whether the request being served has reserved something that is still to be settled."""
    spend = current.get()
    return spend is not None and not spend.settled and bool(spend.reservations or spend.attempts)
