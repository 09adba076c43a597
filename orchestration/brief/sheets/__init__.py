"""Fact sheets next to the brief: one page per mineral and one per area, in three languages."""

from orchestration.brief.sheets.pages import Link, is_possible, write

__all__ = ["Link", "is_possible", "write"]
