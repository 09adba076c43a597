"""The brief: one self-contained HTML page of charts and tables, made from the published file alone."""

from orchestration.brief.page import build

__all__ = ["build"]
