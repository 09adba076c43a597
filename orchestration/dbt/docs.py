"""dbt's documentation of the models as one page beside the brief, written while the brief is drawn."""

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from orchestration.dbt.manifest import dbt_command
from orchestration.pipeline.writer import hold_writer_lock
from orchestration.settings import Settings

Finish = Callable[[], bool]


@contextmanager
def being_written(settings: Settings, tell: Callable[[str], None]) -> Iterator[Finish]:
    """Have dbt write `docs/index.html` beside the brief from the build as it stands.

    Yields:
        A function that waits for the page and says whether there is one. A failure is told and leaves the
        page of before: documentation holds up no figures.
    """
    target, page = settings.dbt_target_path, settings.brief_path.parent / "docs" / "index.html"
    generate = dbt_command("docs", "generate", "--static", "--no-compile", target=target)
    environment = {**os.environ, **settings.dbt_environment(), "DBT_LOG_PATH": str(target)}

    def finish() -> bool:
        said, _ = dbt.communicate()
        if dbt.returncode == 0:
            page.parent.mkdir(parents=True, exist_ok=True)
            (target / "static_index.html").replace(page)
        else:
            tell(f"dbt wrote no model documentation: {' '.join(said.split())[-300:]}")
        return page.exists()

    with (
        hold_writer_lock(settings, "brief", tell),
        subprocess.Popen(  # noqa: S603
            generate, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as dbt,
    ):
        try:
            yield finish
        finally:
            dbt.terminate()
