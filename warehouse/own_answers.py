"""Answers called by number or name: questions of the book, subjects of a sheet, and our own."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb

from warehouse import asking, book, scenario_sentences
from warehouse import duty as duties
from warehouse.asking import Asked, Place
from warehouse.connect import fetch
from warehouse.first_lines import designs, first_line, not_held, publishers_of, why_empty
from warehouse.narrowing import Row, narrowed_to
from warehouse.replies import Reply, others
from warehouse.sheet import FOLDER as SHEET
from warehouse.sheet import Subject, read_sheet
from warehouse.sources_behind import sources_behind
from warehouse.subject_answers import of_subject
from warehouse.traces import trace_of

HERE = Path(__file__).parent
DAYS = 90
"""Days without a supplier if the words name no number of days."""
SHORTEST = 4
"""Minimum number of letters in a word that can name goods."""
_LIMIT = re.compile(r"\blimit\s+\d+\s*;?\s*\Z")


def answer(con: duckdb.DuckDBPyConnection, name: str, asked: Asked, today: date) -> Reply | None:
    """Return the answer with a number or name, filtered to what is asked; None if nothing fits."""
    if name.isdigit():
        return of_book(con, question_of(name), asked)
    if name == "changes":
        return Reply(name, asking.OTHERS[name], [])
    if name == "duty":
        return duty(con, asked, today)
    own = {"age": age, "sheet": of_sheet, "without": _without}
    return own[name](con, asked) if name in own else of_subject(con, name, asked)


def of_book(con: duckdb.DuckDBPyConnection, question: book.Question, asked: Asked | None) -> Reply:
    """Return the answer to a question of the book, filtered to what is asked."""
    narrows = asked is not None and bool(asked.mineral_id or asked.places or asked.when)
    sql = _LIMIT.sub("", question.sql) if narrows else question.sql
    columns, rows = book.named(con, *fetch(con, sql))
    narrowed: list[str] = []
    notes = [question.note] if question.note else []
    if not rows:
        notes = [why_empty(con, question, asking.texts_of()), *notes]
    elif asked:
        sources = publishers_of(con, question, columns, rows)
        rows, narrowed, more = narrowed_to(con, question.text, columns, rows, asked)
        if not rows:
            more = [*more, f"Sources: {sources}."]
        notes = [*more, *notes]
    first = first_line(con, question, columns, rows)
    if first:
        marts = [name for name in question.tables if name.startswith("marts.")]
        led = dict(zip(columns, first.led, strict=True))
        traced = trace_of(con, marts, led, designs()[str(question.number)]["traced"])
        notes += [traced.note] if traced else []
    table = Subject(str(question.number), question.text, columns, rows)
    return Reply(
        str(question.number),
        question.text,
        [table],
        narrowed,
        notes,
        question.sql,
        first=first,
    )


def floor(con: duckdb.DuckDBPyConnection, asked: Asked) -> Reply:
    """Compare US imports of a mineral with the floor that is named, for the newest twelve months held."""
    stages = con.execute(
        "select distinct stage from core.bridge_trade_product"
        " where mineral_id = $1 and weight_mid > 0.9 and not is_allocation_only order by stage",
        [asked.mineral_id],
    ).fetchall()
    columns: list[str] = []
    rows: list[Row] = []
    for (stage,) in stages:
        values = {"mineral": asked.mineral_id, "usd_per_kg": asked.usd, "stage": stage}
        columns, found = fetch(con, _text("floor"), values)
        rows += found
    at = columns.index("landed_usd_per_kg") if columns else 0
    rows.sort(key=lambda row: row[at] is None)
    notes = ["A mean of a month hides cheaper shipments, so the adjustment is a minimum."]
    if not stages:
        notes = []
    why = f"No tariff line is {asked.mineral} alone, so its price is not known from customs."
    first = scenario_sentences.floor(con, asked, columns, rows) or not_held(why)
    narrowed = [f"{asked.mineral}", f"{asked.usd:g} USD/kg of goods as traded"]
    text = asking.OTHERS["floor"]
    return Reply("floor", text, [Subject("floor", text, columns, rows)], narrowed, notes, first=first)


def of_sheet(con: duckdb.DuckDBPyConnection, asked: Asked) -> Reply:
    """Return all figures held on a mineral."""
    sheet = read_sheet(con, asked.mineral_id or "", asked.year)
    notes = [sheet.note] if sheet.note else []
    return Reply("sheet", f"{sheet.name} ({sheet.mineral_id})", sheet.subjects, notes=notes)


def age(con: duckdb.DuckDBPyConnection, asked: Asked) -> Reply:
    """Return how recent the figures of sources or tables are."""
    names = con.execute(
        "select concat(schema_name, '.', table_name), table_name from meta.table_dictionary"
    ).fetchall()
    sources = con.execute("select source_id from meta.source_status").fetchall()
    wanted = {source for (source,) in sources if source in asked.words.lower()}
    narrowed = sorted(wanted)
    for full, name in names:
        if re.search(rf"\b{name}\b", asked.words.lower().replace(" ", "_")) or name in asked.words.lower():
            wanted |= sources_behind(con, [full])
            narrowed.append(f"the sources behind {full}")
    columns, rows = fetch(con, _text("age"), {"sources": sorted(wanted) or None})
    notes = []
    if asked.mineral:
        notes.append(
            f"All sources, not only those of {asked.mineral}; `minerals show` dates each of its figures."
        )
    return Reply(
        "age", asking.OTHERS["age"], [Subject("age", asking.OTHERS["age"], columns, rows)], narrowed, notes
    )


def duty(con: duckdb.DuckDBPyConnection, asked: Asked, today: date) -> Reply | None:
    """Return the duty on the goods that are named; None if the tariff schedule has no such goods."""
    named = others(asked)
    origin = next(iter(named), Place("CHN", "China", is_origin=True))
    for what in goods(asked):
        columns, rows = duties.duties(con, what, origin.code, today)
        if rows:
            notes = ["Rates of the schedule.", *duties.of_claims(con, columns, rows), duties.NOT_HELD]
            notes += _of_paid(con, asked, origin)
            if not named:
                notes = [f"No country is named, so these are the rates for {origin.name}.", *notes]
            table = Subject("duty", asking.OTHERS["duty"], columns, rows)
            first = duties.first(con, columns, rows)
            narrowed = [what, f"from {origin.name}"]
            return Reply("duty", asking.OTHERS["duty"], [table], narrowed, notes, first=first)
    return None


def _of_paid(con: duckdb.DuckDBPyConnection, asked: Asked, origin: Place) -> list[str]:
    """Return a note on the questions of the book about a mineral from an origin.

    It names those that have rows on what importers paid or claimed.
    """
    if not asked.mineral_id:
        return []
    one = replace(asked, places=[replace(origin, is_origin=True)], year=None, years=None, also=())
    has = {"13": "what importers paid", "14": "the duty at stake if claims lapse"}
    held = [
        f"`minerals ask {number} {asked.mineral_id} from {origin.name}` has {what}"
        for number, what in has.items()
        if of_book(con, question_of(number), one).tables[0].rows
    ]
    return [f"{'; '.join(held)}."] if held else []


def _without(con: duckdb.DuckDBPyConnection, asked: Asked) -> Reply:
    lost, days = others(asked)[0], asked.days or DAYS
    columns, rows = fetch(con, "from disruption($1, $2, $3)", [lost.code, asked.mineral_id, days])
    columns, rows = book.named(con, columns, rows)
    table = Subject("without", asking.OTHERS["without"], columns, rows)
    first, note = scenario_sentences.without(con, asked, lost.name, columns, rows[0])
    return Reply(
        "without",
        asking.OTHERS["without"],
        [table],
        [f"{asked.mineral}", f"without {lost.name}", f"{days} days"],
        [note] if note else [],
        first=first,
    )


def goods(asked: Asked) -> list[str]:
    """Return the goods in a question on duty: a mineral, or otherwise the words that are not about duty."""
    if asked.mineral_words:
        return [asked.mineral_words, f"{asked.mineral}"]
    own = asking.words_of("duty")
    return [
        word
        for word in asked.left
        if (len(word) >= SHORTEST or word.isdigit())
        and asking.stems(word)
        and not set(asking.stems(word)) & own
    ]


def question_of(number: str) -> book.Question:
    """Return the question with this number."""
    return next(one for one in book.questions() if str(one.number) == number)


def statements(name: str) -> list[str]:
    """Return the SQL statements behind one of our own answers."""
    if name in ("age", "duty", "floor"):
        return [_text(name)]
    if name == "without":
        return ["from disruption()"]
    wanted = "*" if name == "sheet" else f"[0-9]*_{name}"
    return [file.read_text(encoding="utf-8") for file in sorted(SHEET.glob(f"{wanted}.sql"))]


def _text(name: str) -> str:
    return HERE.joinpath(f"{name}.sql").read_text(encoding="utf-8")
