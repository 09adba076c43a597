"""`minerals sources`: facts about the sources."""

from datetime import date

from orchestration.cli.exits import exit_on_error
from orchestration.cli.options import FormatOption
from orchestration.cli.render import OutputFormat, out, print_rows
from orchestration.settings import read_settings


def sources(output: FormatOption = OutputFormat.table) -> None:
    """Every source: what it is, its cadence and licence, its newest period, and how it was fetched."""
    with exit_on_error():
        from orchestration.cli.status import (  # noqa: PLC0415
            last_outcome,
            print_source_facts,
            served_since,
        )
        from orchestration.pipeline.outcome_text import FROM  # noqa: PLC0415
        from orchestration.pipeline.sources import modules  # noqa: PLC0415
        from warehouse.units import period_name  # noqa: PLC0415

        columns = ["source_id", "title", "publisher", "cadence", "weight", "key", "licence", "homepage"]
        rows = []
        for source in (module.SOURCE for module in modules().values()):
            outcome = last_outcome(read_settings().outcomes_dir, source.id)
            newest = outcome.get("newest_period") and date.fromisoformat(outcome["newest_period"])
            data_to = period_name(newest, source.cadence) if newest else ""
            rows.append(
                (
                    source.id,
                    source.title,
                    source.publisher,
                    source.cadence,
                    "heavy" if source.heavy else "light",
                    source.key_env or "",
                    source.licence,
                    source.homepage,
                    source.drop_in,
                    data_to,
                    FROM.get(outcome.get("mode", ""), ""),
                    served_since(outcome),
                )
            )
        columns += ["drop_in", "data_to", "served_from", "as_of"]
        if output is OutputFormat.table:
            print_source_facts([dict(zip(columns, row, strict=True)) for row in rows], out)
        else:
            print_rows(columns, rows, output)
