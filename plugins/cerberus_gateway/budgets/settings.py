"""budgets.json: what may be spent. Rendered from the settings; parsed once, strictly, as cerberus.json is."""

from pathlib import Path
from typing import Annotated, Final

from pydantic import Field, ValidationError

from cerberus_gateway.settings import Count, Section, SettingsError

PATH: Final = Path("/etc/cerberus/budgets.json")


class Budget(Section):
    """Spend per period, in USD, of the whole gateway or of one provider."""

    name: str
    provider: str | None
    """LiteLLM's name, such as openai; null means all calls."""
    max_usd: Annotated[float, Field(gt=0)]
    period: Annotated[str, Field(pattern=r"^[1-9][0-9]*(s|m|h|d|mo)$")]


class BudgetSettings(Section):
    budgets: Annotated[tuple[Budget, ...], Field(strict=False)]
    request_timeout_seconds: Count
    """Longest that a call of a provider may take."""


def load() -> BudgetSettings:
    """The budgets of this process.

    :raises SettingsError: when the file can't be read or is not valid
    """
    try:
        return BudgetSettings.model_validate_json(PATH.read_text(encoding="utf-8"))
    except (OSError, ValidationError) as error:
        message = f"{PATH} is not valid: {error}. It is rendered by `pulumi up`; don't edit it."
        raise SettingsError(message) from None
