"""`make model M=fct_trade`: dbt on one model or unit test in the existing build, as a refresh runs it.

Its artifacts are kept apart from those of the last refresh, from which a publication is made.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence

from orchestration.dbt.manifest import DBT_EXECUTABLE, PROJECT_DIR, ensure_manifest, seed_partial_parse
from orchestration.pipeline.writer import hold_writer_lock
from orchestration.settings import deny_others_writing, read_settings


def run(names: Sequence[str]) -> int:
    """Build models with their tests, or run unit tests, by dbt's selectors; returns dbt's exit code.

    dbt's `build` silently skips a unit test whose model is not built, so unit tests are run by `test`.
    """
    settings = read_settings()
    target = settings.dbt_target_path / "by_hand"
    target.mkdir(parents=True, exist_ok=True)
    manifest = ensure_manifest()
    seed_partial_parse(manifest, target)
    environment = {
        **os.environ,
        **settings.dbt_environment(),
        # Incremental models read it to know which code built them (macros/incremental_trade.sql).
        "MINERALS_PROJECT": manifest.stem,
        "DBT_LOG_PATH": str(target),
    }
    folders = ["--project-dir", str(PROJECT_DIR), "--profiles-dir", str(PROJECT_DIR)]
    tests = {test["name"] for test in json.loads(manifest.read_bytes())["unit_tests"].values()}
    verb = "test" if tests.issuperset(names) else "build"
    command = [str(DBT_EXECUTABLE), verb, "--select", *names, *folders, "--target-path", str(target)]
    with hold_writer_lock(settings, "make model", lambda waiting: print(waiting, file=sys.stderr)):  # noqa: T201
        return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603


def main() -> None:
    """Run the models or unit tests named on the command line."""
    deny_others_writing()
    names = [name for name in sys.argv[1:] if name]
    if not names:
        sys.exit("Name a model or a unit test, such as M=fct_trade or M='fct_trade fct_price'.")
    if not read_settings().build_path.exists():
        sys.exit(f"There is no {read_settings().build_path} yet: make refresh ARGS=--offline builds it.")
    sys.exit(run(names))


if __name__ == "__main__":
    main()
