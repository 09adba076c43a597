"""What changed and what is due, as feeds and a calendar beside each publication."""

from warehouse.feed.write import FEEDS, write

__all__ = ["FEEDS", "write"]
