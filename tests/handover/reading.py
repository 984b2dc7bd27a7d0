"""Reads papers as others do: a browser's parser, and Markdown with tables, HTML and links found in plain words."""

from __future__ import annotations

from html.parser import HTMLParser

from markdown_it import MarkdownIt
from markdown_it.token import Token

ALONE = ("meta",)  # tags without an end

Shape = list[tuple[str, ...]]


class Page(HTMLParser):
    """A page's tags with their attributes, in order, and the words between them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.shape: Shape = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.shape.append((tag, *(f"{name}={value}" for name, value in attrs)))
        if tag not in ALONE:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self.shape.append(("/" + tag,))
        if self.open[-1:] == [tag]:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.words.append(data.strip())

    def handle_comment(self, data: str) -> None:
        self.shape.append(("comment", data))

    def unknown_decl(self, data: str) -> None:
        self.shape.append(("declaration", data))

    def handle_pi(self, data: str) -> None:
        self.shape.append(("instruction", data))


class Document:
    """A Markdown text's blocks and what stands in them, in order, and the words of each block."""

    def __init__(self, text: str) -> None:
        tokens = MarkdownIt("gfm-like").parse(text)
        self.shape: Shape = []
        self.words: list[str] = []
        for token in tokens:
            self.shape.append((token.type, token.tag))
            if token.type == "inline":
                self.words.append(self._words(token))

    def _words(self, token: Token) -> str:
        children = token.children or []
        self.shape += [(child.type, child.tag) for child in children]
        return "".join(child.content for child in children)
