"""Print, as JSON, names out of LiteLLM's own lists that a configuration may use: providers, guardrail types and more.

usage: values.py <folder of the package litellm>

Read from source text and data files; nothing of LiteLLM is imported.
"""

import ast
import json
import sys
from pathlib import Path


def members(module: Path, name: str) -> list[str]:
    """Values of an enumeration of texts."""
    for node in ast.parse(module.read_text()).body:
        if isinstance(node, ast.ClassDef) and node.name == name:
            values = [part.value for part in node.body if isinstance(part, ast.Assign)]
            return sorted(v.value for v in values if isinstance(v, ast.Constant) and isinstance(v.value, str))
    message = f"{module} has no enumeration {name}: LiteLLM moved it, so correct its place in this script"
    raise SystemExit(message)


def literal(module: Path, name: str) -> list[str]:
    """Values of a `name = Literal[...]`."""
    for node in ast.parse(module.read_text()).body:
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == name for t in node.targets):
            constants = [part for part in ast.walk(node.value) if isinstance(part, ast.Constant)]
            return sorted(part.value for part in constants if isinstance(part.value, str))
    message = f"{module} has no literal {name}: LiteLLM moved it, so correct its place in this script"
    raise SystemExit(message)


def main(folder: Path) -> None:
    filters = folder / "proxy/guardrails"
    patterns = json.loads((filters / "guardrail_hooks/litellm_content_filter/patterns.json").read_text())["patterns"]
    categories = filters / "content_filter_data/categories"
    result = {
        "providers": members(folder / "types/utils.py", "LlmProviders"),
        "guardrailTypes": members(folder / "types/guardrails.py", "SupportedGuardrailIntegrations"),
        "callbacks": literal(folder / "__init__.py", "_custom_logger_compatible_callbacks_literal"),
        "prebuiltPatterns": sorted(pattern["name"] for pattern in patterns),
        "categories": sorted(path.stem for path in categories.iterdir() if path.suffix in {".yaml", ".json"}),
    }
    for name, values in result.items():
        if not values:
            message = f"no {name} found in {folder}: LiteLLM moved them, so correct their place in this script"
            raise SystemExit(message)
    print(json.dumps(result, indent=2))  # noqa: T201


main(Path(sys.argv[1]))
