"""Which texts an expression may stand for: through constants, loops, parameters and what callers pass for them."""

import ast
from collections.abc import Iterator
from itertools import product

from package_index import HOPS, Module, Package, Scope, last_name

SAME_ELEMENTS = {"frozenset", "get_args", "items", "keys", "list", "MappingProxyType", "set", "sorted", "tuple"}
# A plain name with more definitions says nothing of which is meant.
NAMESAKES = 6


def texts(package: Package, node: ast.expr, scope: Scope, hops: int = HOPS) -> Iterator[str]:
    """Yield the texts that an expression may stand for."""
    if hops == 0:
        return
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=values):
            parts = [value.value if isinstance(value, ast.FormattedValue) else value for value in values]
            choices = [sorted(set(texts(package, part, scope, hops - 1))) for part in parts]
            yield from ("".join(choice) for choice in product(*choices))
        case ast.Attribute(attr=name, value=inner):
            yield from attribute(package, name, inner, scope, hops)
        case ast.Name(id=name):
            yield from variable(package, name, scope, hops)
        case _:
            for value in alternatives(node):
                yield from texts(package, value, scope, hops - 1)


def alternatives(node: ast.expr) -> list[ast.expr]:
    """Return the parts of an expression that one of is its value."""
    match node:
        case ast.BoolOp(values=values):
            return values
        case ast.IfExp(body=body, orelse=other):
            return [body, other]
        case ast.Await(value=value) | ast.NamedExpr(value=value):
            return [value]
    return []


def variable(package: Package, name: str, scope: Scope, hops: int) -> Iterator[str]:
    for value in scope.bindings.get(name, []):
        yield from texts(package, value, scope, hops - 1)
    for value in scope.loops.get(name, []):
        yield from elements(package, value, scope, hops - 1)
    for arg in scope.parameters:
        if arg.arg == name:
            yield from passed(package, arg, scope, hops - 1)
    if (found := package.resolve(scope.module, name)) and isinstance(found[1], ast.expr):
        yield from texts(package, found[1], Scope(found[0], None), hops - 1)


def attribute(package: Package, name: str, inner: ast.expr, scope: Scope, hops: int) -> Iterator[str]:
    """Yield a constant of a class, by `Class.NAME`, `self.NAME` or an enumeration's `Class.NAME.value`."""
    if name == "value":
        yield from texts(package, inner, scope, hops - 1)
        return
    holder = last_name(inner) or ""
    own = scope.owner if holder in {"self", "cls"} else None
    found = (scope.module, own) if own else package.resolve(scope.module, holder)
    if not found or not isinstance(found[1], ast.ClassDef):
        return
    for module, part in package.lineage(found[0], found[1]):
        for item in part.body:
            targets = item.targets if isinstance(item, ast.Assign) else [getattr(item, "target", None)]
            value = getattr(item, "value", None)
            if isinstance(value, ast.expr) and any(last_name(target) == name for target in targets):
                yield from texts(package, value, Scope(module, None), hops - 1)


def passed(package: Package, arg: ast.arg, scope: Scope, hops: int) -> Iterator[str]:
    """Yield the texts that callers pass for a parameter, its default, and those that its type allows."""
    function = scope.function
    if not function:
        return
    if arg.annotation:
        yield from elements(package, arg.annotation, scope, hops)
    for default in [*function.args.defaults, *function.args.kw_defaults]:
        # Which default belongs to which parameter doesn't matter: names of settings stand in constants.
        if isinstance(default, ast.Name):
            yield from texts(package, default, Scope(scope.module, None), hops - 1)
    name = scope.owner.name if scope.owner and function.name == "__init__" else function.name
    if len(package.functions.get(name, [])) > NAMESAKES:
        return
    names = [one.arg for one in scope.parameters]
    place = names.index(arg.arg) - (names[:1] in (["self"], ["cls"]))
    for call, caller in package.calls.get(name, []):
        values = [word.value for word in call.keywords if word.arg == arg.arg]
        values += call.args[place : place + 1] if arg not in function.args.kwonlyargs else []
        for value in values:
            yield from texts(package, value, caller, hops - 1)


def elements(package: Package, node: ast.expr, scope: Scope, hops: int = HOPS) -> Iterator[str]:
    """Yield the texts that a collection may hold; of a mapping its keys, of a model its fields."""
    if hops == 0:
        return
    if isinstance(node, ast.Name):
        yield from named_elements(package, node.id, scope, hops)
        return
    if isinstance(node, ast.Attribute) and node.attr in {"model_fields", "__annotations__"}:
        found = package.resolve(scope.module, last_name(node.value) or "")
        if found and isinstance(found[1], ast.ClassDef):
            yield from package.fields(found[0], found[1])
    collections, items = contents(node)
    for part in collections:
        yield from elements(package, part, scope, hops - 1)
    for item in items:
        yield from texts(package, item, scope, hops - 1)


def named_elements(package: Package, name: str, scope: Scope, hops: int) -> Iterator[str]:
    for value in [*scope.bindings.get(name, []), *scope.loops.get(name, [])]:
        yield from elements(package, value, scope, hops - 1)
    found = package.resolve(scope.module, name)
    if found and isinstance(found[1], ast.expr):
        yield from elements(package, found[1], Scope(found[0], None), hops - 1)
    elif found and isinstance(found[1], ast.ClassDef):
        # An enumeration's members.
        for item in found[1].body:
            if isinstance(item, ast.Assign):
                yield from texts(package, item.value, Scope(found[0], None), hops - 1)


def contents(node: ast.expr) -> tuple[list[ast.expr], list[ast.expr]]:
    """Split a collection's expression into further collections and single items."""
    match node:
        case ast.Tuple(elts=items) | ast.List(elts=items) | ast.Set(elts=items):
            starred = [item.value for item in items if isinstance(item, ast.Starred)]
            # Of rows the first column: names stand there.
            first = [item.elts[0] if isinstance(item, ast.Tuple) and item.elts else item for item in items]
            return starred, first
        case ast.Dict(keys=keys):
            return [], [key for key in keys if key]
        case ast.BinOp(left=left, right=right):
            return [left, right], []
        case ast.Subscript(value=ast.Name(id="Annotated" | "Final" | "Literal"), slice=inner):
            return [], inner.elts if isinstance(inner, ast.Tuple) else [inner]
        case ast.Call(func=function, args=args) if last_name(function) in SAME_ELEMENTS:
            return [*args, *([function.value] if isinstance(function, ast.Attribute) else [])], []
    return [], []


def called(package: Package, name: str, module: Module) -> list[Scope]:
    """Return the functions that a plain name may mean."""
    found = package.functions.get(name, [])
    target = package.resolve(module, name)
    exact = [scope for scope in found if target and scope.function is target[1]]
    return exact or (found if len(found) <= NAMESAKES else [])
