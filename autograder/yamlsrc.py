"""Read YAML by the rules of YAML 1.2, keeping the line of every node, so that an error can name its place."""

from __future__ import annotations

import re
from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from autograder.errors import BankError

Path_ = tuple[str | int, ...]

MAX_NODES: Final = 200_000
"""Nodes a file may have once its aliases are followed: a file of a few lines can otherwise grow without end."""

MAX_DEPTH: Final = 50
"""Collections inside each other: libyaml's composer would otherwise overrun the stack and take the process with it."""

MAX_CHARACTERS: Final = 1_000_000

_INT: Final = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT: Final = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_CONSTANTS: Final[dict[str, Any]] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_HINTS: Final = {
    "',' or": "close the bracket; in { } and [ ] put quotes round a text with [= … =], a comma or a colon in it",
    "mapping values are not allowed": "put quotes round a text with a colon in it, or write it below a |",
    "cannot start any token": "put quotes round a text that begins with %, @ or `",
    "tab character": "indent with spaces",
    "did not find expected '-'": "look at the indentation of this line and of the one before it",
    "did not find expected key": "look at the indentation of this line and of the one before it",
    "expected <block end>": "look at the indentation of this line and of the one before it",
    "could not find expected ':'": "write `field: value`, or indent the rest of a text below its |",
    "end of stream": "close the quotes",
    "undefined alias": "put quotes round a text that begins with *",
    "escape": r"in double quotes write two backslashes, \\, or use single quotes",
}
_PLAIN: Final = "plain"
_TAGS: Final = frozenset({_PLAIN, *(f"tag:yaml.org,2002:{kind}" for kind in ("str", "seq", "map"))})


class _Loader(yaml.CSafeLoader):
    """libyaml's parser without YAML 1.1's guesses: a plain scalar is told apart from a quoted one, no more."""

    yaml_implicit_resolvers = {None: [(_PLAIN, re.compile(""))]}


@dataclass(frozen=True)
class Source:
    """One YAML file: its data and the line on which each node begins.

    Attributes:
        file: the name shown in errors.
        data: dicts, lists, strings, numbers, truth values and None.
        lines: path of keys and positions → line, from 1; a key's line, not its value's.
    """

    file: str
    data: Any
    lines: dict[Path_, int]

    def place(self, *path: str | int) -> str:
        """Return `file:line` of the node at `path`, or of the nearest node above it that exists."""
        while path and path not in self.lines:
            path = path[:-1]
        return f"{self.file}:{self.lines.get(path, 1)}"


def read_yaml(path: Path, shown: str | None = None, *, text_only: bool = False) -> Source:
    """Read one YAML file.

    Args:
        path: the file.
        shown: its name in errors; the path itself when not given.
        text_only: leave every scalar a string, as candidates' answers must stay.

    Raises:
        BankError: the file is missing, is not UTF-8 or not YAML, has a key twice, or is too large.
    """
    name = shown or str(path)
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise BankError(f"the file cannot be read: {error.strerror}", where=name) from None
    except UnicodeDecodeError as error:
        raise BankError("the file is not UTF-8", where=name, hint=f"look at byte {error.start}") from None
    return parse_yaml(text, name, text_only=text_only)


def parse_yaml(text: str, name: str, *, text_only: bool = False) -> Source:
    """Read YAML from a text; arguments and errors as for `read_yaml`."""
    if len(text) > MAX_CHARACTERS:
        raise BankError(f"the file has more than {MAX_CHARACTERS:,} characters", where=f"{name}:1")
    try:
        _refuse_deep(text, name)
        root = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        where = f"{name}:{mark.line + 1 if mark else 1}"
        raise BankError(f"this is not YAML: {problem}", where=where, hint=_hint(problem)) from None
    except (RecursionError, ValueError) as error:
        raise BankError(f"this is not YAML: {error}", where=f"{name}:1") from None
    reader = _Reader(name, text_only)
    return Source(name, reader.value(root, ()), reader.lines)


def _hint(problem: str) -> str:
    """Return what usually mends a file that libyaml refuses in these words."""
    return next((hint for words, hint in _HINTS.items() if words in problem), "")


def _refuse_deep(text: str, name: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise _too_deep(name, event.start_mark.line + 1 if event.start_mark else 1)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _too_deep(name: str, line: int) -> BankError:
    return BankError(f"the file nests more than {MAX_DEPTH} deep", where=f"{name}:{line}")


def _is_bare_template(node: yaml.SequenceNode) -> bool:
    """Say whether a list is `[= name =]` without quotes."""
    ends = [member.value for member in node.value[:1] + node.value[-1:] if isinstance(member, yaml.ScalarNode)]
    return len(ends) == 2 and node.flow_style and ends[0].startswith("=") and ends[1].endswith("=")


class _Reader:
    """Walks the nodes and notes their lines."""

    def __init__(self, name: str, text_only: bool) -> None:
        self.name = name
        self.text_only = text_only
        self.lines: dict[Path_, int] = {}
        self.nodes = 0

    def value(self, node: yaml.Node | None, path: Path_) -> Any:
        if node is None:
            return None
        self.nodes += 1
        line = node.start_mark.line + 1
        if self.nodes > MAX_NODES:
            raise BankError(f"the file has more than {MAX_NODES:,} nodes", where=f"{self.name}:{line}")
        if len(path) > MAX_DEPTH:
            raise _too_deep(self.name, line)  # through an alias, which may even stand inside what it names
        self.lines.setdefault(path, line)
        if node.tag not in _TAGS:
            raise BankError(
                f"the tag {node.tag!r} has no meaning here", f"{self.name}:{line}", "put quotes round a text with !"
            )
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            if not self.text_only and _is_bare_template(node):
                hint = "put quotes round it: '[= … =]'"
                raise BankError("this is a list, not a text with a value in it", f"{self.name}:{line}", hint)
            return [self.value(item, (*path, place)) for place, item in enumerate(node.value)]
        return self.scalar(node) if node.tag == _PLAIN and not self.text_only else node.value

    def mapping(self, node: yaml.MappingNode, path: Path_) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode) or not isinstance(key_node.value, Hashable):
                raise BankError("a key must be a single word", where=f"{self.name}:{line}")
            key = str(key_node.value)
            if key in result:
                raise BankError(f"the key {key!r} stands here twice", where=f"{self.name}:{line}")
            self.lines[*path, key] = line
            result[key] = self.value(value_node, (*path, key))
        return result

    def scalar(self, node: yaml.Node) -> Any:
        text: str = node.value
        if text in _CONSTANTS:
            return _CONSTANTS[text]
        if _INT.fullmatch(text) and len(text) < 4_000:
            return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
        if _FLOAT.fullmatch(text):
            return float(text)
        return text
