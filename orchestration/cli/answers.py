"""The commands for who knows no table: find, show, compare, ask, changes."""

from typing import Annotated, Any

import typer

from orchestration.cli.exits import CommandFailedError, exit_on_error
from orchestration.cli.questions import FormatOption, published
from orchestration.cli.render import OutputFormat, out, plain, print_json, print_rows, print_table, wrapped
from orchestration.settings import read_settings

MineralArgument = Annotated[
    str, typer.Argument(help="Name in English, Spanish or French, symbol or id, such as galio.")
]


def find(
    words: Annotated[str, typer.Argument(help="Part of a name, a symbol, or digits of a tariff code.")],
    output: FormatOption = OutputFormat.table,
) -> None:
    """Find minerals by name in three languages, symbol or tariff code, and questions by their words."""
    from warehouse.book import matching  # noqa: PLC0415

    with exit_on_error(), published() as con:
        answer = con.execute(
            """
            select mineral_id, string_agg(distinct mineral_name, ', ' order by mineral_name) as found_as
            from core.dim_mineral_name
            where contains(strip_accents(lower(mineral_name)), strip_accents(lower($1)))
            group by mineral_id
            union all
            select mineral_id, concat(nomenclature, ' ', hs_code, ': ', any_value(description)) as found_as
            from core.dim_product
            where
                length(regexp_replace($1, '[. ]', '', 'g')) >= 4
                and (
                    starts_with(hs_code, regexp_replace($1, '[. ]', '', 'g'))
                    or starts_with(regexp_replace($1, '[. ]', '', 'g'), hs_code)
                )
            group by mineral_id, nomenclature, hs_code
            order by all
            """,
            [words],
        ).fetchall()
        rows = [*answer, *((f"question {question.number}", question.text) for question in matching(words))]
        if not rows:
            # refused with the nearest names
            con.execute("select mineral_called($1)", [words])
        print_rows(["mineral_or_question", "found_as"], rows, output)


def show(
    mineral: MineralArgument,
    year: Annotated[int | None, typer.Option("--year", help="The newest figures up to this year.")] = None,
    output: FormatOption = OutputFormat.table,
) -> None:
    """All that is held of one mineral: reliance, suppliers, output, prices, duties, controls, stocks."""
    from warehouse.sheet import data_to, read_sheet  # noqa: PLC0415

    with exit_on_error(), published() as con:
        sheet = read_sheet(con, mineral, year)
        if output is not OutputFormat.table:
            print_json(sheet.as_dict())
            return
        out.print(plain(f"{sheet.name} ({sheet.mineral_id})", "bold"))
        out.print(wrapped(data_to(con), out), highlight=False, soft_wrap=True)
        if sheet.note:
            out.print(wrapped(sheet.note, out), highlight=False, soft_wrap=True)
        for subject in sheet.subjects:
            out.print()
            out.print(plain(wrapped(subject.title, out), "bold"), soft_wrap=True)
            if subject.rows:
                print_table(subject.columns, subject.rows, out)
            else:
                out.print("nothing is held", highlight=False)


def compare(mineral: MineralArgument, output: FormatOption = OutputFormat.table) -> None:
    """Who of the three imports a mineral from where: USA, Canada, Mexico and North America side by side."""
    from warehouse.connect import fetch  # noqa: PLC0415

    with exit_on_error(), published() as con:
        columns, rows = fetch(con, "from compare_three($1)", [mineral])
        if not rows:
            reason = con.execute(
                "select why_not_held('imports_by_supplier', 'USMCA', mineral_called($1))", [mineral]
            ).fetchall()[0][0]
            raise CommandFailedError(f"Imports of {mineral} by the three: {reason}.")
        print_rows(columns, rows, output)


def ask(
    question: Annotated[
        str | None, typer.Argument(help="Number of a question, or words of it; by default all are listed.")
    ] = None,
    output: FormatOption = OutputFormat.table,
) -> None:
    """Answer a question of the query book, by its number or by words of it."""
    from warehouse.book import answer, matching, questions  # noqa: PLC0415

    with exit_on_error():
        found = matching(question) if question else questions()
        if not found:
            raise CommandFailedError(f"No question has {question!r}; `minerals ask` lists all.")
        if len(found) > 1:
            print_rows(["question", "text"], [(one.number, one.text) for one in found], output)
            return
        with published() as con:
            columns, rows = answer(con, found[0])
            if output is OutputFormat.table:
                out.print(plain(wrapped(found[0].text, out), "bold"), soft_wrap=True)
            print_rows(columns, rows, output)


def changes(output: FormatOption = OutputFormat.table) -> None:
    """What the last publication changed against the one before, what was revised, and what is due."""
    from orchestration.cli.status import read_status  # noqa: PLC0415
    from warehouse.connect import fetch  # noqa: PLC0415

    with exit_on_error(), published() as con:
        status = read_status(read_settings())
        parts: dict[str, tuple[list[str], list[Any]]] = {}
        changed = status.publication.changes if status.publication else []
        names = list(changed[0]) if changed else []
        parts["Changed since the previous publication"] = (names, [list(row.values()) for row in changed])
        for title, sql in _CHANGES.items():
            parts[title] = fetch(con, sql)
        if output is not OutputFormat.table:
            print_json(
                {
                    title: [dict(zip(names, row, strict=True)) for row in rows]
                    for title, (names, rows) in parts.items()
                }
            )
            return
        for title, (names, rows) in parts.items():
            out.print(plain(title, "bold"))
            if rows:
                print_table(names, rows, out)
            else:
                out.print("nothing", highlight=False)
            out.print()


_CHANGES = {
    "Revised by the publishers, the largest first": """
        select
            table_name, mineral_id, period, measure, old_value, new_value, unit,
            round(change_pct, 1) as change_pct, vintage_to
        from marts.revisions
        where change_pct is not null
        order by vintage_to desc, abs(change_pct) desc
        limit 10
    """,
    "Due, and in force until": """
        select next_date, days_until, title, status
        from marts.policy_calendar
        where next_date is not null
        order by next_date
        limit 10
    """,
    "Unknown after the last day of its evidence": """
        select known_through, title, last_known_status
        from marts.policy_calendar
        where status = 'suspension_lapsed_unverified'
        order by known_through, title
        limit 10
    """,
}
