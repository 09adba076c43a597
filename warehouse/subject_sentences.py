"""The first sentence of an answer from a mineral's sheet, in the words and figures of its first row.

A share is written as the sheet has it, so no figure is rounded twice. A sentence without a figure states what
is not held, and why. Sources are the publishers of all rows, those of the first row first.
"""

import re
from calendar import month_name
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from warehouse import book
from warehouse.asking import Asked
from warehouse.first_lines import FirstLine, in_series, once, within
from warehouse.narrowing import Row, is_seller
from warehouse.sheet import Subject
from warehouse.subject_sources import TRACED, Cells, published, with_sources
from warehouse.traces import trace_of
from warehouse.units import capital, in_sentence, in_words, lowered, measured

FINISHED = "end_form"
"""The stage of finished goods, which a sentence begins with only if no other is known."""
_NOT_SEPARABLE = "not separable"
_NAMED = 3
"""Number of suppliers or producers that a sentence names."""
_SHARE = re.compile(r"(.+) ([<>]?\d+ %)")
_IN_CODE = "one code of several minerals"
_FEW = "less than USD 100 000"
_WITHOUT_OUTPUT = ("no home output", "no output stated")
"""Words in the coverage of a reliance that takes output which no table states as none."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """The beginning of an answer, its rows with the first one that it is about, and the note on its trace."""

    first: FirstLine
    rows: Sequence[Row]
    note: str = ""


def beginning(
    con: duckdb.DuckDBPyConnection,
    name: str,
    asked: Asked,
    found: Subject,
    first_stages: Sequence[str] = (),
) -> Beginning | None:
    """Return the beginning of an answer from a subject; None if the subject has none or there are no rows.

    A row of one of ``first_stages`` comes first. ``name`` is ``series`` for a row a year from one supplier.
    """
    if name not in _SENTENCES or not found.rows:
        return None
    ordered = _led(name, found, first_stages)
    cells = [dict(zip(found.columns, row, strict=True)) for row in ordered]
    behind = with_sources(con, name, asked, cells)
    of_first, *_ = of_rows = published(con, behind)
    sentence = _SENTENCES[name](con, asked, cells)
    first = FirstLine(
        (),
        (),
        capital(sentence),
        once(name for one in of_rows for name in one),
        _remarks(con, name, asked, cells),
        ordered[0],
        once(of_first),
    )
    traced = trace_of(con, [], behind[0], TRACED[name]) if behind[0].get("source_ids") else None
    return Beginning(first, ordered, traced.note if traced else "")


def _remarks(
    con: duckdb.DuckDBPyConnection, name: str, asked: Asked, cells: Sequence[Cells]
) -> Sequence[str]:
    """Return what a reader must know of the first row and need not quote."""
    if name == "dependency" or (name == "stocks" and cells[0]["days_of_use"] is not None):
        return _meanings(con, str(cells[0].get("coverage") or ""))
    return _of_neighbors(asked, cells) if name == "china" else ()


def _led(name: str, found: Subject, first_stages: Sequence[str]) -> list[Row]:
    """Return the rows with the one first that a sentence can be about."""
    columns, ordered = found.columns, [tuple(row) for row in found.rows]
    if name == "china":
        direct, year, stage = (columns.index(one) for one in ("direct", "year", "stage"))
        ordered.sort(
            key=lambda row: (
                str(row[direct]).startswith(_NOT_SEPARABLE),
                -int(row[year]),
                row[stage] == FINISHED,
            )
        )
    if name == "series":
        stage = columns.index("stage")
        years = Counter(row[stage] for row in ordered)
        ordered.sort(key=lambda row: -years[row[stage]])
    if name == "measures":
        # the rows of a table by country come after those with a title of their own
        title = columns.index("title")
        ordered.sort(key=lambda row: str(row[title])[:1].islower())
    if name == "rank":
        at = columns.index("rank")
        ordered.sort(key=lambda row: row[at] is None)
    if first_stages:
        at = columns.index("stage")
        ordered.sort(key=lambda row: row[at] not in first_stages)
    return ordered


def _meanings(con: duckdb.DuckDBPyConnection, coverage: str) -> list[str]:
    words = [one.strip().replace(" ", "_") for one in coverage.split(";")]
    known = dict(con.execute("select word, any_value(meaning) from meta.flag_words group by word").fetchall())
    return [known[word] for word in words if word in known and word not in ("complete", "ok")]


def _goods(asked: Asked, cells: Cells) -> str:
    """Return the mineral with its stage."""
    mineral = within(f"{asked.mineral}", "mineral")
    return f"{mineral} ({in_words(cells['stage'])})" if cells.get("stage") else mineral


def _area(cells: Cells) -> str:
    return within(str(cells["area"]), "area")


def _china(_con: duckdb.DuckDBPyConnection, asked: Asked, rows: Sequence[Cells]) -> str:
    led = rows[0]
    of, area, year = _goods(asked, led), _area(led), led["year"]
    direct, _, disputed = str(led["direct"]).partition("; disputed, US customs: ")
    if direct.startswith(_NOT_SEPARABLE):
        of = f"the {of} that {area} imported in {year}"
        return f"China's share of {of} is not known: one code has several minerals."
    value = f"USD {led['imports_usd_m']:,g} million"
    share = direct.replace("<", "less than ")
    both = str(led["direct_and_indirect"] or direct).replace("<1 to", "up to").replace("<", "less than ")
    partners = str(led["estimated_through"] or "")
    through = f", mostly {within(partners, 'estimated_through')}," if partners else ""
    through = f"other countries{through}"
    more = f"; with Chinese goods that came through {through.rstrip(',')}, it is an estimated {both}"
    if direct == "0 %":
        none = f", nor any estimated to have come through {through}"
        text = f"In {year}, {area} imported {of} worth {value}, with none recorded from China"
        text += none if both == "0 %" else more
    else:
        text = f"In {year}, China supplied {share} of the {value} of {of} that {area} imported"
        text += more if both != share else ""
    text += f"; US customs state {disputed}" if disputed else ""
    return f"{text}."


def _of_neighbors(asked: Asked, rows: Sequence[Cells]) -> list[str]:
    """Return a remark with China's direct share for Canada and Mexico, if the first row is of the USA."""
    led = rows[0]
    shares = [
        f"{_none(one['direct'])} for {one['area']}"
        for one in rows[1:]
        if (one["stage"], one["year"]) == (led["stage"], led["year"]) and one["area"] in ("Canada", "Mexico")
    ]
    if not shares or led["area"] != "United States":
        return []
    return [f"China's direct share of {_goods(asked, led)} is {in_series(shares)}"]


def _none(share: Any) -> str:
    text = str(share).partition(";")[0]
    return "none recorded" if text == "0 %" else text.replace("<", "less than ")


def _suppliers(_con: duckdb.DuckDBPyConnection, asked: Asked, rows: Sequence[Cells]) -> str:
    led = rows[0]
    of, area = _goods(asked, led), _area(led)
    first, _, last = str(led["years"]).partition("-")
    when = f"from {first} to {last}" if last else f"in {first}"
    named, notes = _shares(led["largest_first"]), str(led["which_to_quote"])
    by = f", by {led['shares_by']}" if any(named.values()) else ", without printed shares"
    by += ", as USGS prints it" if last else ""
    of = f"goods of a code that has several minerals, {of} among them," if _IN_CODE in notes else of
    sellers = [place.name for place in asked.places if is_seller(place)]
    if sellers:
        shares = [
            f"{within(one, 'country')} supplied {_plain(named[one])} of the {of} that {area} imported"
            if named.get(one)
            else f"{within(one, 'country')} is not among the five largest suppliers that {area} had of {of}"
            for one in sellers
        ]
        text = f"{when}, {in_series(shares)}{by}"
    else:
        largest = [*named][:_NAMED]
        text = f"{when}, {area} imported {of} above all from {_listed(named)}{by}"
        unmade = [one for one in str(led["no_output_listed_of"] or "").split(", ") if one in largest]
        if unmade:
            places = in_series(within(one, "country") for one in unmade)
            text += f"; no output of it is listed for {places}, which may pass on what others make"
    if _FEW in notes:
        text += "; the imports are worth less than USD 100,000, a lot or two"
    return f"{text}."


def _shares(listed: Any) -> dict[str, str]:
    """Return the share of each place in a list such as ``China 55 %, others 19 %``, without the others."""
    found: dict[str, str] = {}
    for one in str(listed or "").split(", "):
        share = _SHARE.fullmatch(one)
        name = share[1] if share else one
        if name and name != "others":
            found[name] = share[2] if share else ""
    return found


def _listed(named: Mapping[str, str]) -> str:
    return in_series(
        f"{within(name, 'country')} ({share})" if share else within(name, "country")
        for name, share in [*named.items()][:_NAMED]
    )


def _plain(share: str) -> str:
    return share.replace("<", "less than ").replace(">", "more than ")


def _series(_con: duckdb.DuckDBPyConnection, asked: Asked, rows: Sequence[Cells]) -> str:
    led = rows[0]
    of_stage = [one for one in rows if one["stage"] == led["stage"] and one["supplier_share"] is not None]
    of, area, seller = _goods(asked, led), _area(led), within(str(led["supplier"]), "country")
    if not of_stage:
        return f"What {seller} supplied of the {of} that {area} imported is not held for any of these years."
    alike = [one for one in of_stage if one["basis"] == of_stage[0]["basis"]]
    ends = [alike[0], alike[-1]] if len(alike) > 1 else alike
    shares = in_series(f"{_share_of(one['supplier_share'])} in {one['year']}" for one in ends)
    text = f"of the {of} that {area} imported, {seller} supplied {shares} (by {led['shares_by']})"
    last = of_stage[-1]
    if last["basis"] != alike[0]["basis"]:
        by = "by customs value" if last["basis"] == "customs_value" else f"by {last['shares_by']}"
        text += f"; {_share_of(last['supplier_share'])} in {last['year']} {by}, which is counted otherwise"
    return f"{text}."


def _share_of(share: Any) -> str:
    return "none recorded" if share == 0 else measured(share, "supplier_share").replace("<", "less than ")


def _dependency(con: duckdb.DuckDBPyConnection, asked: Asked, rows: Sequence[Cells]) -> str:
    led = rows[0]
    mineral, area, found = within(f"{asked.mineral}", "mineral"), _area(led), str(led["net_import_reliance"])
    of, year, printed = _goods(asked, led), led["year"], led["as_usgs_prints_it"]
    begins = f"the net import reliance of {area} on"
    if found == "not held":
        code = next(code for code, name in book.place_names(con).items() if name == led["area"])
        [(why,)] = con.execute(
            "select why_not_held('net_import_reliance', $1, $2)", [code, asked.mineral_id]
        ).fetchall()
        why = why.removeprefix("not held").removeprefix(": ").removeprefix(", ")
        return f"{begins} {mineral} is not held: {why}."
    if found in ("not determined", "not known"):
        why = _meanings(con, str(led["coverage"] or ""))
        return f"{begins} {of} is not known ({year}){f': {lowered(why[0])}' if why else ''}."
    quoted = (
        ", as USGS prints it"
        if printed == found
        else f" (USGS prints {_plain(str(printed))})"
        if printed
        else ""
    )
    if found == "net exporter":
        return f"{area} exported more {of} than it imported in {year}: a net exporter{quoted}."
    if found.startswith("net exporter to "):
        return (
            f"{begins} {of} in {year} lies between none, as a net exporter, and"
            f" {found.removeprefix('net exporter to ')}{quoted}."
        )
    between = "between " if " to " in found else ""
    is_inferred = any(word in str(led["coverage"]) for word in _WITHOUT_OUTPUT)
    was = "was, by inference," if is_inferred else "was"
    return f"{begins} {of} {was} {between}{found.replace(' to ', ' and ')} in {year}{quoted}."


def _producers(_con: duckdb.DuckDBPyConnection, asked: Asked, rows: Sequence[Cells]) -> str:
    led = rows[0]
    of, named, year = _goods(asked, led), _shares(led["share_of_world_output"]), led["year"]
    makers = [place.name for place in asked.places if place.name in named]
    if not named:
        return f"No country has a printed share of the world's output of {of} in {year}."
    if makers:
        text = f"in {year}, " + in_series(
            f"{within(one, 'country')} had {_plain(named[one])} of the world's output of {of}"
            for one in makers
        )
        largest = next(iter(named))
        text += (
            ""
            if largest in makers
            else f"; the largest producer is {within(largest, 'country')} ({named[largest]})"
        )
    else:
        verb = "had the largest shares" if len(named) > 1 else "had the largest share"
        text = f"in {year}, {_listed(named)} {verb} of the world's output of {of}"
        least = led["the_three_at_least"]
        least = "less than 1 %, if any" if least == "0 %" else f"at least {least}"
        text += f"; the United States, Canada and Mexico together had {least}"
    return f"{text} (USGS, edition of {led['edition']})."


def _prices(_con: duckdb.DuckDBPyConnection, asked: Asked, rows: Sequence[Cells]) -> str:
    quoted = [one for one in rows if str(one["which_to_quote"]).startswith("quote: ")] or rows[:1]
    quoted = quoted if quoted[0] is rows[0] else [rows[0]]
    texts = []
    for one in quoted:
        change = str(one["against_a_year_before"] or "")
        compared = ""
        if change:
            amount = change.lstrip("+-")
            side = "above" if change.startswith("+") else "below"
            compared = "as a year before" if amount == "0 %" else f"{amount} {side} the year before"
            compared = f", {'the same ' if amount == '0 %' else ''}{compared}"
        price = in_sentence(one["price_usd_per_kg"], "price_usd_per_kg")
        goods = _goods(asked, one)
        texts.append(f"that of {goods} was {price} in {_period(str(one['period']))}{compared}")
    text = "; ".join(texts).replace("that of", "the price of", 1)
    note = str(quoted[0]["which_to_quote"])
    limits = [one for one in note.split("; ") if one.startswith(("not a reference price", "per kg of"))]
    return f"{text}{f' ({in_series(limits)})' if limits else ''}."


def _period(period: str) -> str:
    year, _, month = period.partition("-")
    return f"{month_name[int(month)]} {year}" if month else year


def _stocks(con: duckdb.DuckDBPyConnection, asked: Asked, rows: Sequence[Cells]) -> str:
    led = rows[0]
    mineral, year = within(f"{asked.mineral}", "mineral"), led["year"]
    whys = [lowered(one) for one in _meanings(con, str(led["coverage"] or ""))]
    if led["days_of_use"] is None:
        why = f": {'; '.join(whys)}" if whys else ""
        return f"How many days US stocks of {mineral} would last is not known ({year}){why}."
    days = measured(int(led["days_of_use"]), "days_of_use")
    text = f"US stocks of {mineral} at industry and exchanges would last {days} of US use ({year}, USGS)"
    if led["buy_t"] == 0:
        text += "; they already suffice for a joint stock of 90 days"
    elif led["buy_t"] is not None:
        text += f"; a joint stock of 90 days would take another {measured(led['buy_t'], 'buy_t')}"
        if led["buy_cost_usd"]:
            at_price = _period(str(led["at_the_price_of"]))
            text += (
                f", for {in_sentence(int(led['buy_cost_usd']), 'buy_cost_usd')} at the price of {at_price}"
            )
    return f"{text}."


def _rank(_con: duckdb.DuckDBPyConnection, asked: Asked, rows: Sequence[Cells]) -> str:
    led = rows[0]
    mineral, area = within(f"{asked.mineral}", "mineral"), _area(led)
    if led["rank"] is None:
        return f"{mineral} is not ranked for {area} ({led['year']}): too little is known."
    low, _, high = str(led["rank_range"]).partition(" to ")
    place = f"place {low}" if low == high else f"any place from {low} to {high}"
    score = measured(led["score"], "score")
    return (
        f"{mineral} ranks {_ordinal(led['rank'])} in vulnerability for {area} ({led['year']}), 1st being the"
        f" most vulnerable, with a score of {score} of 100; bounds and weights allow {place}."
    )


def _ordinal(rank: int) -> str:
    ends = {1: "st", 2: "nd", 3: "rd"}
    return f"{rank}{'th' if rank % 100 in (11, 12, 13) else ends.get(rank % 10, 'th')}"


_FACILITIES = {"mine": ("mine", "mines"), "processing": ("processing plant", "processing plants")}


def _projects(_con: duckdb.DuckDBPyConnection, asked: Asked, rows: Sequence[Cells]) -> str:
    mineral = within(f"{asked.mineral}", "mineral")
    by_area: dict[str, list[str]] = {}
    for one in rows:
        names = _FACILITIES.get(str(one["stage"]), ("site of no stated kind", "sites of no stated kind"))
        count, phase = one["facilities"], str(in_words(one["phase"]))
        if not count:
            text = f"no {names[0]}"
        else:
            text = f"{count:,} {names[count != 1]}"
            on_hold = f", {one['on_hold']} on hold" if one["on_hold"] else ""
            text += f" ({'phase not stated' if phase == 'not stated' else phase}{on_hold})"
        by_area.setdefault(_area(one), []).append(text)
    listed = "; ".join(f"in {area} {in_series(texts)}" for area, texts in by_area.items())
    dates = [one["listed_on"] for one in rows if one["listed_on"]]
    dated = f", as of {min(dates)}" if dates else ""
    dated += f" to {max(dates)}" if dates and max(dates) != min(dates) else ""
    return f"public lists, which are not exhaustive, name for {mineral}{dated}: {listed}."


def _measures(_con: duckdb.DuckDBPyConnection, asked: Asked, rows: Sequence[Cells]) -> str:
    led, further = rows[0], rows[1:]
    mineral, title = within(f"{asked.mineral}", "mineral"), str(led["title"])
    # a title in lower case is that of a table by country
    title = f"{led['by_country']}: {title}" if title[:1].islower() else title
    text = f"{title} ({_state(led)})"
    if not further:
        return f"{text}; no further measure that names {mineral} is on record."
    in_force = sum("in force" in (one["status"], one["last_known"]) for one in further)
    return (
        f"{text}; of {len(further)} further measures listed that name {mineral},"
        f" {in_force} {'was' if in_force == 1 else 'were'} in force as last known."
    )


def _state(measure: Cells) -> str:
    """Return how a measure stands, and on which day that was last known."""
    status, through, due = str(measure["status"]), measure["known_through"], measure["next_date"]
    if status == "scheduled":
        return f"scheduled for {due}"
    known = f"{measure['last_known'] or status} as last known on {through}"
    since = "; its term has lapsed, and what holds since is not known" if "lapsed" in status else ""
    return f"{known}{f', next date {due}' if due else ''}{since}"


_SENTENCES: dict[str, Callable[[duckdb.DuckDBPyConnection, Asked, Sequence[Cells]], str]] = {
    "china": _china,
    "suppliers": _suppliers,
    "series": _series,
    "dependency": _dependency,
    "producers": _producers,
    "prices": _prices,
    "measures": _measures,
    "stocks": _stocks,
    "rank": _rank,
    "projects": _projects,
}
