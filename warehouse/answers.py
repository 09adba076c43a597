"""Answers to questions in words: a question of the book, or all figures on one mineral, filtered.

An answer is given only if one clearly fits; otherwise the nearest answers are listed. If the words name
something that cannot be looked up, the answer says so.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

import duckdb

from warehouse import asking, book
from warehouse.asking import Asked, Candidate, Names
from warehouse.first_lines import joined
from warehouse.narrowing import HAS_OTHERS, is_seller
from warehouse.nearest_answers import also, clear, is_of_china, nearest, no_sellers
from warehouse.own_answers import age, answer, floor, goods, of_book, of_sheet, statements
from warehouse.replies import Reply, others
from warehouse.subject_answers import of_subject
from warehouse.units import lowered

__all__ = ["Near", "NoReply", "Reply", "reply", "statements"]

_OF_THE_FUTURE = (
    "`minerals ask 37` has the world's capacity to the last year of the USGS outlook, `minerals ask 41` the"
    " next steps of permits, and `minerals duty --day` the duty on a future day."
)
_OF_THE_SUBJECT = (
    "This cannot be answered here: the warehouse has figures on the supply of critical minerals to the United"
    " States, Canada and Mexico: imports, suppliers, output, prices, duties, controls, stocks and projects."
)
OF_THE_FUTURE = ("37", "41")
"""Answers that have figures for future years."""
SAYS_WHY = ("suppliers", "china", "dependency")
"""Answers that state why there are no figures on a place."""
OF_CHINA = 0.7
"""Minimum share of the words that a question on China must explain if they do not name China."""
_FRACTIONS: dict[float, str] = {50: "half", 25: "quart", 20: "fifth", 10: "tenth"}
"""Percentages, and the stem of the word for each."""

_WE = re.compile(r"\b(?:we|us|our|nosotros|nous)\b")
"""Buyers among the three."""
_BETWEEN = re.compile(r"\b(?:trade|flows?|comercio|commerce|echanges) (?:\w+ ){0,3}?(?:between|entre)\b")
_TOP = re.compile(r"\btop (\d{1,2})\b")
_LAST = re.compile(r"\b(?:last|latest|newest|previous|this) (?:month|quarter|year)\b")
"""Words for the number of rows and for a period before today, in plain words."""
_AND = re.compile(r",? (?:and|y|et) ")
_NUMBERED = re.compile(r"(?:question\s*|#)?(\d+)[.:]?(?:\s+(.*))?", re.IGNORECASE)
"""The number of a question, as people write it, and the words after it."""
_ABOUT = r"(?:of|from|by|in|at|near|for|de|del|du|des|en|por|par|chez)"
"""Words before a name that the question is about."""
_SHEET_OF = {
    "1": "dependency",
    "2": "dependency",
    "3": "china",
    "15": "stocks",
    "26": "china",
    "38": "projects",
}
"""The subject of a mineral's sheet that has what a question of the book has on many minerals."""
_LETTER = re.compile(r"[^\W\d_]")
_TABLE = re.compile(r"\b[a-z0-9]+(?:[._][a-z0-9]+)+\b")
"""Names of tables and sources."""


@dataclass(frozen=True, slots=True)
class Near:
    """A possible answer with its first sentence, or else its first row; all are empty if there is none."""

    candidate: Candidate
    columns: Sequence[str] = ()
    row: Sequence[Any] = ()
    sentence: str = ""
    sources: str = ""

    @property
    def command(self) -> str:
        """The command that gives the answer."""
        return self.candidate.command

    @property
    def text(self) -> str:
        """The question that it answers, or its title."""
        return self.candidate.text


@dataclass(frozen=True, slots=True)
class NoReply:
    """No answer clearly fits; ``nearest`` has at most three that come close."""

    why: str
    nearest: Sequence[Near] = field(default_factory=tuple)


def reply(con: duckdb.DuckDBPyConnection, words: str, today: date | None = None) -> Reply | NoReply:
    """Return the answer to words or to a question's number, or the nearest answers if none clearly fits."""
    bare = words.strip()
    numbered = _NUMBERED.fullmatch(bare)
    is_bare = numbered and not numbered[2]
    if is_bare or not _LETTER.search(bare):
        found = book.matching(numbered[1]) if numbered and is_bare else []
        return of_book(con, found[0], None) if found else NoReply(f"There is no question {bare}.")
    day = today or datetime.now(UTC).date()
    kind = asking.not_held(words)
    not_held = f"{lowered(kind.subject)}. {kind.instead}" if kind else _other_trade(con, words)
    if not_held:
        return NoReply(f"Not held: {not_held}")
    year = asking.year_of(words)
    if not year or year <= day.year:
        return _in_words(con, words, day)
    known = asking.names(con)
    undated = asking.YEAR.sub("", words)
    not_held = f"Not held: figures for {year}. {_OF_THE_FUTURE}"
    if clear(nearest(con, known, asking.read(known, undated), day)) not in OF_THE_FUTURE:
        return NoReply(not_held)
    answered = _in_words(con, undated, day)
    if isinstance(answered, NoReply):
        return answered
    return replace(answered, notes=[not_held, *answered.notes])


def _in_words(con: duckdb.DuckDBPyConnection, words: str, day: date) -> Reply | NoReply:
    """Return the answer called by its name, the one for a mineral alone, or the one that fits the words."""
    known = asking.names(con)
    bare = asking.read(known, _TABLE.sub(" ", words))
    if _TABLE.search(words) and clear(asking.rank(bare, known)) == "age":
        return age(con, replace(bare, words=words))
    asked = asking.read(known, words)
    if (number := _no_question(known, words)) is not None:
        return NoReply(f"There is no question {number}.")
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
    unknown_names = _unknown_names(asked)
    is_apart = possible and asking.is_far_ahead(possible[0], possible[1:])
    is_about_them = unknown_names and (not is_apart or _is_narrowed_by(unknown_names, words))
    is_refused = is_about_them or (needed and called and not called[1].wanted)
    plainly = None if is_refused else asking.of_imports(asked)
    alone_in_it = next((one.answer for one in possible if one.answer == asking.of_one_subject(asked)), None)
    chosen = None if is_refused else plainly or clear(possible) or alone_in_it or _in_its_words(words, asked)
    if not chosen and not is_refused and (in_part := _of_first_part(con, known, asked, day)):
        chosen, possible = in_part[0].answer, in_part
    if chosen and not plainly and is_of_china(chosen, asked) and possible[0].explained < OF_CHINA:
        chosen = None
    other_sellers = no_sellers(con, known, chosen, asked) if chosen else None
    if other_sellers:
        chosen = None
    other_share = _other_share(asked, chosen)
    if chosen and not other_share:
        answered = _answered(con, chosen, asked, day)
        # an answer that has no row on the named place answers another question
        if answered and (any(table.rows for table in answered.tables) or not _is_of_other_places(answered)):
            more = _of_last_part(con, known, asked, chosen, day)
            close = [one.answer for one in also(possible, chosen)]
            close += [_SHEET_OF[chosen]] if chosen in _SHEET_OF else []
            answered = _of_the_mineral(con, answered, close, asked, day) or answered
            notes = [*_not_understood(asking.unheard(asked)), *more, *answered.notes]
            return replace(answered, notes=notes, near=also(possible, answered.name))
    near = [_near(con, one, asked, day) for one in possible]
    is_of_another = _is_of_another_subject(asked)
    if is_of_another:
        near, needed = [], _OF_THE_SUBJECT
    why = "" if is_of_another else _why_none(con, asked, unknown_names, is_any_near=bool(near))
    return NoReply(" ".join(filter(None, [needed, other_share, other_sellers, why])), near)


def _of_the_mineral(
    con: duckdb.DuckDBPyConnection, answered: Reply, close: Sequence[str], asked: Asked, day: date
) -> Reply | None:
    """Return an answer of the sheet that fits nearly as well as a question without a row on the mineral."""
    if not asked.mineral_id or not answered.name.isdigit() or any(table.rows for table in answered.tables):
        return None
    others = (_answered(con, name, asked, day) for name in close if not name.isdigit())
    found = next((one for one in others if one and any(table.rows for table in one.tables)), None)
    note = f"`minerals ask {answered.name}` ({answered.text}) has no row for {asked.mineral}."
    return replace(found, notes=[note, *found.notes]) if found else None


def _other_trade(con: duckdb.DuckDBPyConnection, words: str) -> str | None:
    """Return the trade that words ask for and that is not held: imports of other countries."""
    asked = asking.read(asking.names(con), words)
    plain = asking.plain_words(words)
    if any(place.code in asking.AREAS for place in asked.places) or _WE.search(plain):
        return None
    is_between = len(asked.places) > 1 and _BETWEEN.search(plain)
    # Chinese imports are bought there only if they come from elsewhere
    buyers = [
        place.name
        for place in asked.places
        if is_between or (place.is_buyer and (not place.is_origin or len(asked.places) > 1))
    ]
    if not buyers:
        return None
    return (
        f"imports of {' and '.join(buyers)}. Those of the United States, Canada and Mexico are held, by"
        " supplier: `minerals ask suppliers lithium`."
    )


def _of_last_part(
    con: duckdb.DuckDBPyConnection, known: Names, asked: Asked, chosen: str, day: date
) -> list[str]:
    """Return a note with the command for the words after the last "and", if they ask for something else."""
    *first, last = _AND.split(asked.words)
    if not first:
        return []
    part = asking.read(known, last)
    if not part.mineral_id:
        part = replace(
            part, mineral_id=asked.mineral_id, mineral=asked.mineral, mineral_words=asked.mineral_words
        )
    possible = nearest(con, known, part, day)
    other = clear(possible)
    if other in (None, chosen) or not part.wanted:
        return []
    return [f"On {last.strip(' ?.')!r}: `{possible[0].command}`."]


def _of_first_part(con: duckdb.DuckDBPyConnection, known: Names, asked: Asked, day: date) -> list[Candidate]:
    """Return the answers to the words before the last "and", if either part clearly has one of its own."""
    *first, last = _AND.split(asked.words)
    if not first:
        return []
    possible = nearest(con, known, asking.read(known, asked.words[: -len(last)]), day)
    chosen = clear(possible)
    return possible if chosen and _of_last_part(con, known, asked, chosen, day) else []


def _is_of_other_places(answered: Reply) -> bool:
    """Return whether an answer was filtered to places for which it has no row.

    Answers in `SAYS_WHY` do not count, because they state why there is no row.
    """
    return answered.name not in SAYS_WHY and any(HAS_OTHERS in note for note in answered.notes)


def _answered(con: duckdb.DuckDBPyConnection, name: str, asked: Asked, day: date) -> Reply | None:
    """Return the answer for each mineral that is named, with a note on words that do not filter it."""
    answered = _of_each(asked, lambda one: answer(con, name, one, day))
    return _first_of(_with_dropped(answered, asked), asked.words) if answered else None


def _first_of(answered: Reply, words: str) -> Reply:
    """Return an answer with the first rows that words ask for, and a note on a period named as last."""
    plain = asking.plain_words(words)
    top, last = _TOP.search(plain), _LAST.search(plain)
    if last and answered.name != "changes":
        note = (
            f"Not applied: {last[0]}; each row has the newest period that is held, unless it names another."
        )
        answered = replace(answered, notes=[note, *answered.notes])
    if not top:
        return answered
    most = int(top[1])
    return replace(
        answered,
        tables=[replace(table, rows=table.rows[:most]) for table in answered.tables],
        narrowed=[*answered.narrowed, f"the first {most} rows"],
        first=replace(answered.first, rows=answered.first.rows[:most]) if answered.first else None,
    )


def _by_its_name(known: Names, words: str) -> tuple[str, Asked] | None:
    """Return the answer whose number or name comes first, if the words after it filter it or belong to it."""
    numbered = _NUMBERED.fullmatch(words.strip())
    name, _, rest = (
        f"{numbered[1]} {numbered[2]}".partition(" ") if numbered else words.strip().partition(" ")
    )
    name = name.lower()
    bare = (
        _LAST.sub(" ", _TOP.sub(" ", asking.plain_words(rest)))
        if _TOP.search(rest) or _LAST.search(rest)
        else rest
    )
    asked = replace(asking.read(known, bare), words=rest)
    years = asking.years_in(asking.plain_words(rest))
    further = set(asked.wanted) - asking.words_of(name) - set(asking.stems(years[1] if years else ""))
    is_of_goods = name == "duty" and not asked.mineral_id and len(further) == 1
    if name not in asking.texts_of() or asked.percent is not None or (further and not is_of_goods):
        return None
    if not rest and name not in asking.OTHERS:
        return None
    if name == "changes" and _narrows(asked):
        return None
    return name, asked


def _no_question(known: Names, words: str) -> str | None:
    """Return a number that no question has, if only names follow it or if "question" or "#" precedes it."""
    numbered = _NUMBERED.fullmatch(words.strip())
    if not numbered or book.matching(numbered[1]) or asking.YEAR.fullmatch(numbered[1]):
        return None
    asked, whole = asking.read(known, numbered[2]), asking.read(known, words)
    is_amount = whole.percent is not None or whole.usd is not None or whole.days is not None
    is_number = _narrows(asked) and not asked.wanted and not is_amount
    return numbered[1] if is_number or not words.strip()[0].isdigit() else None


def _is_of_another_subject(asked: Asked) -> bool:
    """Return whether the words name no mineral and less than half of them are known."""
    return not asked.mineral_id and 2 * len(asking.unheard(asked)) > len(asked.left)


def _needed(name: str, asked: Asked) -> str | None:
    """Return what must still be named for an answer, with an example to type; None if nothing is missing."""
    if name.isdigit() or name in ("age", "changes"):
        return None
    if name == "duty":
        return None if goods(asked) else "`duty` needs goods: `minerals ask duty graphite from Canada`."
    if not asked.mineral_id:
        return f"`{name}` needs a mineral: `minerals ask {name} gallium`."
    if name == "without" and not others(asked):
        return f"`without` needs the supplier that is lost: `minerals ask without {asked.mineral_id} China`."
    return None


def _narrows(asked: Asked) -> bool:
    """Return whether the words name a mineral, a place or years."""
    return bool(asked.mineral_id or asked.places or asked.when)


def _other_share(asked: Asked, chosen: str | None) -> str | None:
    """Return a message if the words name a percentage that the answer is not about."""
    if asked.percent is None or chosen is None:
        return None
    own = asking.words_of(chosen)
    if {f"{asked.percent:g}", _FRACTIONS.get(asked.percent, "")} & own:
        return None
    return f"No answer is about {asked.percent:g} percent."


def _with_dropped(answered: Reply, asked: Asked) -> Reply:
    """Return an answer with a note on the parts of the question that do not filter it."""
    name, named = answered.name, others(asked)
    dropped: list[str] = []
    if asked.when and name in ("age", "duty", "floor", "without"):
        dropped.append(str(asked.when))
    if asked.years and name == "sheet":
        dropped.append(str(asked.years))
    if asked.days and name != "without" and f"{asked.days} days" not in answered.text:
        dropped.append(f"{asked.days} days")
    unused = {"duty": named[1:], "without": named[1:], "age": asked.places, "floor": asked.places}
    dropped += [place.name for place in unused.get(name, ())]
    if name == "sheet":
        dropped += [place.name for place in asked.places if place.code != "USA"]
    if not dropped:
        return answered
    note = f"Not applied: {', '.join(dropped)}."
    if name == "duty" and asked.when:
        note += " `minerals duty --day` gives another day."
    return replace(answered, notes=[*answered.notes, note])


def _near(con: duckdb.DuckDBPyConnection, one: Candidate, asked: Asked, day: date) -> Near:
    """Return a candidate with its first sentence, and with its first row if it has exactly one table."""
    found = None if one.answer in ("sheet", "age", "changes") else _answered(con, one.answer, asked, day)
    tables = found.tables if found else []
    if not found or len(tables) != 1 or not tables[0].rows:
        return Near(one)
    sentence, sources = (found.first.sentence, found.first.sources) if found.first else ("", "")
    return Near(one, tables[0].columns, tables[0].rows[0], sentence, sources)


def _why_none(
    con: duckdb.DuckDBPyConnection, asked: Asked, unknown_names: Sequence[str], *, is_any_near: bool
) -> str:
    """Return a message on what was not understood, which is why no answer is given."""
    reasons = [_why_unknown(con, name) for name in unknown_names]
    named = {plain for name in unknown_names for plain in book.plain(name).split()}
    reasons += _not_understood([word for word in asking.unheard(asked) if word not in named])
    unclear = f"No answer clearly fits {asked.words!r}"
    return " ".join([*reasons, f"{unclear}; the nearest:" if is_any_near else f"{unclear}."])


def _not_understood(unheard: Sequence[str]) -> list[str]:
    return [f"Not understood: {', '.join(unheard)}."] if unheard else []


def _unknown_names(asked: Asked) -> list[str]:
    """Return capitalised names that no mineral, country or answer has: companies, mines, persons."""
    unheard = asking.unheard(asked)
    named = re.findall(r"(?<=\s)[A-Z]\w{2,}", asked.words)
    return [name for name in dict.fromkeys(named) if book.plain(name) in unheard]


def _is_narrowed_by(names: Sequence[str], words: str) -> bool:
    """Return whether words ask about one of the names: its mines, or what it sells."""
    return any(re.search(rf"\b{_ABOUT} (?:\w+ ){{0,2}}{re.escape(name)}\b", words) for name in names)


def _why_unknown(con: duckdb.DuckDBPyConnection, name: str) -> str:
    """Return a message with the tables that have a name which `ask` does not know, if any has it."""
    found = con.execute(
        """
        select 'the list of facilities' as place
        from core.dim_facility where contains(lower(concat_ws(' ', name, operator)), lower($1))
        union
        select 'the list of public money'
        from marts.public_support where contains(lower(concat_ws(' ', recipient, project)), lower($1))
        order by place
        """,
        [name],
    ).fetchall()
    if not found:
        return f"Nothing named {name} is held."
    named = " and ".join(place for (place,) in found)
    return f"{name} is named in {named}, which `ask` does not search: `minerals find {name}` does."


def _of_each(asked: Asked, answer: Callable[[Asked], Reply | None]) -> Reply | None:
    """Return the answer for the first mineral that is named, with a separate table for each further one."""
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
        first=joined([found.first for _, found in replies]),
    )


def _of_mineral_by_name(con: duckdb.DuckDBPyConnection, asked: Asked) -> Reply | None:
    """Return the answer for a mineral named with a floor in dollars, or named without other words.

    With a floor, the answer has its imports below the floor; without other words, it has all its figures.
    Otherwise the answer is None.
    """
    if asked.usd and asked.mineral_id and "floor" in asked.wanted:
        return _of_each(asked, lambda one: floor(con, one))
    if asked.mineral_id and not asked.wanted:
        return _of_each(asked, lambda one: _of_mineral_alone(con, one))
    return None


def _of_mineral_alone(con: duckdb.DuckDBPyConnection, asked: Asked) -> Reply:
    """Return the imports of a mineral from the sellers that are named; without sellers, all its figures."""
    sellers = [place.code for place in asked.places if is_seller(place)]
    if sellers:
        return of_subject(con, "china" if sellers == ["CHN"] else "suppliers", asked)
    return of_sheet(con, asked)


def _in_its_words(words: str, asked: Asked) -> str | None:
    """Return the question of the book that has all the words, if only one has them."""
    found = book.matching(words)
    return str(found[0].number) if len(found) == 1 and asked.wanted and len(words.split()) > 1 else None
