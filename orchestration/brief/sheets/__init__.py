"""Fact sheets beside the brief: a page a mineral and a page an area, in three languages."""

from orchestration.brief.sheets.pages import Link, is_possible, write

__all__ = ["Link", "is_possible", "write"]
