"""The `safety` mapping of the guardrail's row in config.yaml, read strictly and turned into what the checks use."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cerberus_gateway.safety.content import ContentFilter, built_in_categories
from cerberus_gateway.safety.normalise import clean, fold, words_of
from cerberus_gateway.safety.patterns import UnsafePatternError, check_pattern

Usd = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Tokens = Annotated[int, Field(gt=0, strict=True)]


class SafetySettingsError(RuntimeError):
    """Lists everything that is wrong with the settings.

    No ValueError: LiteLLM takes that for a reason to start without the guardrail.
    """


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Category(_Strict):
    """A category of the owner's own: a request or answer that holds any of it is refused."""

    keywords: list[str] = []
    patterns: list[str] = []


class Inputs(_Strict):
    """What a request may carry beside text."""

    images: bool = True
    audio: bool = True
    files: bool = True
    tools: bool = True


class ApprovalRule(_Strict):
    """Asks for approval when every condition that is given holds."""

    models: list[str] = []
    teams: list[str] = []
    tools: bool = False


class Limits(_Strict):
    """What a profile may override."""

    max_budget_per_request: Usd | None = None
    """USD, worst case."""
    max_tokens_per_request: Tokens | None = None
    """Output tokens of all answers to one request."""
    blocked_content_types: list[str] = []
    filter_output: bool = True
    inputs: Inputs = Inputs()
    require_approval_over: Usd | None = None
    """USD, worst case."""
    approval_rules: list[ApprovalRule] = []


class SafetySettings(Limits):
    """Everything under `safety`."""

    categories: dict[str, Category] = {}
    look_back_chars: int = Field(default=200, ge=40, le=10_000, strict=True)
    """Characters of an answer held back so that a match is seen whole."""
    profiles: dict[str, dict[str, Any]] = {}


class Profile:
    """The limits that hold for a request, with its content filter made ready."""

    def __init__(self, name: str | None, limits: Limits, content: ContentFilter, look_back: int) -> None:
        self.name: Final = name
        self.limits: Final = limits
        self.content: Final = content
        self.look_back: Final = look_back


class Profiles:
    """All profiles, made ready at start-up."""

    def __init__(self, standard: Profile, named: Mapping[str, Profile]) -> None:
        self.standard: Final = standard
        self.named: Final = named

    def for_metadata(self, team: Mapping[str, Any], key: Mapping[str, Any]) -> Profile | None:
        """The profile that the key names, else its team, else the standard one; None for a name that is not known."""
        name = key.get("cerberus_profile", team.get("cerberus_profile"))
        if name is None:
            return self.standard
        return self.named.get(name) if isinstance(name, str) else None


def read_settings(raw: object) -> Profiles:
    """Checks the mapping and makes its profiles ready.

    :raises SafetySettingsError: with every problem: path, what was found, what is allowed
    """
    try:
        settings = SafetySettings.model_validate(raw)
    except ValidationError as error:
        raise _report(_problems(error, "safety")) from None
    problems: list[str] = []
    known = _known_categories(settings, problems)
    named: dict[str, Limits] = {}
    base = {key: getattr(settings, key) for key in Limits.model_fields}
    for name, override in settings.profiles.items():
        try:
            # Parsed by itself first, so that a problem's path is the profile's and not that of the merged settings.
            given = Limits.model_validate(override)
        except ValidationError as error:
            problems += _problems(error, f"safety.profiles.{name}")
            continue
        named[name] = Limits.model_validate({**base, **{key: getattr(given, key) for key in given.model_fields_set}})
    for path, limits in [
        ("safety", settings),
        *((f"safety.profiles.{name}", limits) for name, limits in named.items()),
    ]:
        problems += [
            f"{path}.blocked_content_types[{index}]: found {name!r}; allowed: {', '.join(sorted(known))}; "
            "or define it under safety.categories"
            for index, name in enumerate(limits.blocked_content_types)
            if name not in known
        ]
    if problems:
        raise _report(problems)

    def ready(name: str | None, limits: Limits) -> Profile:
        chosen = {category: known[category] for category in dict.fromkeys(limits.blocked_content_types)}
        content = ContentFilter(chosen, settings.look_back_chars)
        return Profile(name, limits, content, settings.look_back_chars)

    return Profiles(ready(None, settings), {name: ready(name, limits) for name, limits in named.items()})


def _known_categories(settings: SafetySettings, problems: list[str]) -> dict[str, dict[str, Any]]:
    known = built_in_categories()
    for name, category in settings.categories.items():
        path = f"safety.categories.{name}"
        if name in known:
            problems.append(f"{path}: found the name of a built-in category; choose another name")
            continue
        problems += _category_problems(path, category, settings.look_back_chars)
        known[name] = {"keywords": category.keywords, "patterns": category.patterns}
    return known


def _category_problems(path: str, category: Category, look_back: int) -> list[str]:
    problems: list[str] = []
    if not category.keywords and not category.patterns:
        problems.append(f"{path}: found neither keywords nor patterns; give one of either, or remove it")
    for index, keyword in enumerate(category.keywords):
        if not words_of(fold(clean(keyword))):
            problems.append(f"{path}.keywords[{index}]: found no letter or digit; give a word or phrase")
        elif len(keyword) > look_back // 2:
            problems.append(
                f"{path}.keywords[{index}]: found {len(keyword)} characters; at most {look_back // 2} are allowed, "
                "half of safety.look_back_chars"
            )
    for index, pattern in enumerate(category.patterns):
        try:
            check_pattern(pattern, max_width=look_back)
        except UnsafePatternError as error:
            problems.append(f"{path}.patterns[{index}]: found {pattern!r}; refused because {error}")
    return problems


def _problems(error: ValidationError, path: str) -> list[str]:
    return [
        f"{'.'.join([path, *map(str, problem['loc'])])}: {_allowed(problem['type'], problem['msg'])}"
        + ("" if problem["type"] in {"missing", "extra_forbidden"} else f"; found {problem['input']!r:.80}")
        for problem in error.errors()
    ]


def _allowed(kind: str, message: str) -> str:
    if kind == "extra_forbidden":
        names = sorted({*SafetySettings.model_fields, *Inputs.model_fields, *ApprovalRule.model_fields})
        return f"no such setting; remove it or correct its name (settings: {', '.join(names)})"
    return message[0].lower() + message[1:]


def _report(problems: list[str]) -> SafetySettingsError:
    return SafetySettingsError(
        "the guardrail cerberus_safety is misconfigured:\n" + "\n".join(f"- {p}" for p in problems)
    )
