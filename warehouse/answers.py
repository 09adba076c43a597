"""Answers to what a person asks in words: a question of the book, or what is held of one mineral, narrowed.

An answer is given only where one fits clearly; else the nearest are named. What is named in the words and
cannot be looked up is stated in the answer.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb

from warehouse import asking, book
from warehouse.asking import AREAS, Asked, Candidate, Names, Place
from warehouse.connect import fetch
from warehouse.first_lines import FirstLine, first_line, why_empty
from warehouse.narrowing import Row, has_sellers, is_seller, narrowed_to, says, year_columns, years_of
from warehouse.sheet import FOLDER as SHEET
from warehouse.sheet import Subject, read_over_years, read_sheet, read_subject
from warehouse.sources_behind import sources_behind

HERE = Path(__file__).parent
NEAREST = 3
"""Answers that are named where none fits clearly."""
ALSO = 0.6
"""Part of the best answer's score from which another is named with it."""
DAYS = 90
"""Days without a supplier where no number is named."""
_OF_THE_FUTURE = (
    "`minerals ask 37` has the world's capacity to the last year of the USGS outlook, `minerals ask 41` the"
    " next steps of permits, and `minerals duty --day` the duty on a day to come."
)
SHORTEST = 4
"""Letters of a word that can be goods."""
HALF_PCT = 50
MINED = "ore_concentrate"
"""Stage of what mines produce."""
_MINING = asking.stems("mine mines mina minas extrae extraen extrait mining mined miner miners")
_REFINING = asking.stems(
    "refine refined refinery refiner smelt smelter refina refinan refineria raffine raffinent"
)
_LIMIT = re.compile(r"\blimit\s+\d+\s*;?\s*\Z")

_TABLE = re.compile(r"\b[a-z0-9]+(?:[._][a-z0-9]+)+\b")
"""Names of tables and sources."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: what it is an answer to, its tables, and what its reader must know.

    ``name`` is the number of a question of the book or one of ours; ``sql`` is the statement of the book;
    ``near`` are other answers that the words may mean; ``first`` is what comes first of a long one.
    """

    name: str
    text: str
    tables: Sequence[Subject]
    narrowed: Sequence[str] = ()
    notes: Sequence[str] = ()
    sql: str | None = None
    near: Sequence[Candidate] = ()
    first: FirstLine | None = None


@dataclass(frozen=True, slots=True)
class Near:
    """An answer that could be meant, with its first row; without columns where it has none."""

    candidate: Candidate
    columns: Sequence[str] = ()
    row: Sequence[Any] = ()

    @property
    def command(self) -> str:
        """How a person gets the answer."""
        return self.candidate.command

    @property
    def text(self) -> str:
        """What it is an answer to."""
        return self.candidate.text


@dataclass(frozen=True, slots=True)
class NoReply:
    """No answer fits clearly; ``nearest`` are at most three that come near."""

    why: str
    nearest: Sequence[Near] = field(default_factory=tuple)


def reply(con: duckdb.DuckDBPyConnection, words: str, today: date | None = None) -> Reply | NoReply:
    """The answer to some words or to the number of a question, or the nearest where none fits clearly."""
    if words.strip().isdigit():
        found = book.matching(words)
        return _of_book(con, found[0], None) if found else NoReply(f"There is no question {words.strip()}.")
    day = today or datetime.now(UTC).date()
    missing = _not_held(words, day)
    return NoReply(missing) if missing else _in_words(con, words, day)


def _in_words(con: duckdb.DuckDBPyConnection, words: str, day: date) -> Reply | NoReply:
    """The answer that is called by its name, that is of a mineral alone, or that fits the words."""
    known = asking.names(con)
    bare = asking.read(known, _TABLE.sub(" ", words))
    if _TABLE.search(words) and clear(asking.rank(bare, known)) == "age":
        return _age(con, replace(bare, words=words))
    asked = asking.read(known, words)
    called = _by_its_name(known, words)
    needed = _needed(*called) if called else None
    if called and not needed:
        answered = _answered(con, *called, day)
        if answered:
            return answered
    alone = _of_mineral_by_name(con, asked)
    if alone:
        return _with_dropped(alone, asked)
    possible = nearest(con, known, asked, day)
    strangers = _strangers(asked)
    is_refused = strangers or (needed and called and not called[1].wanted)
    chosen = None if is_refused else clear(possible) or _in_its_words(words, asked)
    if chosen and not _is_of_sellers(con, known, chosen, asked):
        chosen = None
    other_share = _other_share(asked, chosen)
    if chosen and not other_share:
        answered = _answered(con, chosen, asked, day)
        # a question of the book that has nothing of the place that is named is another question
        if answered and (any(table.rows for table in answered.tables) or not _is_of_other_places(answered)):
            notes = [*_not_understood(asking.unheard(asked)), *answered.notes]
            return replace(answered, notes=notes, near=_also(possible, chosen))
    near = [_near(con, one, asked, day) for one in possible]
    why = _why_none(con, asked, strangers, is_any_near=bool(near))
    return NoReply(" ".join(filter(None, [needed, other_share, why])), near)


def _is_of_other_places(answered: Reply) -> bool:
    """Whether an answer of the book was narrowed to places of which it has no row."""
    return answered.name.isdigit() and any("; it has " in note for note in answered.notes)


def _answered(con: duckdb.DuckDBPyConnection, name: str, asked: Asked, day: date) -> Reply | None:
    """An answer of each mineral that is named, with what of the words it is not narrowed to."""
    answered = _of_each(asked, lambda one: _answer(con, name, one, day))
    return _with_dropped(answered, asked) if answered else None


def _by_its_name(known: Names, words: str) -> tuple[str, Asked] | None:
    """An answer whose number or name comes first, with words behind it that narrow it or are its own."""
    name, _, rest = words.strip().partition(" ")
    name = name.lower()
    asked = asking.read(known, rest)
    others = set(asked.wanted) - asking.words_of(name)
    is_of_goods = name == "duty" and not asked.mineral_id and len(others) == 1
    if name not in asking.texts_of() or asked.percent is not None or (others and not is_of_goods):
        return None
    if not rest and name not in asking.OTHERS:
        return None
    if name == "changes" and _narrows(asked):
        return None
    return name, asked


def _needed(name: str, asked: Asked) -> str | None:
    """What must be named for an answer, with an example of how it is typed."""
    if name.isdigit() or name in ("age", "changes"):
        return None
    if name == "duty":
        return None if _goods(asked) else "`duty` needs goods: `minerals ask duty graphite from Canada`."
    if not asked.mineral_id:
        return f"`{name}` needs a mineral: `minerals ask {name} gallium`."
    if name == "without" and not _others(asked):
        return f"`without` needs the supplier that is lost: `minerals ask without {asked.mineral_id} China`."
    return None


def _narrows(asked: Asked) -> bool:
    """Whether words name a mineral, a place or years."""
    return bool(asked.mineral_id or asked.places or asked.when)


def _other_share(asked: Asked, chosen: str | None) -> str | None:
    """A share in percent that the answer is not about."""
    if asked.percent is None or chosen is None:
        return None
    own = asking.words_of(chosen)
    if f"{asked.percent:g}" in own or (asked.percent == HALF_PCT and "half" in own):
        return None
    return f"No answer is about {asked.percent:g} percent."


def _with_dropped(answered: Reply, asked: Asked) -> Reply:
    """An answer that states what of the words it is not narrowed to."""
    name, others = answered.name, _others(asked)
    dropped: list[str] = []
    if asked.when and name in ("age", "duty", "floor", "without"):
        dropped.append(str(asked.when))
    if asked.years and name == "sheet":
        dropped.append(str(asked.years))
    if asked.days and name != "without" and f"{asked.days} days" not in answered.text:
        dropped.append(f"{asked.days} days")
    unused = {"duty": others[1:], "without": others[1:], "age": asked.places, "floor": asked.places}
    dropped += [place.name for place in unused.get(name, ())]
    if name == "sheet":
        dropped += [place.name for place in asked.places if place.code != "USA"]
    if not dropped:
        return answered
    note = f"Not applied: {', '.join(dropped)}."
    if name == "duty" and asked.when:
        note += " `minerals duty --day` gives another day."
    return replace(answered, notes=[*answered.notes, note])


def _not_held(words: str, day: date) -> str | None:
    """Why nothing can be held of what is asked for: its kind, or a year to come."""
    kind = asking.not_held(words)
    if kind:
        return f"Not held: {_lowered(kind.subject)}. {kind.instead}"
    year = asking.year_of(words)
    return f"Not held: figures of {year}. {_OF_THE_FUTURE}" if year and year > day.year else None


def nearest(
    con: duckdb.DuckDBPyConnection, known: Names, asked: Asked, day: date, *, is_unseen: bool = False
) -> list[Candidate]:
    """At most three answers that can be meant, the likeliest first."""
    ranked = asking.rank(asked, known, is_unseen=is_unseen)
    possible = (one for one in ranked if _is_possible(con, one, asked, known))
    fit = (found for one in possible if (found := _of_goods(con, _of_supplier(one, asked), asked, day)))
    once: dict[str, Candidate] = {}
    for one in islice(fit, NEAREST + 1):
        once.setdefault(one.answer, one)
    return list(once.values())[:NEAREST]


def _of_supplier(one: Candidate, asked: Asked) -> Candidate:
    """An answer; of a dependency on a supplier that is named, the suppliers."""
    if one.answer != "dependency" or not any(is_seller(place) for place in asked.places):
        return one
    return replace(one, answer="suppliers", text=asking.texts_of()["suppliers"])


def _of_goods(con: duckdb.DuckDBPyConnection, one: Candidate, asked: Asked, day: date) -> Candidate | None:
    """An answer; that of a duty on the goods and origin that it is found for, if it is found."""
    if one.answer != "duty":
        return one
    found = _duty(con, asked, day)
    return replace(one, names=[word for name in found.narrowed for word in name.split()]) if found else None


def _also(possible: Sequence[Candidate], chosen: str) -> list[Candidate]:
    """The other answers that come so near to the chosen one that a person may have meant them."""
    best = max((one.score for one in possible), default=0)
    return [one for one in possible if one.answer != chosen and one.score >= ALSO * best]


def _near(con: duckdb.DuckDBPyConnection, one: Candidate, asked: Asked, day: date) -> Near:
    """An answer with its first row, if its tables are no more than one."""
    found = None if one.answer in ("sheet", "age", "changes") else _answer(con, one.answer, asked, day)
    tables = found.tables if found else []
    if len(tables) != 1 or not tables[0].rows:
        return Near(one)
    return Near(one, tables[0].columns, tables[0].rows[0])


def _why_none(
    con: duckdb.DuckDBPyConnection, asked: Asked, strangers: Sequence[str], *, is_any_near: bool
) -> str:
    """What was not understood, so that no answer is given."""
    said = [_of_stranger(con, name) for name in strangers]
    named = {plain for name in strangers for plain in book.plain(name).split()}
    said += _not_understood([word for word in asking.unheard(asked) if word not in named])
    heard = f"No answer clearly fits {asked.words!r}"
    return " ".join([*said, f"{heard}; the nearest:" if is_any_near else f"{heard}."])


def _not_understood(unheard: Sequence[str]) -> list[str]:
    return [f"Not understood: {', '.join(unheard)}."] if unheard else []


def _strangers(asked: Asked) -> list[str]:
    """Names in capitals that are of no mineral, country or answer: companies, mines, persons."""
    unheard = asking.unheard(asked)
    named = re.findall(r"(?<=\s)[A-Z]\w{2,}", asked.words)
    return [name for name in dict.fromkeys(named) if book.plain(name) in unheard]


def _of_stranger(con: duckdb.DuckDBPyConnection, name: str) -> str:
    """Where a name stands that `ask` does not know, if anywhere."""
    found = con.execute(
        """
        select 'core.dim_facility' as place
        from core.dim_facility where contains(lower(concat_ws(' ', name, operator)), lower($1))
        union
        select 'marts.public_support'
        from marts.public_support where contains(lower(concat_ws(' ', recipient, project)), lower($1))
        order by place
        """,
        [name],
    ).fetchall()
    if not found:
        return f"Nothing is held by the name of {name}."
    named = " and ".join(place for (place,) in found)
    return f"{name} is named in {named}, which `ask` does not search but `minerals query` does."


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]


def _of_each(asked: Asked, answer: Callable[[Asked], Reply | None]) -> Reply | None:
    """The answer of the mineral that is named, and of each other in a table of its own."""
    first = answer(asked)
    if first is None or not asked.also or first.name in ("age", "changes", "duty", "sheet"):
        return first
    replies = [(asked, first)]
    for words, (mineral_id, mineral) in asked.also:
        one = replace(asked, mineral_id=mineral_id, mineral=mineral, mineral_words=words, also=())
        more = answer(one)
        if more:
            replies.append((one, more))
    return replace(
        first,
        tables=[
            replace(table, name=f"{one.mineral_id}", title=f"{one.mineral}")
            for one, found in replies
            for table in found.tables
        ],
        notes=[*dict.fromkeys(note for _, found in replies for note in found.notes)],
        narrowed=[*dict.fromkeys(name for _, found in replies for name in found.narrowed)],
    )


def _floor(con: duckdb.DuckDBPyConnection, asked: Asked) -> Reply:
    """US imports of a mineral compared with a floor that is named, for the newest twelve months held."""
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
    notes = ["A mean of a month hides cheaper shipments, so the adjustment is a minimum."]
    if not stages:
        notes = [f"No tariff line is {asked.mineral} alone, so its price is not known from customs."]
    narrowed = [f"{asked.mineral}", f"{asked.usd:g} USD/kg of goods as traded"]
    text = asking.OTHERS["floor"]
    return Reply("floor", text, [Subject("floor", text, columns, rows)], narrowed, notes)


def _of_mineral_by_name(con: duckdb.DuckDBPyConnection, asked: Asked) -> Reply | None:
    """Of a mineral with a floor in dollars the imports below it, of one without other words all of it."""
    if asked.usd and asked.mineral_id and "floor" in asked.wanted:
        return _of_each(asked, lambda one: _floor(con, one))
    if asked.mineral_id and not asked.wanted:
        return _of_each(asked, lambda one: _of_mineral_alone(con, one))
    return None


def _of_mineral_alone(con: duckdb.DuckDBPyConnection, asked: Asked) -> Reply:
    """Of a mineral and a seller what comes from there, else all of the mineral."""
    sellers = [place.code for place in asked.places if is_seller(place)]
    if sellers:
        return _subject(con, "china" if sellers == ["CHN"] else "suppliers", asked)
    return _sheet(con, asked)


def clear(possible: Sequence[Candidate]) -> str | None:
    """The answer that is ahead of the others and explains what is asked."""
    if not possible:
        return None
    best, *others = possible
    return best.answer if asking.is_clear(best, others) else None


def _in_its_words(words: str, asked: Asked) -> str | None:
    """The only question of the book that has all the words."""
    found = book.matching(words)
    return str(found[0].number) if len(found) == 1 and asked.wanted and len(words.split()) > 1 else None


def _is_possible(con: duckdb.DuckDBPyConnection, one: Candidate, asked: Asked, known: Names) -> bool:
    """Whether an answer can be of the mineral and country that are named."""
    if one.answer.isdigit():
        question = _question(one.answer)
        if _is_of_another(known, question.text, asked) or _is_bought_there(question.text, asked):
            return False
        is_of_it = not asked.mineral_id or says(question.text, asked.mineral_words or "")
        return is_of_it or "mineral_id" in con.sql(question.sql).columns
    needs = {
        "china": not any(is_seller(place) and place.code != "CHN" for place in asked.places),
        "without": asked.mineral_id and _others(asked),
        "changes": not (asked.mineral_id or asked.places or asked.year),
    }
    return bool(needs.get(one.answer, True))


def _is_of_sellers(con: duckdb.DuckDBPyConnection, known: Names, name: str, asked: Asked) -> bool:
    """Whether a question is of the sellers that are named, or has sellers to be narrowed to them."""
    sellers = {place.code for place in asked.places if place.code not in AREAS}
    if not name.isdigit() or not sellers:
        return True
    question = _question(name)
    own = {place.code for place in asking.read(known, question.text).places}
    return sellers <= own or has_sellers(con.sql(question.sql).columns)


def _is_bought_there(text: str, asked: Asked) -> bool:
    """Whether a question is of a country as a supplier, and the words name it as a buyer."""
    return "supplier" in text and any(place.is_buyer and says(text, place.name) for place in asked.places)


def _is_of_another(known: Names, text: str, asked: Asked) -> bool:
    """Whether a question is of a seller and another is named, or of one of the three that is not."""
    named = {place.code for place in asked.places}
    own = {place.code for place in asking.read(known, text).places} - {"USA", "USMCA"}
    sellers = own - set(AREAS)
    is_of_another_seller = bool(sellers) and bool(named - set(AREAS) - sellers)
    return is_of_another_seller or (len(own) == 1 and not sellers and not own & named)


def _answer(con: duckdb.DuckDBPyConnection, name: str, asked: Asked, today: date) -> Reply | None:
    if name.isdigit():
        return _of_book(con, _question(name), asked)
    if name == "changes":
        return Reply(name, asking.OTHERS[name], [])
    if name == "duty":
        return _duty(con, asked, today)
    own = {"age": _age, "sheet": _sheet, "without": _without}
    return own[name](con, asked) if name in own else _subject(con, name, asked)


def _of_book(con: duckdb.DuckDBPyConnection, question: book.Question, asked: Asked | None) -> Reply:
    narrows = asked is not None and _narrows(asked)
    sql = _LIMIT.sub("", question.sql) if narrows else question.sql
    columns, rows = book.named(con, *fetch(con, sql))
    narrowed: list[str] = []
    notes = [question.note] if question.note else []
    if not rows:
        notes = ["No row.", *notes, why_empty(con, question)]
    elif asked:
        rows, narrowed, more = narrowed_to(con, question.text, columns, rows, asked)
        notes = [*more, *notes]
    table = Subject(str(question.number), question.text, columns, rows)
    return Reply(
        str(question.number),
        question.text,
        [table],
        narrowed,
        notes,
        question.sql,
        first=first_line(con, question, columns, rows),
    )


def _subject(con: duckdb.DuckDBPyConnection, name: str, asked: Asked) -> Reply:
    mineral_id = asked.mineral_id or ""
    series = _series(con, name, asked)
    found = series or _of_years_asked(con, name, mineral_id, asked)
    rows, narrowed = [tuple(row) for row in found.rows], [f"{asked.mineral}"]
    notes: list[str] = []
    if rows:
        of_places = replace(asked, mineral_id=None, year=None)
        rows, more, notes = narrowed_to(con, found.title, found.columns, rows, of_places)
        narrowed += more
        notes += _of_sellers(con, name, asked) if name in ("suppliers", "china") and not series else []
        notes += _other_stages(found, asked) if name == "producers" else []
        buyers = {place.code for place in asked.places if not is_seller(place)}
        if name == "china" and not series and buyers <= {"USA"}:
            notes += _printed_share(con, asked)
        if name == "china" and asked.years and not series:
            notes.append(f"`minerals ask suppliers {mineral_id} {asked.years}` has the shares of each year.")
    if asked.years:
        notes.append(f"`minerals show {mineral_id} --over-years` has reliance, output and prices by year.")
    if asked.year:
        narrowed.append(f"the newest figures up to {asked.year}")
    if asked.years and not found.rows:
        narrowed.append(str(asked.years))
    if not rows:
        area = next((place.code for place in asked.places if place.code in AREAS), "USA")
        kind = {
            "suppliers": "imports_by_supplier",
            "china": "imports_by_supplier",
            "dependency": "net_import_reliance",
        }
        newest = _newest_year(con, name, mineral_id) if asked.year and not found.rows else None
        if newest:
            notes.append(f"Of {asked.year} this is not held; the newest is of {newest}.")
        elif name in kind:
            [(why,)] = con.execute(
                "select why_not_held($1, $2, $3)", [kind[name], area, mineral_id]
            ).fetchall()
            notes.append(f"{asked.mineral}, {area}: {why}.")
        else:
            notes.append(f"Nothing of this is held of {asked.mineral}.")
    return Reply(name, found.title, [Subject(name, found.title, found.columns, rows)], narrowed, notes)


def _series(con: duckdb.DuckDBPyConnection, name: str, asked: Asked) -> Subject | None:
    """The share of one supplier in each of the years that are named, where several are."""
    sellers = [place.code for place in asked.places if is_seller(place)] or (
        ["CHN"] if name == "china" else []
    )
    if not asked.years or name not in ("china", "suppliers") or len(sellers) != 1:
        return None
    area = next((place.code for place in asked.places if place.code in AREAS and not is_seller(place)), "USA")
    sheet = read_over_years(con, asked.mineral_id or "", sellers[0], area)
    found = sheet.subjects[0]
    return found if found.rows else None


def _of_years_asked(con: duckdb.DuckDBPyConnection, name: str, mineral_id: str, asked: Asked) -> Subject:
    """A subject with its newest rows up to the year that is named, or with the rows of several years.

    A subject has the newest rows up to a year, so several years are read from the last to the first.
    """
    last = asked.years.last if asked.years else asked.year
    found = read_subject(con, name, mineral_id, last)
    dated = year_columns(found.columns)
    if not asked.years or not dated:
        return found
    rows = [tuple(row) for row in found.rows]
    newer: list[Row] = rows
    while begun := [years[0] for row in newer if (years := years_of(row[dated[0]]))]:
        last = min([max(begun), *([last] if last else [])]) - 1
        if last < (asked.years.first or 0):
            break
        newer = [tuple(row) for row in read_subject(con, name, mineral_id, last).rows]
        rows += newer
    return replace(found, rows=list(dict.fromkeys(rows)))


def _of_sellers(con: duckdb.DuckDBPyConnection, name: str, asked: Asked) -> list[str]:
    """The newest imports that are held from each seller that is named."""
    notes = []
    for place in asked.places:
        if not is_seller(place) or (name == "china" and place.code == "CHN"):
            continue
        rows = con.execute(
            """
            select
                area_name, replace(stage, '_', ' '), year(period), round(value_usd / 1e6, 2),
                if(coverage = 'basket_allocated', ' (in shared codes)', '')
            from marts.import_sources
            where mineral_id = $1 and supplier_iso3 = $2 and period_type = 'year' and value_usd is not null
            qualify row_number() over (partition by area, stage order by period desc, basis desc) = 1
            order by list_position(['USA', 'CAN', 'MEX', 'USMCA'], area), stage
            """,
            [asked.mineral_id, place.code],
        ).fetchall()
        listed = "; ".join(
            f"{area} {stage} {year}: {usd:g} USD million{shared}" for area, stage, year, usd, shared in rows
        )
        if rows:
            notes.append(
                f"Newest imports from {place.name} that are held: {listed}."
                " `minerals ask 10` lists suspected rerouting."
            )
        else:
            notes.append(f"No imports of {asked.mineral} from {place.name} are held.")
    return notes


def _printed_share(con: duckdb.DuckDBPyConnection, asked: Asked) -> list[str]:
    """China's share of US imports that USGS prints, which is the one to quote where customs cannot tell."""
    rows = con.execute(
        """
        select round(100 * quantity_share), year(period), year(period) + 3
        from marts.import_sources
        where
            area = 'USA'
            and mineral_id = $1
            and supplier_iso3 = 'CHN'
            and basis = 'usgs_four_years'
            and quantity_share is not null
        order by is_recommended desc, period desc
        limit 1
        """,
        [asked.mineral_id],
    ).fetchall()
    return [
        f"USGS prints China's share of US imports by weight: {share:.0f} % ({first} to {last});"
        f" `minerals ask suppliers {asked.mineral_id}` has all shares and which to quote."
        for share, first, last in rows
    ]


def _other_stages(found: Subject, asked: Asked) -> list[str]:
    """That the words ask for mines or refineries, and only the output of the other is held."""
    stages = {row[found.columns.index("stage")] for row in found.rows}
    mines, refineries = stages & {MINED}, stages - {MINED}
    asks_mines, asks_refineries = set(_MINING) & set(asked.wanted), set(_REFINING) & set(asked.wanted)
    if asks_refineries and not refineries:
        return [f"Refinery output of {_lowered(str(asked.mineral))} is not held; these are mines."]
    if asks_mines and not asks_refineries and not mines:
        return [
            f"Mine output of {_lowered(str(asked.mineral))} is not held; these are refineries and plants."
        ]
    return []


def _newest_year(con: duckdb.DuckDBPyConnection, name: str, mineral_id: str) -> int | None:
    """The newest year of a subject, whatever year is asked for."""
    found = read_subject(con, name, mineral_id, None)
    if "year" not in found.columns:
        return None
    return max((row[found.columns.index("year")] for row in found.rows), default=None)


def _sheet(con: duckdb.DuckDBPyConnection, asked: Asked) -> Reply:
    sheet = read_sheet(con, asked.mineral_id or "", asked.year)
    notes = [sheet.note] if sheet.note else []
    return Reply("sheet", f"{sheet.name} ({sheet.mineral_id})", sheet.subjects, notes=notes)


def _age(con: duckdb.DuckDBPyConnection, asked: Asked) -> Reply:
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
            f"Of all sources, not only those of {asked.mineral}; `minerals show` dates each figure of it."
        )
    return Reply(
        "age", asking.OTHERS["age"], [Subject("age", asking.OTHERS["age"], columns, rows)], narrowed, notes
    )


def _duty(con: duckdb.DuckDBPyConnection, asked: Asked, today: date) -> Reply | None:
    """The duty on the goods that are named; none where the schedule has no such goods."""
    origin = next(iter(_others(asked)), Place("CHN", "China", is_origin=True))
    for what in _goods(asked):
        columns, rows = fetch(con, _text("duty"), {"what": what, "origin": origin.code, "day": today})
        if rows:
            notes = [
                "Rates of the schedule; `minerals ask 13` has what importers paid.",
                "Anti-dumping and countervailing duties are not held.",
            ]
            table = Subject("duty", asking.OTHERS["duty"], columns, rows)
            return Reply("duty", asking.OTHERS["duty"], [table], [what, f"from {origin.name}"], notes)
    return None


def _without(con: duckdb.DuckDBPyConnection, asked: Asked) -> Reply:
    lost, days = _others(asked)[0], asked.days or DAYS
    columns, rows = fetch(con, "from disruption($1, $2, $3)", [lost.code, asked.mineral_id, days])
    columns, rows = book.named(con, columns, rows)
    table = Subject("without", asking.OTHERS["without"], columns, rows)
    return Reply(
        "without",
        asking.OTHERS["without"],
        [table],
        [f"{asked.mineral}", f"without {lost.name}", f"{days} days"],
    )


def _goods(asked: Asked) -> list[str]:
    """What a duty can be asked on: a mineral, else words that are no words of duties."""
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


def _others(asked: Asked) -> list[Place]:
    """The places named that can sell to the United States."""
    return [place for place in asked.places if place.code not in ("USA", "USMCA")]


def _question(number: str) -> book.Question:
    return next(one for one in book.questions() if str(one.number) == number)


def statements(name: str) -> list[str]:
    """The statements that an answer of ours is made with."""
    if name in ("age", "duty", "floor"):
        return [_text(name)]
    if name == "without":
        return ["from disruption()"]
    wanted = "*" if name == "sheet" else f"[0-9]*_{name}"
    return [file.read_text(encoding="utf-8") for file in sorted(SHEET.glob(f"{wanted}.sql"))]


def _text(name: str) -> str:
    return HERE.joinpath(f"{name}.sql").read_text(encoding="utf-8")
