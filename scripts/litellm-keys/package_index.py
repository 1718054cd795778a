"""What a Python package defines, read from its source text: nothing in it is imported or run."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

Function = ast.FunctionDef | ast.AsyncFunctionDef
Definition = Function | ast.ClassDef | ast.expr

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
HOPS = 8


@dataclass(frozen=True, eq=False)
class Module:
    """One file: what its top level defines and what it imports."""

    name: str
    tree: ast.Module
    text: str
    is_package: bool

    @cached_property
    def top_level(self) -> list[ast.stmt]:
        return list(statements(self.tree.body))

    @cached_property
    def definitions(self) -> dict[str, Definition]:
        found: dict[str, Definition] = {}
        for node in self.top_level:
            if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
                found[node.name] = node
            elif isinstance(node, ast.Assign):
                found |= {target.id: node.value for target in node.targets if isinstance(target, ast.Name)}
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
                found[node.target.id] = node.value
        return found

    @cached_property
    def imports(self) -> dict[str, tuple[str, str]]:
        """Local name -> (module, name there), inside functions too."""
        found: dict[str, tuple[str, str]] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ImportFrom):
                here = self.name.split(".")
                above = here[: len(here) - node.level + self.is_package] if node.level else []
                source = ".".join([*above, *([node.module] if node.module else [])])
                found |= {alias.asname or alias.name: (source, alias.name) for alias in node.names}
        return found


@dataclass(frozen=True, eq=False)
class Scope:
    """A function with the module it stands in; the module's own statements when there is no function."""

    module: Module
    function: Function | None
    owner: ast.ClassDef | None = None

    @cached_property
    def nodes(self) -> list[ast.AST]:
        if self.function:
            return list(ast.walk(self.function))
        plain = (node for node in self.module.top_level if not isinstance(node, (*FUNCTIONS, ast.ClassDef)))
        return [inner for node in plain for inner in ast.walk(node)]

    @cached_property
    def bindings(self) -> dict[str, list[ast.expr]]:
        """Local name -> what is assigned to it."""
        found: defaultdict[str, list[ast.expr]] = defaultdict(list)
        for node in self.nodes:
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            value = getattr(node, "value", None)
            if isinstance(node, (ast.Assign, ast.AnnAssign, ast.NamedExpr)) and value:
                for target in targets:
                    if isinstance(target, ast.Name):
                        found[target.id].append(value)
        return found

    @cached_property
    def loops(self) -> dict[str, list[ast.expr]]:
        """Loop variable -> what is looped over; of a pair, its first half (a mapping's key)."""
        found: defaultdict[str, list[ast.expr]] = defaultdict(list)
        for node in self.nodes:
            if isinstance(node, (ast.For, ast.AsyncFor, ast.comprehension)):
                target = node.target.elts[0] if isinstance(node.target, ast.Tuple) else node.target
                if isinstance(target, ast.Name):
                    found[target.id].append(node.iter)
        return found

    @cached_property
    def parameters(self) -> list[ast.arg]:
        return parameters(self.function) if self.function else []


class Package:
    """The modules of one or more packages, by dotted name."""

    def __init__(self, roots: list[Path]) -> None:
        self.modules: dict[str, Module] = {}
        for root in roots:
            for path in sorted(root.rglob("*.py")):
                parts = [root.name, *path.relative_to(root).with_suffix("").parts]
                is_package = parts[-1] == "__init__"
                name = ".".join(parts[:-1] if is_package else parts)
                text = path.read_text(encoding="utf-8")
                self.modules[name] = Module(name, ast.parse(text), text, is_package)

    @cached_property
    def scopes(self) -> list[Scope]:
        return [scope for module in self.modules.values() for scope in scopes_of(module)]

    @cached_property
    def functions(self) -> dict[str, list[Scope]]:
        """By plain name; a class's constructor by the class's name."""
        found: defaultdict[str, list[Scope]] = defaultdict(list)
        for scope in self.scopes:
            if scope.function:
                constructs = scope.owner and scope.function.name == "__init__"
                found[scope.owner.name if scope.owner and constructs else scope.function.name].append(scope)
        return found

    @cached_property
    def calls(self) -> dict[str, list[tuple[ast.Call, Scope]]]:
        """By the plain name of what is called."""
        found: defaultdict[str, list[tuple[ast.Call, Scope]]] = defaultdict(list)
        for scope in self.scopes:
            for node in scope.nodes:
                if isinstance(node, ast.Call) and (name := last_name(node.func)):
                    found[name].append((node, scope))
        return found

    def resolve(self, module: Module, name: str, hops: int = HOPS) -> tuple[Module, Definition] | None:
        """Where a name of a module is defined, through its imports."""
        if name in module.definitions:
            return module, module.definitions[name]
        if hops == 0 or name not in module.imports:
            return None
        source, original = module.imports[name]
        return self.resolve(self.modules[source], original, hops - 1) if source in self.modules else None

    def find_class(self, where: str) -> tuple[Module, ast.ClassDef]:
        """Find a class by `module:Name`; it is an error when this release has it no more."""
        module_name, _, name = where.partition(":")
        module = self.modules.get(module_name)
        found = self.resolve(module, name) if module else None
        if not found or not isinstance(found[1], ast.ClassDef):
            message = f"this release has no class {where}"
            raise LookupError(message)
        return found[0], found[1]

    def lineage(self, module: Module, node: ast.ClassDef) -> Iterator[tuple[Module, ast.ClassDef]]:
        """Yield the class and those it is made from, as far as the package defines them."""
        yield module, node
        for base in node.bases:
            name = last_name(base.value if isinstance(base, ast.Subscript) else base)
            found = self.resolve(module, name) if name else None
            if found and isinstance(found[1], ast.ClassDef) and found[1] is not node:
                yield from self.lineage(found[0], found[1])

    def fields(self, module: Module, node: ast.ClassDef) -> set[str]:
        """Fields of a model, a TypedDict or a dataclass, with the other names that the model accepts for them."""
        found: set[str] = set()
        for _, part in self.lineage(module, node):
            for item in part.body:
                if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name):
                    found |= {item.target.id} if "ClassVar" not in names_in(item.annotation) else set()
                    found |= {text for key in named_values(item.value, "alias") for text in texts_in(key)}
                elif isinstance(item, FUNCTIONS) and reads_input(item):
                    found |= subscripted(item)
        return {name for name in found if not name.startswith("_") and name != "model_config"}

    def allows_extra(self, module: Module, node: ast.ClassDef) -> bool:
        """Whether keys that the model does not declare are kept."""
        for _, part in self.lineage(module, node):
            for inner in ast.walk(part):
                if isinstance(inner, ast.keyword) and inner.arg == "extra":
                    return isinstance(inner.value, ast.Constant) and inner.value.value == "allow"
        return False


def statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements of a module, those under if, try and with included."""
    for node in body:
        yield node
        for block in ("body", "orelse", "finalbody"):
            if not isinstance(node, (*FUNCTIONS, ast.ClassDef)):
                yield from statements(getattr(node, block, []))
        for handler in getattr(node, "handlers", []):
            yield from statements(handler.body)


def scopes_of(module: Module) -> Iterator[Scope]:
    yield Scope(module, None)
    waiting: list[tuple[ast.AST, ast.ClassDef | None]] = [(module.tree, None)]
    while waiting:
        node, owner = waiting.pop()
        for child in ast.iter_child_nodes(node):
            if isinstance(child, FUNCTIONS):
                yield Scope(module, child, owner)
            waiting.append((child, child if isinstance(child, ast.ClassDef) else owner))


def parameters(function: Function) -> list[ast.arg]:
    return [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]


def last_name(node: ast.expr | None) -> str | None:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else None


def texts_in(node: ast.AST) -> set[str]:
    return {n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str)}


def names_in(node: ast.AST) -> set[str]:
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}


def named_values(node: ast.expr | None, ending: str) -> list[ast.expr]:
    """Values of a call's keyword arguments whose name ends so."""
    keywords = node.keywords if isinstance(node, ast.Call) else []
    return [word.value for word in keywords if word.arg and word.arg.endswith(ending)]


def reads_input(method: Function) -> bool:
    """Whether a model's method sees the keys as they were given."""
    marks = {text for mark in method.decorator_list for text in texts_in(mark)}
    return method.name == "__init__" or "before" in marks


def subscripted(node: ast.AST) -> set[str]:
    """Texts used as a mapping's key anywhere below."""
    keys: list[ast.expr] = []
    for inner in ast.walk(node):
        if isinstance(inner, ast.Subscript):
            keys.append(inner.slice)
        elif isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute) and inner.args:
            keys += inner.args[:1] if inner.func.attr in {"get", "pop", "setdefault"} else []
        elif isinstance(inner, ast.Compare) and isinstance(inner.ops[0], (ast.In, ast.NotIn)):
            keys.append(inner.left)
    return {key.value for key in keys if isinstance(key, ast.Constant) and isinstance(key.value, str)}
