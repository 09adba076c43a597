"""`minerals find`: find minerals and questions by their words."""

from typing import Annotated

import typer

from orchestration.cli.exits import exit_on_error
from orchestration.cli.options import FormatOption, published
from orchestration.cli.render import OutputFormat, print_rows


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
