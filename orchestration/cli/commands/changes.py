"""`minerals changes`: what the last publication changed."""

from typing import Any

from orchestration.cli.exits import exit_on_error
from orchestration.cli.options import FormatOption, published
from orchestration.cli.render import OutputFormat, measured, out, plain, print_in_words, print_json
from orchestration.settings import read_settings
from warehouse.units import heading

_CHANGES = {
    "Revised by the publishers, the largest first": """
        select
            table_name, mineral_id, period, measure, old_value, new_value, unit,
            if(unit = '%', null, round(change_pct, 1)) as change_pct,
            if(unit = '%', round(new_value - old_value, 1), null) as change_pp,
            vintage_to
        from marts.revisions
        where change_pct is not null
        order by vintage_to desc, abs(if(unit = '%', new_value - old_value, change_pct)) desc
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


def in_words(value: Any) -> Any:
    """A cell for display: lists as text, a changed figure as from and to, a status in words."""
    if isinstance(value, list):
        return "; ".join(str(in_words(one)) for one in value)
    if isinstance(value, dict) and "column" in value:
        from warehouse.diff import movement  # noqa: PLC0415

        key = " ".join(part for part in value["key"].values() if part)
        moved = movement(value["column"], value["old"], value["new"], value.get("change_pct"))
        old, new = (measured(value[side], value["column"]) or "none" for side in ("old", "new"))
        return f"{key} {heading(value['column'])}: {old} to {new}{moved}"
    if isinstance(value, str) and value in _STATUSES:
        return value.replace("_", " ")
    return value


_STATUSES = ("in_force", "not_known_after", "suspension_lapsed_unverified", "under_way")


def changes(output: FormatOption = OutputFormat.table) -> None:
    """What the last publication changed from the previous one, what was revised, and what is due."""
    from orchestration.cli.status import read_status  # noqa: PLC0415
    from warehouse import book  # noqa: PLC0415
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
                labelled = [
                    tuple(
                        heading(value) if name == "measure" else in_words(value)
                        for name, value in zip(names, row, strict=True)
                    )
                    for row in rows
                ]
                print_in_words(*book.named(con, names, labelled), out)
            else:
                out.print("nothing", highlight=False)
            out.print()
