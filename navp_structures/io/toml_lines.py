"""In which lines of a TOML text the tables of an array, and their keys, stand."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

DEEPEST: Final = 20
"""Brackets within brackets, and names of one key; the parser's time grows with both."""

LONGEST_WORD: Final = 1000
"""Characters without a blank or a quote; Python refuses numbers of thousands of digits."""

# Possessive, so that a text without end costs no more than one with it.
_TOKEN: Final = re.compile(
    r"""
      (?P<text>\"{3} (?:[^"\\]++ | \\. | \"{1,2}(?!\") )*+ \"{3,5}
        | '{3} (?:[^']++ | '{1,2}(?!') )*+ '{3,5}
        | "(?!"") (?:[^"\\\n]++ | \\[^\n] )*+ "
        | '(?!'') [^'\n]*+ ')
    | (?P<open_text>["'])
    | (?P<comment>\#[^\n]*+)
    | (?P<newline>\n\s*+)
    | (?P<mark>[\[\]{}=.,])
    | (?P<bare>[^\s\[\]{}=.,"'\#]++)
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class TableLines:
    """The line in which a table begins, and those of its keys."""

    line: int
    keys: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class _Token:
    kind: str
    text: str
    line: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class TomlLines:
    """The lines of the keys of a file outside of any table, and of the tables of one array."""

    keys: dict[str, int] = field(default_factory=dict)
    tables: list[TableLines] = field(default_factory=list)


def toml_lines(text: str, name: str) -> TomlLines:
    r"""Return the lines of the keys in front, and of each table of the array `name`.

    The text must be TOML that was read, or the answer means nothing. Headers
    ``[[name]]``, their sub-tables, and ``name = [{...}]`` are found; what stands in strings
    and comments is not.

    Examples
    --------
    >>> found = toml_lines("schema = 1\n[[a]]\nx = 1\n\n[[a]]\n", "a")
    >>> found.keys, [table.line for table in found.tables], found.tables[0].keys
    ({'schema': 1, 'a': 2}, [2, 5], {'x': 3})
    """
    return _Statements(name).read(text)


def excess(text: str) -> tuple[int, str] | None:
    r"""Return line and reason where a text would keep a parser busy; None if it would not.

    Examples
    --------
    >>> excess("x = 1\ny = " + 50 * "[")
    (2, 'it is nested too deeply')
    """
    depth = dots = 0
    for match in _TOKEN.finditer(text):
        kind, why = match.lastgroup, ""
        if kind == "open_text":
            return None
        if kind == "mark":
            mark = match[0]
            depth += (mark in "[{") - (mark in "]}")
            dots = dots + 1 if mark == "." else 0
            if depth > DEEPEST or dots > DEEPEST:
                why = "it is nested too deeply"
        elif kind == "newline":
            dots = 0
        elif kind == "bare" and match.end() - match.start() > LONGEST_WORD:
            why = f"a word or number has {match.end() - match.start()} characters"
        if why:
            return text.count("\n", 0, match.start()) + 1, why
    return None


def _tokens(text: str) -> Iterator[_Token]:
    """Yield the tokens of a text but comments."""
    line, counted = 1, 0
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or ""
        if kind == "open_text":  # the parser refuses what is left
            return
        if kind != "comment":
            line += text.count("\n", counted, match.start())
            counted = match.start()
            yield _Token(kind, match[0], line, match.start(), match.end())


class _Statements:
    """Follows the statements of a text, which end with a line outside of brackets."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.path: list[str] = []
        self.lines = TomlLines()

    @property
    def found(self) -> list[TableLines]:
        return self.lines.tables

    def read(self, text: str) -> TomlLines:
        statement: list[_Token] = []
        depth = 0
        for token in _tokens(text):
            if token.kind != "newline":
                statement.append(token)
                if token.kind == "mark":
                    depth += (token.text in "[{") - (token.text in "]}")
            elif depth <= 0:
                self._statement(statement)
                statement, depth = [], 0
        self._statement(statement)
        return self.lines

    def _statement(self, tokens: list[_Token]) -> None:
        if not tokens:
            return
        if tokens[0].text == "[" and tokens[0].kind == "mark":
            self._header(tokens)
            return
        names, rest = _key(tokens)
        path = [*self.path, *names]
        if not self.path:
            self.lines.keys.setdefault(names[0], tokens[0].line)
        if path[:1] != [self.name]:
            return
        if len(path) > 1 and self.found:
            self.found[-1].keys.setdefault(path[1], tokens[0].line)
        elif len(path) == 1:
            self._inline(rest)

    def _header(self, tokens: list[_Token]) -> None:
        double = len(tokens) > 1 and tokens[1].text == "[" and tokens[1].start == tokens[0].end
        self.path, _ = _key(tokens[2 if double else 1 :])
        self.lines.keys.setdefault(self.path[0], tokens[0].line)
        if self.path == [self.name] and double:
            self.found.append(TableLines(tokens[0].line))
        elif self.path[:1] == [self.name] and self.found:
            self.found[-1].keys.setdefault(self.path[1], tokens[0].line)

    def _inline(self, tokens: list[_Token]) -> None:
        """Find the tables in an array of inline tables."""
        depth = 0
        at_key = False
        for token in tokens:
            mark = token.text if token.kind == "mark" else ""
            if at_key and not mark and self.found:
                self.found[-1].keys.setdefault(_plain(token), token.line)
                at_key = False
            if mark == "{" and depth == 1:
                self.found.append(TableLines(token.line))
            depth += (mark in ("[", "{")) - (mark in ("]", "}"))
            if depth == 2 and mark in ("{", ","):
                at_key = True


def _key(tokens: list[_Token]) -> tuple[list[str], list[_Token]]:
    """Return the names of a dotted key, and the tokens behind what ends it."""
    names: list[str] = []
    for n, token in enumerate(tokens):
        if token.kind != "mark":
            names.append(_plain(token))
        elif token.text != ".":
            return names, tokens[n + 1 :]
    return names, []


def _plain(token: _Token) -> str:
    """Return the name that a bare or quoted key stands for."""
    if token.kind != "text":
        return token.text
    try:
        return str(tomllib.loads(f"key = {token.text}")["key"])
    except tomllib.TOMLDecodeError:
        return token.text
