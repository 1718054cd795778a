"""Print, as JSON, which keys of config.yaml the given LiteLLM release reads, section by section.

usage: extract.py <folder of the package litellm> [<folder of litellm_enterprise>]

LiteLLM ignores keys it does not know without a word, so infra/litellm/ghost-keys.ts looks a configuration up in this
list. It is read from source text alone; reads that can't be followed are told on standard error. A section's name is
the path to it: `[]` are the rows of a list, `.*` is a name of the user's choice.

Three lists come out. `sections` holds the keys that each section declares or that are read from it. `open` names the
sections where LiteLLM keeps other keys too and hands them on: a deployment's parameters go to the provider's API,
`model_info` to whoever asks for it, a guardrail's parameters to its class, Redis parameters to the Redis client.
`passedOn` holds keys of open sections that some code reads although the section does not declare them. Sections whose
keys are the user's own (`environment_variables`, `callback_settings`, metadata and the like) are not listed at all:
everything is allowed there.
"""

import ast
import json
import re
import sys
from pathlib import Path

from mapping_reads import MappingReads
from package_index import FUNCTIONS, Package, Scope, last_name, parameters
from text_values import elements

# Sections that one class describes.
MODELS = {
    "credential_list[]": "litellm.models.credentials:CredentialItem",
    "general_settings.alerting_args": "litellm.types.integrations.slack_alerting:SlackAlertingArgs",
    "general_settings.coordination_redis": "litellm.proxy._types:CoordinationRedisParams",
    "general_settings.key_management_settings": "litellm.types.secret_managers.main:KeyManagementSettings",
    "general_settings.litellm_jwtauth": "litellm.proxy._types:LiteLLM_JWTAuth",
    "general_settings.pass_through_endpoints[]": "litellm.proxy._types:PassThroughGenericEndpoint",
    "guardrails[]": "litellm.types.guardrails:Guardrail",
    "guardrails[].litellm_params": "litellm.types.guardrails:LitellmParams",
    "litellm_settings.model_group_settings": "litellm.types.router:ModelGroupSettings",
    "litellm_settings.priority_reservation_settings": "litellm.types.utils:PriorityReservationSettings",
    "litellm_settings.upperbound_key_generate_params": (
        "litellm.types.proxy.management_endpoints.ui_sso:LiteLLM_UpperboundKeyGenerateParams"
    ),
    "model_list[]": "litellm.types.router:Deployment",
    "model_list[].litellm_params": "litellm.types.router:LiteLLM_Params",
    "model_list[].model_info": "litellm.types.router:ModelInfo",
    "router_settings.allowed_fails_policy": "litellm.types.router:AllowedFailsPolicy",
    "router_settings.model_group_retry_policy.*": "litellm.types.router:RetryPolicy",
    "router_settings.retry_policy": "litellm.types.router:RetryPolicy",
    "router_settings.routing_groups[]": "litellm.types.router:RoutingGroup",
    "search_tools[]": "litellm.types.router:SearchToolTypedDict",
}
# Keys that no analysis of LiteLLM finds, as other packages read them: arguments of redis.Redis and redis.RedisCluster.
REDIS_CLIENT = """
    cache client_name connection_pool credential_provider db decode_responses encoding encoding_errors errors
    event_dispatcher health_check_interval host lib_name lib_version max_connections password port protocol
    redis_connect_func retry retry_on_error retry_on_timeout service_name single_connection_client
    socket_connect_timeout socket_keepalive socket_keepalive_options socket_timeout ssl ssl_ca_certs ssl_ca_data
    ssl_ca_path ssl_cert_reqs ssl_certfile ssl_check_hostname ssl_ciphers ssl_keyfile ssl_min_version ssl_password
    ssl_validate_ocsp startup_nodes unix_socket_path url username
"""
# Variables that carry a deployment's parameters, or a request's, through LiteLLM.
PARAMETERS = re.compile(
    r"_?(litellm|optional|inference|request|openai|non_default|passed|model|call|special|extra)?_?"
    r"(params|kwargs|data)(_dict)?"
)
MODEL_INFO = re.compile(r"_?(deployment_|_)?model_info(_dict)?|model_cost")
GUARDRAIL = re.compile(r"_?(guardrail_)?(litellm_params|optional_params|params|kwargs|config)")
# Variables that carry one row of a list as it stands in the file.
ROWS = {
    "general_settings.pass_through_endpoints[]": "endpoint_data",
    "guardrails[]": "guardrail",
    "search_tools[]": "search_tool",
}
PARAMETER_MODULES = ("litellm.main", "litellm.utils", "litellm.router", "litellm.types.litellm_params")
# Looked for at the top level only to say that they are ignored there.
WARNED_ABOUT = {"enable_jwt_auth", "litellm_jwtauth"}
SERVER = "litellm.proxy.proxy_server"


def followed(package: Package, pattern: str, *start: str) -> set[str]:
    """Collect the keys read from a mapping of that name, wherever it is passed on to."""
    reads = MappingReads(package, re.compile(pattern), start=frozenset(start))
    keys = reads.collect()
    for place in sorted(reads.unclear):
        sys.stderr.write(f"{place}: can't tell which key is read from {pattern}\n")
    return keys


def read_from(package: Package, pattern: re.Pattern[str], within: str = "litellm") -> set[str]:
    """Collect the keys read from any variable, attribute or parameter of that name in modules below `within`."""
    found: set[str] = set()
    for module in package.modules.values():
        if not module.name.startswith(within):
            continue
        nodes = list(ast.walk(module.tree))
        methods = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
        for node in nodes:
            mapping, keys = (None, set[str]()) if id(node) in methods else one_read(node)
            if mapping and pattern.fullmatch(last_name(mapping) or ""):
                found |= keys
    return found


def one_read(node: ast.AST) -> tuple[ast.expr | None, set[str]]:
    """Tell what a node reads from, and which keys."""
    match node:
        case ast.Subscript(value=value, slice=ast.Constant(value=str(key))):
            return value, {key}
        case ast.Compare(left=ast.Constant(value=str(key)), ops=[ast.In() | ast.NotIn()], comparators=[value]):
            return value, {key}
        case ast.Call(func=ast.Name(id="getattr" | "hasattr"), args=[value, ast.Constant(value=str(key)), *_]):
            return value, {key}
        case ast.Call(func=ast.Attribute(value=value, attr="get" | "pop" | "setdefault"), args=[first, *_]):
            over = value.values[0] if isinstance(value, ast.BoolOp) else value
            return over, {first.value} if isinstance(first, ast.Constant) and isinstance(first.value, str) else set()
        case ast.Attribute(value=value, attr=attr):
            return value, {attr}
    return None, set()


def arguments(package: Package, where: str) -> set[str]:
    """Return what a class's constructor takes."""
    _, node = package.find_class(where)
    made = [item for item in node.body if isinstance(item, FUNCTIONS) and item.name == "__init__"]
    return {arg.arg for item in made for arg in parameters(item)} - {"self"}


def module_settings(package: Package) -> set[str]:
    """Return what the module litellm has or code reads there: the loader sets unknown keys as its attributes."""
    module = package.modules["litellm"]
    variables = {name for name, node in module.definitions.items() if isinstance(node, ast.expr)}
    variables |= {
        node.target.id
        for node in module.top_level
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and not names_function(node)
    }
    variables |= {name for name, (source, _) in module.imports.items() if source == "litellm.constants"}
    read = read_from(package, re.compile("litellm"))
    # Functions, classes and submodules are not settings.
    things = {scope.function.name for scope in package.scopes if scope.function and not scope.owner}
    things |= {part for name in package.modules for part in name.split(".")}
    return variables | {name for name in read - things if name[:1].islower()}


def names_function(node: ast.AnnAssign) -> bool:
    """Tell a declaration without a value, for type checkers, of a function or class imported on first use."""
    kind = node.annotation.value if isinstance(node.annotation, ast.Subscript) else node.annotation
    return node.value is None and last_name(kind) in {"Callable", "Type", "type"}


def deployment_parameters(package: Package) -> set[str]:
    """Collect parameters that LiteLLM's own code or one of its providers takes, beside the declared ones."""
    found = read_from(package, PARAMETERS)
    for module in package.modules.values():
        own = module.name in PARAMETER_MODULES
        provider = module.name.startswith("litellm.llms.")
        for name, node in module.definitions.items():
            if isinstance(node, FUNCTIONS) and (own or module.name.endswith(".main")):
                found |= {arg.arg for arg in parameters(node)}
            elif isinstance(node, ast.ClassDef) and (own or "Params" in name or (provider and "Config" in name)):
                found |= package.fields(module, node)
                found |= {arg.arg for item in node.body if isinstance(item, FUNCTIONS) for arg in parameters(item)}
            elif isinstance(node, ast.expr) and re.search(r"PARAM|param|KWARG", name):
                found |= set(elements(package, node, Scope(module, None)))
    for scope in package.functions.get("get_supported_openai_params", []):
        lists = [node for node in scope.nodes if isinstance(node, ast.List)]
        found |= {text for part in lists for text in elements(package, part, scope)}
    return found


def plain(names: set[str]) -> list[str]:
    """Sort, without what no one writes into a file."""
    return sorted(name for name in names if re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", name))


def extract(package: Package) -> dict[str, object]:
    sections = {section: package.fields(*package.find_class(where)) for section, where in MODELS.items()}
    is_open = {section for section, where in MODELS.items() if package.allows_extra(*package.find_class(where))}

    sections["top_level"] = followed(package, r"get_config|_get_config_from_file|get_config_state", SERVER)
    sections["top_level"] |= package.fields(*package.find_class("litellm.proxy._types:ConfigYAML")) | {"include"}
    sections["top_level"] -= WARNED_ABOUT
    sections["general_settings"] = followed(package, r"_?([a-z]+_)?(?<!router_)general_settings(_view|_values)?")
    sections["general_settings"] |= package.fields(*package.find_class("litellm.proxy._types:ConfigGeneralSettings"))
    sections["litellm_settings"] = followed(package, r"_?([a-z]+_)?litellm_settings") | module_settings(package)

    constants = Scope(package.modules["litellm.constants"], None)
    outside = set(elements(package, ast.Name("ROUTER_SETTINGS_MANAGED_OUTSIDE_CONFIG"), constants))
    sections["router_settings"] = arguments(package, "litellm.router:Router") - outside

    sections["litellm_settings.cache_params"] = arguments(package, "litellm.caching.caching:Cache")
    for section in ("litellm_settings.cache_params", "general_settings.coordination_redis"):
        sections[section] |= set(REDIS_CLIENT.split())
        is_open.add(section)
    # Other keys of a row are kept too, but nobody is given them: no one reads them.
    is_open.remove("model_list[]")
    limits = {"itpm", "num_retries", "otpm", "rpm", "tpm"}
    sections["model_list[]"] |= limits & read_from(package, re.compile("_?(deployment|model)"), "litellm.router")
    sections["mcp_servers.*"] = package.fields(
        *package.find_class("litellm.proxy._experimental.mcp_server.mcp_server_manager:MCPServerConfig")
    )
    sections["mcp_servers.*"] |= read_from(package, re.compile("server_config"), "litellm.proxy._experimental")

    # A model describes what it validates; some code reads the same block as it stands in the file.
    for section in MODELS:
        if not section.endswith(("]", "*", ".litellm_params", ".model_info")):
            sections[section] |= followed(package, section.rpartition(".")[2])
    for section, name in ROWS.items():
        sections[section] |= read_from(package, re.compile(name), "litellm.proxy")

    guardrail_classes = [
        scope
        for scope in package.scopes
        if scope.function and scope.function.name == "__init__" and ".guardrails." in scope.module.name
    ]
    model_info = package.fields(*package.find_class("litellm.types.utils:ModelInfo")) | read_from(package, MODEL_INFO)
    passed_on = {
        "model_list[].litellm_params": deployment_parameters(package),
        "model_list[].model_info": model_info,
        "guardrails[].litellm_params": read_from(package, GUARDRAIL, "litellm.proxy.guardrails")
        | {arg.arg for scope in guardrail_classes for arg in scope.parameters},
    }
    return {
        "open": sorted(is_open),
        "passedOn": {name: plain(keys - sections[name]) for name, keys in sorted(passed_on.items())},
        "sections": {name: plain(keys) for name, keys in sorted(sections.items())},
    }


def version_of(package: Path) -> str:
    """Read the version from the metadata that stands beside an installed package."""
    found = sorted(package.parent.glob(f"{package.name}-*.dist-info"))
    if len(found) != 1:
        message = f"expected one {package.name}-*.dist-info beside {package}, found {len(found)}"
        raise LookupError(message)
    return found[0].name.removeprefix(f"{package.name}-").removesuffix(".dist-info")


def main(folders: list[str]) -> None:
    if not folders:
        sys.exit("usage: extract.py <folder of the package litellm> [<folder of litellm_enterprise>]")
    roots = [Path(folder).resolve() for folder in folders]
    found = {"litellm": version_of(roots[0]), **extract(Package(roots))}
    sys.stdout.write(json.dumps(found, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
