"""Tests of the extraction, on small packages made up for each case.

usage: python3 scripts/litellm-keys/test_extract.py
"""
# unittest, as it needs no installation; these two rules are pytest's.
# ruff: noqa: PT009, PT027

import re
import tempfile
import unittest
from pathlib import Path

from extract import plain, read_from
from mapping_reads import MappingReads
from package_index import Package


def package(**modules: str) -> Package:
    """Make a package `made` of the given modules, and read it."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "made")
        root.mkdir()
        for name, text in {"__init__": "", **modules}.items():
            (root / f"{name}.py").write_text(text, encoding="utf-8")
        return Package([root])


def keys(**modules: str) -> set[str]:
    return MappingReads(package(**modules), re.compile("settings")).collect()


class Reads(unittest.TestCase):
    def test_plain_reads(self) -> None:
        found = keys(
            a="""
settings.get("a"); settings["b"]; "c" in settings; (settings or {}).pop("d"); config["settings"].get("e")
getattr(server, "settings", {}).get("f"); config.get("settings", {}).get("g")
settings["written"] = 1
"""
        )
        self.assertEqual(found, set("abcdefg"))

    def test_other_mappings_are_not_read(self) -> None:
        self.assertEqual(keys(a='settings.get("a"); other.get("b"); router_settings["c"]'), {"a"})

    def test_keys_in_constants_loops_and_texts(self) -> None:
        found = keys(
            names='FIRST = "a"\nMORE = ("b", FIRST)\nclass Names:\n    THIRD = "c"\n',
            a="""
from typing import Literal
from .names import FIRST, MORE, Names
Kind = Literal["x", "y"]
def f(kind: Kind):
    settings.get(FIRST)
    for name in MORE:
        settings.get(name)
    settings[Names.THIRD]
    settings.get(f"for_{kind}")
""",
        )
        self.assertEqual(found, {"a", "b", "c", "for_x", "for_y"})

    def test_keys_that_callers_pass(self) -> None:
        found = keys(a='def f(name, default="z"):\n    settings.get(name)\nf("a")\nf(name="b")\n')
        self.assertEqual(found, {"a", "b"})

    def test_aliases_and_functions_that_are_given_the_mapping(self) -> None:
        found = keys(
            a="from .b import helper\ndef f():\n    mine = settings or {}\n    mine.get('a')\n    helper(1, mine)\n",
            b="def helper(n, given):\n    given['b']\n    deeper(m=given)\ndef deeper(m):\n    return m.get('c')\n",
        )
        self.assertEqual(found, {"a", "b", "c"})

    def test_models_that_are_given_the_mapping(self) -> None:
        found = keys(
            a="""
class Base:
    a: int
    model_config = {}
class Model(Base):
    b: int = Field(validation_alias=AliasChoices("c", "d"))
    _hidden: int
Model.model_validate(settings)
Other(**settings)
"""
        )
        self.assertEqual(found, {"a", "b", "c", "d"})

    def test_what_a_loop_compares_its_key_with(self) -> None:
        found = keys(
            a="""
for key, value in settings.items():
    if key == "a":
        pass
    elif key in {"b", "c"}:
        pass
    elif value == "no":
        pass
"""
        )
        self.assertEqual(found, {"a", "b", "c"})

    def test_a_key_that_cannot_be_told_is_reported(self) -> None:
        reads = MappingReads(package(a="import os\nsettings.get(os.environ['X'])\n"), re.compile("settings"))
        self.assertEqual(reads.collect(), set())
        self.assertEqual(reads.unclear, {"made.a:2"})


class Lists(unittest.TestCase):
    def test_reads_by_name_leave_methods_out(self) -> None:
        made = package(a='p.get("a"); p["b"]; p.c; p.copy(); getattr(p, "d", None); q.e')
        self.assertEqual(read_from(made, re.compile("p"), "made"), set("abcd"))

    def test_a_class_that_a_release_lost_is_an_error(self) -> None:
        with self.assertRaisesRegex(LookupError, "no class made:Gone"):
            package().find_class("made:Gone")

    def test_keys_are_in_order_and_plain(self) -> None:
        self.assertEqual(plain({"b", "a", "_c", "d e", ""}), ["a", "b"])


if __name__ == "__main__":
    unittest.main()
