"""The warehouse's tools for assistants. Every answer carries its publication, sources and licences.

The functions do not depend on a protocol; `mcp_server` exposes them. A refusal is a `ValueError` or
`LookupError` whose message is a sentence.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from warehouse import book
from warehouse.answers import NoReply, reply, statements
from warehouse.connect import fetch
from warehouse.explain import explain as trace
from warehouse.feed.entries import KINDS
from warehouse.publications import FILE
from warehouse.serve import hints, provenance, sandbox
from warehouse.serve.open_publications import Opened, Publications

Json = dict[str, Any]

MOST_ROWS = 500
"""Maximum rows of one answer; an assistant that needs more must page."""
ENTRIES = 20
"""Entries of the feed in one answer."""
LIMITS = sandbox.Limits(rows=MOST_ROWS, answer_mb=4)


class Tools:
    """The tools for the publications of one home; each answer comes from one publication."""

    def __init__(self, home: Path) -> None:
        self._publications = Publications(home)

    def list_tables(self, contains: str = "") -> Json:
        """The marts: what a row is, key, rows; other tables by name. `contains` keeps those with it."""
        opened = self._publications.current()
        wanted = contains.lower() or "marts."
        listed = [
            {
                "table": table.full_name,
                "row": table.description,
                "key": list(table.grain),
                "row_count": table.row_count,
            }
            for table in opened.tables.values()
            if wanted in f"{table.full_name} {table.description if contains else ''}".lower()
        ]
        if not listed and contains:
            raise LookupError(f"No table has {contains!r} in its name or text: leave it out to list all.")
        shown = {one["table"] for one in listed}
        facts: Json = {"tables": listed}
        if not contains:
            facts["other_tables"] = [name for name in opened.tables if name not in shown]
            facts["more"] = "contains='core.' gives the same of those in core."
        return self._envelope(opened, facts, opened.origin((), (), []))

    def describe(self, table: str) -> Json:
        """The columns of a table (`schema.table`) with type, unit, meaning, and questions that read it."""
        opened = self._publications.current()
        found = opened.tables.get(table) or opened.tables.get(f"marts.{table}")
        if found is None:
            near = get_close_matches(table.rpartition(".")[2], [one.name for one in opened.tables.values()])
            meant = f"did you mean {' or '.join(near)}? " if near else ""
            raise LookupError(f"There is no table {table}: {meant}list_tables names all.")
        questions = [one.text for one in book.questions() if found.full_name in one.tables]
        facts = {
            "table": found.full_name,
            "row": found.description,
            "key": list(found.grain),
            "columns": [asdict(column) for column in found.columns],
            "asked_by": questions,
        }
        return self._envelope(opened, facts, opened.origin((), (), [found.full_name]))

    def query(self, sql: str) -> Json:
        """Rows of one SELECT in DuckDB's SQL over core, marts, meta and macros. At most 500 rows, 10 s."""
        opened = self._publications.current()
        answer = sandbox.ask(opened.folder / FILE, sql, LIMITS)
        facts: Json = {"columns": answer.columns, "rows": answer.rows, "truncated": answer.truncated}
        if not answer.rows:
            facts["note"] = hints.IN_SQL
        origin = opened.origin(answer.columns, answer.rows, opened.tables_in(sql), answer.carried)
        return self._envelope(opened, facts, origin)

    def ask_book(self, question: str = "") -> Json:
        """Answer a question in words, or by its number in the query book, filtered by what the words name.

        If no answer clearly fits, list the nearest questions; without a question, list the book.
        """
        opened = self._publications.current()
        if not question.strip():
            listed = [{"number": one.number, "question": one.text} for one in book.questions()]
            return self._envelope(opened, {"questions": listed}, opened.origin((), (), []))
        with opened.cursor() as con:
            found = reply(con, question)
        if isinstance(found, NoReply):
            near = [
                {
                    "ask": " ".join(one.candidate.typed),
                    "question": one.text,
                    "first_row": dict(zip(one.columns, one.row, strict=True)),
                }
                for one in found.nearest
            ]
            return self._envelope(
                opened, {"no_answer": found.why, "questions": near}, opened.origin((), (), [])
            )
        if found.name == "changes":
            return self.what_changed()
        facts: Json = {
            "question": found.text,
            "narrowed_to": list(found.narrowed),
            "in_words": found.first.sentence if found.first else None,
            "remarks": list(found.first.remarks) if found.first else [],
            "notes": list(found.notes),
            "sql": found.sql,
        }
        read = opened.tables_in(found.sql or " ".join(statements(found.name)))
        if len(found.tables) > 1:
            facts["subjects"] = {
                one.name: {"columns": one.columns, "rows": one.rows[:MOST_ROWS]} for one in found.tables
            }
            return self._envelope(opened, facts, opened.origin((), (), read))
        [table] = found.tables
        facts |= {
            "columns": table.columns,
            "rows": table.rows[:MOST_ROWS],
            "truncated": len(table.rows) > MOST_ROWS,
        }
        return self._envelope(opened, facts, opened.origin(table.columns, table.rows, read))

    def explain(self, mart: str, key: Sequence[str]) -> Json:
        """Where a figure comes from: formula, inputs, publishers' files. `key` such as USA, cobalt, 2024."""
        opened = self._publications.current()
        with opened.cursor() as con:
            found = trace(con, mart, key)
        columns = list(found.figures[0])
        rows = [list(row.values()) for row in found.figures]
        inputs = [
            {"table": one.table, "feeds": one.feeds, "row_count": one.row_count, "rows": one.rows[:5]}
            for one in found.inputs
        ]
        facts = {
            "mart": found.mart,
            "key": found.key,
            "figures": found.figures,
            "formulas": found.formulas,
            "inputs": inputs,
            "files": [asdict(file) for file in found.files],
        }
        return self._envelope(opened, facts, opened.origin(columns, rows, [found.mart]))

    def cite(self, source_id: str = "") -> Json:
        """How to cite a source and this publication, with the licence; without a source, all of them."""
        opened = self._publications.current()
        known = opened.provenance.source_ids
        if source_id and source_id not in known:
            raise LookupError(f"There is no source {source_id}; there are {', '.join(known)}.")
        found = opened.provenance.cited([source_id] if source_id else known)
        own = (
            f"North American critical minerals, on the record: publication {opened.build_id}, "
            f"{opened.built_at:%-d %B %Y}."
        )
        facts = {"cite_this_publication": own, "cite_sources": found}
        return self._envelope(opened, facts, _of_rows(found))

    def compare_vintages(self, mineral: str, table: str = "") -> Json:
        """What publishers revised of a mineral: figure, old, new, which edition. Largest first."""
        opened = self._publications.current()
        with opened.cursor() as con:
            [[mineral_id]] = con.execute("select mineral_called($1)", [mineral]).fetchall()
            compared = [
                name
                for (name,) in con.execute(
                    "select distinct table_name from marts.revisions order by all"
                ).fetchall()
            ]
            chosen = [name for name in compared if table in ("", name, name.rpartition(".")[2])]
            if table and not chosen:
                held = ", ".join(compared) or "no table"
                raise LookupError(f"No revision of {table} is known; publishers revised {held}.")
            columns, rows = fetch(
                con,
                f"""
                select
                    table_name, key, measure, unit, old_value, new_value,
                    if(unit = '%', null, change_pct) as change_pct,
                    if(unit = '%', new_value - old_value, null) as change_pp,
                    change_kind,
                    edition_from, edition_to, vintage_from, vintage_to, source_id
                from marts.revisions
                where mineral_id = $1 and table_name in (select unnest($2::varchar[]))
                order by abs(coalesce(change_pp, change_pct)) desc nulls last, table_name, key, measure
                limit {MOST_ROWS}
                """,
                [mineral_id, chosen],
            )
        return self._envelope(
            opened, {"columns": columns, "rows": rows}, opened.origin(columns, rows, ["marts.revisions"])
        )

    def what_changed(self, since: str = "", kind: str = "", offset: str = "0") -> Json:
        """What changed since a day such as 2026-02-01, newest first, 20 at a time from `offset` on."""
        start = _count(offset)
        first = _day(since) if since else date.min
        if kind and kind not in KINDS:
            raise LookupError(f"There is no kind {kind}; there are {', '.join(KINDS)}.")
        opened = self._publications.current()
        feed, diff = opened.folder / "feed.json", opened.folder / "diff.json"
        items = json.loads(feed.read_bytes())["items"] if feed.is_file() else []
        chosen = [
            {
                "kind": item["tags"][0],
                "day": item["date_published"][:10],
                "title": item["title"],
                "detail": item["content_text"],
                **item["_minerals"],
            }
            for item in items
            if date.fromisoformat(item["date_published"][:10]) >= first and kind in ("", item["tags"][0])
        ]
        found_count, chosen = len(chosen), chosen[start : start + ENTRIES]
        tables = [
            {name: table[name] for name in ("table", "added", "removed", "changed")}
            for table in (json.loads(diff.read_bytes()) if diff.is_file() else [])
        ]
        named = {item["source_id"] for item in chosen if item["source_id"]}
        found = opened.provenance.cited(named)
        facts: Json = {"entries": chosen, "entry_count": found_count}
        if start + len(chosen) < found_count:
            kinds = ", ".join(KINDS)
            facts["more"] = f"offset={start + len(chosen)} gives the next; kind keeps one of {kinds}."
        facts["tables_against_the_publication_before"] = tables
        return self._envelope(opened, facts, _of_rows(found))

    # -- what accompanies every answer

    @staticmethod
    def _envelope(opened: Opened, facts: Json, origin: Json) -> Json:
        of_rows, of_tables = origin["sources"], origin["sources_of_tables"]
        return {
            "build_id": opened.build_id,
            "built_at": opened.built_at,
            **facts,
            "sources": of_rows,
            "sources_of_tables": of_tables,
            "licence": provenance.licence_line(of_rows, of_tables),
            "flags_in_words": origin["flags"],
        }


def _count(stated: str) -> int:
    if not re.fullmatch(r"\d{1,6}", stated):
        raise ValueError(f"offset is a number from 0, not {stated[:40]!r}.")
    return int(stated)


def _of_rows(found: list[Json]) -> Json:
    return {"sources": found, "sources_of_tables": [], "flags": {}}


def _day(stated: str) -> date:
    """The first day of a stated day, month or year."""
    parts = re.fullmatch(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?:T.*)?", stated.strip())
    try:
        return date.fromisoformat("-".join(part or "01" for part in parts.groups()) if parts else stated)
    except ValueError:
        raise ValueError(f"{stated!r} is not a day: write it as 2026-02-01, or a month as 2026-02.") from None
