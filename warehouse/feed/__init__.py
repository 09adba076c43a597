"""Feeds and a calendar beside each publication, with changes and due dates."""

from warehouse.feed.write import FEEDS, write

__all__ = ["FEEDS", "write"]
