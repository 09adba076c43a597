"""Feeds and a calendar next to each publication, with changes and due dates."""

from warehouse.feed.write import FEEDS, write

__all__ = ["FEEDS", "write"]
