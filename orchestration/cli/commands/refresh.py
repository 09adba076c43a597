"""`minerals refresh`: fetch, build, check, publish and write the brief."""

from typing import Annotated

import typer

from orchestration.cli.exits import CommandFailedError, exit_on_error, exit_on_sigterm
from orchestration.cli.options import chosen_sources
from orchestration.cli.render import out, plain
from orchestration.settings import Settings, read_settings


def refresh(
    offline: Annotated[
        bool, typer.Option("--offline", help="Contact no publisher: use archived vintages, else the starter.")
    ] = False,
    sources: Annotated[str, typer.Option("--sources", help="Only these sources, separated by commas.")] = "",
    everything: Annotated[
        bool, typer.Option("--all", help="Include heavy sources (hundreds of MB).")
    ] = False,
    full: Annotated[
        bool, typer.Option("--full", help="Rebuild and publish even if nothing changed.")
    ] = False,
    deep: Annotated[
        bool,
        typer.Option("--deep", help="Fetch all periods that publishers revise; --all does so monthly."),
    ] = False,
) -> None:
    """Fetch what is new, rebuild, check, publish, and write the brief."""
    exit_on_sigterm()
    with exit_on_error():
        settings = read_settings()
        from orchestration.dbt.manifest import being_parsed  # noqa: PLC0415

        chosen = chosen_sources(sources)
        options = {
            "offline": offline or settings.offline,
            "include_heavy": everything,
            "force_rebuild": full,
            "sources": chosen,
            "wide_window": deep,
        }
        with being_parsed():
            # Loading Dagster takes seconds, in which dbt parses the project on the other core.
            from orchestration.cli.refresh import RefreshFailedError, run_nightly_job  # noqa: PLC0415

            try:
                result = run_nightly_job(settings, options, out)
            except RefreshFailedError as failure:
                raise CommandFailedError(str(failure)) from None
        out.print(f"\n[bold]{result}[/bold]")
        _print_paths(settings)


def _print_paths(settings: Settings) -> None:
    for name, path in (("warehouse", settings.published_path), ("brief", settings.brief_path)):
        if path.exists():
            out.print(plain(f"{name:<10} {path}"), soft_wrap=True)
