"""Text from elsewhere on a terminal: a publisher's words can neither style it nor command it."""

import unicodedata

from rich.text import Text


def plain(text: str, style: str = "") -> Text:
    """Text as it reads: brackets are no markup, and control characters show as what they are."""
    return Text("".join(map(_shown, text)), style)


def _shown(char: str) -> str:
    is_control = unicodedata.category(char).startswith("C") and char not in "\n\t"
    return "\N{REPLACEMENT CHARACTER}" if is_control else char
