"""Follows a mapping (such as general_settings) through a package, and collects the keys that are read from it."""

import ast
import re
from dataclasses import dataclass, field

from package_index import Module, Package, Scope, last_name
from text_values import alternatives, called, elements, texts

# Calls whose result still is the mapping.
SAME_MAPPING = {"MappingProxyType", "cast", "copy", "deepcopy", "dict", "validate_python", "resolved"}
LOOKUPS = {"get", "pop", "setdefault", "get_resolved"}


@dataclass
class MappingReads:
    """The reads of one mapping. Too many keys are better than too few: a missing one would become a false alarm."""

    package: Package
    # The name of the mapping, as variables, attributes, functions and keys carry it.
    pattern: re.Pattern[str]
    keys: set[str] = field(default_factory=set)
    # Reads whose key could not be told, as file:line; for the reader of the script's messages.
    unclear: set[str] = field(default_factory=set)
    # Modules to begin in; all that name the mapping, if none are given.
    start: frozenset[str] = frozenset()
    _parameters: set[tuple[int, str]] = field(default_factory=set)
    _aliases: dict[int, set[str]] = field(default_factory=dict)
    _waiting: list[Scope] = field(default_factory=list)

    def collect(self) -> set[str]:
        modules = [module for module in self.package.modules.values() if self.pattern.search(module.text)]
        start = {module.name for module in modules if not self.start or module.name in self.start}
        self._waiting = [scope for scope in self.package.scopes if scope.module.name in start]
        while self._waiting:
            self._scan(self._waiting.pop())
        return self.keys

    def _scan(self, scope: Scope) -> None:
        names = {arg.arg for arg in scope.parameters if (id(scope.function), arg.arg) in self._parameters}
        self._aliases[id(scope)] = names
        size = -1
        while size != len(names):
            size = len(names)
            names |= {
                name for name, values in scope.bindings.items() if any(self._is_it(value, scope) for value in values)
            }
        for node in scope.nodes:
            self._read(node, scope)

    def _is_it(self, node: ast.expr, scope: Scope) -> bool:
        """Tell whether an expression is the mapping."""
        if any(self._is_it(value, scope) for value in alternatives(node)):
            return True
        match node:
            case ast.Name(id=name):
                return name in self._aliases[id(scope)] or self._named(name)
            case ast.Attribute(attr=name) | ast.Subscript(slice=ast.Constant(value=str(name))):
                return self._named(name)
            case ast.Call():
                return self._is_result(node, scope)
            case ast.Dict(keys=keys, values=values):
                return any(key is None and self._is_it(value, scope) for key, value in zip(keys, values, strict=True))
        return False

    def _is_result(self, call: ast.Call, scope: Scope) -> bool:
        """Tell whether a call gives the mapping: by its name, by a key it looks up, or as it was given it."""
        name = last_name(call.func) or ""
        looked_up = name in LOOKUPS or name == "getattr"
        by_key = looked_up and any(isinstance(arg, ast.Constant) and self._named(arg.value) for arg in call.args[:2])
        same = name in SAME_MAPPING and any(self._is_it(arg, scope) for arg in call.args)
        return by_key or same or self._named(name)

    def _named(self, value: object) -> bool:
        return isinstance(value, str) and bool(self.pattern.fullmatch(value))

    def _read(self, node: ast.AST, scope: Scope) -> None:
        match node:
            case ast.Subscript(value=value, slice=key, ctx=ast.Load()) if self._is_it(value, scope):
                self._add(key, scope)
            case ast.Compare(left=key, ops=[ast.In() | ast.NotIn()], comparators=[value]) if self._is_it(value, scope):
                self._add(key, scope)
            case ast.Call(func=ast.Attribute(value=value, attr=name), args=[key, *_]) if name in LOOKUPS:
                if self._is_it(value, scope):
                    self._add(key, scope)
                self._pass_on(node, scope)
            case ast.Call():
                self._pass_on(node, scope)
            case ast.For() | ast.comprehension():
                self._looped(node, scope)

    def _add(self, key: ast.expr, scope: Scope) -> None:
        found = set(texts(self.package, key, scope))
        self.keys |= found
        if not found:
            self.unclear.add(f"{scope.module.name}:{key.lineno}")

    def _looped(self, loop: ast.For | ast.comprehension, scope: Scope) -> None:
        """Take what a loop's key is compared with for read: `for key, value in settings.items(): if key == "x"`."""
        over = loop.iter
        if isinstance(over, ast.Call) and isinstance(over.func, ast.Attribute):
            over = over.func.value
        if not self._is_it(over, scope):
            return
        target = loop.target.elts[0] if isinstance(loop.target, ast.Tuple) else loop.target
        for node in scope.nodes:
            match node:
                case ast.Compare(left=ast.Name(id=name), ops=[ast.Eq() | ast.In()], comparators=[other]):
                    if name == last_name(target):
                        self.keys |= set(texts(self.package, other, scope))
                        self.keys |= set(elements(self.package, other, scope))

    def _pass_on(self, call: ast.Call, scope: Scope) -> None:
        """Follow a function that is given the mapping; a model that is given it reads its fields."""
        given: list[tuple[int | str | None, ast.expr]] = [
            *enumerate(call.args),
            *((word.arg, word.value) for word in call.keywords),
        ]
        for place, value in given:
            if not self._is_it(value, scope):
                continue
            name = last_name(call.func)
            if name in {"model_validate", "parse_obj"} and isinstance(call.func, ast.Attribute):
                self._model(last_name(call.func.value), scope.module)
            elif place is None:
                self._model(name, scope.module)
            elif name:
                self._follow(name, place, scope.module)

    def _model(self, name: str | None, module: Module) -> None:
        found = self.package.resolve(module, name) if name else None
        if found and isinstance(found[1], ast.ClassDef):
            self.keys |= self.package.fields(found[0], found[1])

    def _follow(self, name: str, place: int | str, module: Module) -> None:
        for scope in called(self.package, name, module):
            names = [arg.arg for arg in scope.parameters]
            if names[:1] in (["self"], ["cls"]):
                names = names[1:]
            at = place if isinstance(place, str) else names[place] if place < len(names) else None
            if at in names and (mark := (id(scope.function), at)) not in self._parameters:
                self._parameters.add(mark)
                self._waiting.append(scope)
