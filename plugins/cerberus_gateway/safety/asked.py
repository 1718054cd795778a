"""One request as LiteLLM hands it to a hook: what it asks for, and the most that it can cost."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from cerberus_gateway.safety.calls import Kind, client_body, kind_of, native_kind, native_model
from cerberus_gateway.safety.edge import Edge, current_edge
from cerberus_gateway.safety.estimate import Price, estimates, usage_of
from cerberus_gateway.safety.limits import read_output
from cerberus_gateway.safety.prices import worst_cost
from cerberus_gateway.safety.survey import Survey


def proxy() -> Any:  # noqa: ANN401 - LiteLLM's types are in its image only
    """LiteLLM's module that holds the router. Not to be imported before LiteLLM serves: it is complete only then."""
    from litellm.proxy import proxy_server  # noqa: PLC0415

    return proxy_server


@dataclass
class Asked:
    """A request's data, and who sends it (LiteLLM's UserAPIKeyAuth)."""

    user: Any
    data: dict[str, Any]
    call_type: str

    @cached_property
    def body(self) -> dict[str, Any]:
        """What goes to the model."""
        return client_body(self.data)

    @cached_property
    def route(self) -> str:
        """The path that was called."""
        named = getattr(self.user, "request_route", None)
        return named if isinstance(named, str) and named else self.edge.path if self.edge is not None else ""

    @property
    def edge(self) -> Edge | None:
        """What the middleware knows; None where it is not in front."""
        return current_edge.get()

    @property
    def native(self) -> bool:
        """Whether the body goes to the provider as it is."""
        return kind_of(self.call_type) == "pass_through"

    @cached_property
    def kind(self) -> Kind:
        """The kind of call."""
        kind = kind_of(self.call_type)
        return native_kind(self.edge.method, self.route) if kind == "pass_through" and self.edge is not None else kind

    @cached_property
    def model(self) -> str:
        """The model asked for; empty when none is named."""
        named = native_model(self.route, self.body) if self.native else self.body.get("model")
        return named if isinstance(named, str) else ""

    def header(self, name: str) -> str | None:
        """A header of the request."""
        if self.edge is not None:
            return self.edge.headers.get(name)
        sent = (self.data.get("proxy_server_request") or {}).get("headers") or {}
        return next((value for key, value in sent.items() if str(key).lower() == name), None)

    def costs(
        self, seen: Survey, body: Mapping[str, Any], price: Price = worst_cost, *, fallbacks: bool = True
    ) -> list[list[float | None]]:
        """Most USD at each deployment that it can reach, for each of the models it names; see estimates()."""
        usage = usage_of(self.kind, body, seen, read_output(self.kind, body))
        overrides = (self.data.get("router_settings_override") or {}) if fallbacks else None
        router = None if self.native else proxy().llm_router
        team_id = getattr(self.user, "team_id", None)
        return estimates(router, {**body, "model": self.model or None}, usage, overrides, team_id, price)

    @property
    def deployments(self) -> frozenset[str]:
        """Ids of the deployments of the models it names."""
        router, team_id = proxy().llm_router, getattr(self.user, "team_id", None)
        if router is None or self.native:
            return frozenset()
        names = [name.strip() for name in self.model.split(",")]
        rows = [row for name in names for row in router.get_model_list(model_name=name, team_id=team_id) or ()]
        found = [(row.get("model_info") or {}).get("id") for row in rows]
        return frozenset(str(name) for name in found if name)
