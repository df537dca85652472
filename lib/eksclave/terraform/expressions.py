"""Terraform expressions as synthesized JSON holds them (`${aws_vpc.main.id}`), parsed into a small tree."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

Node = tuple[Any, ...]
"""("lit", v) ("template", parts) ("name", n) ("attr", x, n) ("index", x, i) ("splat", x) ("call", f, args) ("list", …)
("object", pairs) ("if", c, a, b) ("op", o, a, b) ("not", o, a) ("for", k, v, over, key, value, when)."""

_TOKEN = re.compile(
    r"""\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<word>[A-Za-z_][\w-]*)|(?P<string>")"""
    r"""|(?P<op>\.\.\.|=>|==|!=|<=|>=|&&|\|\||[-+*/%<>!?:,.()\[\]{}=]))"""
)


class NotParsed(ValueError):
    """The text is no expression that we know."""


@lru_cache(maxsize=65536)
def template(text: str) -> Node:
    """Return a text with `${…}` parts as a tree; `$${` is a literal `${`."""
    parts: list[Node] = []
    at = 0
    literal = ""
    while at < len(text):
        if text.startswith(("$${", "%%{"), at):
            literal += text[at + 1 : at + 3]
            at += 3
        elif text.startswith("${", at):
            if literal:
                parts.append(("lit", literal))
                literal = ""
            parser = _Parser(text, at + 2)
            parts.append(parser.expression())
            at = parser.expect("}")
        elif text.startswith("%{", at):
            raise NotParsed("template directives are not read")
        else:
            literal += text[at]
            at += 1
    if literal or not parts:
        parts.append(("lit", literal))
    if len(parts) == 1:
        return parts[0]
    return ("template", tuple(parts))


class _Parser:
    """Recursive descent over one text, from a position on."""

    def __init__(self, text: str, at: int) -> None:
        self.text, self.at = text, at
        self.depth = 0

    def peek(self) -> tuple[str, str, int]:
        match = _TOKEN.match(self.text, self.at)
        if match is None:
            raise NotParsed(f"unexpected text at {self.at}")
        return str(match.lastgroup), match[match.lastgroup or 0], match.end()

    def take(self, *wanted: str) -> str | None:
        try:
            _, word, end = self.peek()
        except NotParsed:
            return None
        if word in wanted:
            self.at = end
            return word
        return None

    def expect(self, word: str) -> int:
        if self.take(word) is None:
            raise NotParsed(f"'{word}' is missing at {self.at}")
        return self.at

    def expression(self) -> Node:
        self.depth += 1
        if self.depth > 100:
            raise NotParsed("nested too deeply")
        condition = self.binary(0)
        if self.take("?"):
            yes = self.expression()
            self.expect(":")
            condition = ("if", condition, yes, self.expression())
        self.depth -= 1
        return condition

    _LEVELS = (("||",), ("&&",), ("==", "!="), ("<", ">", "<=", ">="), ("+", "-"), ("*", "/", "%"))

    def binary(self, level: int) -> Node:
        if level == len(self._LEVELS):
            return self.unary()
        left = self.binary(level + 1)
        while (operator := self.take(*self._LEVELS[level])) is not None:
            left = ("op", operator, left, self.binary(level + 1))
        return left

    def unary(self) -> Node:
        operator = self.take("!", "-")
        return ("not", operator, self.unary()) if operator else self.postfix(self.primary())

    def postfix(self, node: Node) -> Node:
        while True:
            if self.take("."):
                kind, word, end = self.peek()
                self.at = end
                if word == "*":
                    node = ("splat", node)
                elif kind == "number":
                    for step in word.split("."):
                        node = ("index", node, ("lit", int(step)))
                else:
                    node = ("attr", node, word)
            elif self.take("["):
                if self.take("*"):
                    self.expect("]")
                    node = ("splat", node)
                else:
                    node = ("index", node, self.expression())
                    self.expect("]")
            else:
                return node

    def primary(self) -> Node:
        kind, word, end = self.peek()
        self.at = end
        if kind == "number":
            return ("lit", float(word) if "." in word else int(word))
        if kind == "string":
            return self.string()
        if kind == "word":
            if word in ("true", "false", "null"):
                return ("lit", {"true": True, "false": False, "null": None}[word])
            return self.call(word) if self.take("(") else ("name", word)
        if word == "(":
            inner = self.expression()
            self.expect(")")
            return inner
        if word == "[":
            return self.loop("]") if self.starts_loop() else ("list", tuple(self.items("]")))
        if word == "{":
            return self.loop("}") if self.starts_loop() else ("object", tuple(self.pairs()))
        raise NotParsed(f"unexpected '{word}'")

    def call(self, name: str) -> Node:
        return ("call", name, tuple(self.items(")")))

    def items(self, closing: str) -> list[Node]:
        found: list[Node] = []
        while not self.take(closing):
            node = self.expression()
            found.append(("spread", node) if self.take("...") else node)
            if not self.take(","):
                self.expect(closing)
                break
        return found

    def pairs(self) -> list[tuple[Node, Node]]:
        found: list[tuple[Node, Node]] = []
        while not self.take("}"):
            kind, word, end = self.peek()
            key: Node
            if kind == "word":
                self.at = end
                key = ("lit", word)
            else:
                key = self.expression()
            if not self.take("=", ":"):
                raise NotParsed("an object needs '=' or ':'")
            found.append((key, self.expression()))
            self.take(",")
        return found

    def starts_loop(self) -> bool:
        return self.take("for") is not None

    def loop(self, closing: str) -> Node:
        first = self.word()
        second = self.word() if self.take(",") else None
        if self.take("in") is None:
            raise NotParsed("'in' is missing")
        over = self.expression()
        self.expect(":")
        key: Node | None = None
        value = self.expression()
        if closing == "}":
            self.expect("=>")
            key, value = value, self.expression()
            self.take("...")
        when = self.expression() if self.take("if") else None
        self.expect(closing)
        return ("for", first if second else None, second or first, over, key, value, when)

    def word(self) -> str:
        kind, word, end = self.peek()
        if kind != "word":
            raise NotParsed("a name is missing")
        self.at = end
        return word

    def string(self) -> Node:
        """Read a quoted text, which may hold templates of its own."""
        parts: list[Node] = []
        literal = ""
        escapes = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\"}
        while self.at < len(self.text):
            char = self.text[self.at]
            if char == '"':
                self.at += 1
                if literal or not parts:
                    parts.append(("lit", literal))
                return parts[0] if len(parts) == 1 and parts[0][0] == "lit" else ("template", tuple(parts))
            if char == "\\" and self.at + 1 < len(self.text):
                literal += escapes.get(self.text[self.at + 1], self.text[self.at + 1])
                self.at += 2
            elif self.text.startswith("$${", self.at):
                literal += "${"
                self.at += 3
            elif self.text.startswith("${", self.at):
                if literal:
                    parts.append(("lit", literal))
                    literal = ""
                self.at += 2
                parts.append(self.expression())
                self.expect("}")
            else:
                literal += char
                self.at += 1
        raise NotParsed("a text does not end")
