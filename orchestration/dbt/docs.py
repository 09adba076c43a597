"""dbt's documentation of the models as one page next to the brief, generated in parallel with the brief.

It shows the dbt project and no figures, so it is generated once for each state of the project.
"""

import os
import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from orchestration.dbt.manifest import dbt_command, manifest_path
from orchestration.pipeline.writer import hold_writer_lock
from orchestration.settings import Settings
from warehouse.files import replace_file

Finish = Callable[[], bool]


@contextmanager
def being_written(settings: Settings, report: Callable[[str], None]) -> Iterator[Finish]:
    """Have dbt write `docs/index.html` next to the brief, unless it is up to date.

    Yields:
        A function that waits for the page and returns whether it exists. A failure is logged and keeps the
        previous page, since documentation must not delay a publication.
    """
    target, page = settings.dbt_target_path, settings.brief_path.parent / "docs" / "index.html"
    mark, project = settings.home / ".documented_project", manifest_path().stem
    if page.exists() and mark.exists() and mark.read_text() == project:
        yield page.exists
        return
    generate = dbt_command("docs", "generate", "--static", "--no-compile", target=target)
    environment = {**os.environ, **settings.dbt_environment(), "DBT_LOG_PATH": str(target)}

    def finish() -> bool:
        output, _ = dbt.communicate()
        if dbt.returncode == 0:
            page.parent.mkdir(parents=True, exist_ok=True)
            written = (target / "static_index.html").read_text(encoding="utf-8")
            replace_file(page, without_folders(written))
            mark.write_text(project)
        else:
            report(f"dbt wrote no model documentation: {' '.join(output.split())[-300:]}")
        return page.exists()

    with (
        hold_writer_lock(settings, "brief", report),
        subprocess.Popen(  # noqa: S603
            generate, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as dbt,
    ):
        try:
            yield finish
        finally:
            dbt.terminate()


def without_folders(page: str) -> str:
    """The page without the folders of this machine, since it is served to readers."""
    return _FOLDERS.sub(r'"\1": ""', page)


_FOLDERS = re.compile(r'"(root_path|build_path|compiled_path)": "(?:[^"\\]|\\.)*"')
