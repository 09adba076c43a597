"""DuckDB for browsers, an optional part: installed by npm from our lock, and served next to the brief.

The lock pins every package by hash. The packages are neither in the repository nor loaded from another host.
"""

import shutil
import subprocess
import tempfile
from hashlib import sha256
from pathlib import Path

HERE = Path(__file__).parent
LOCK = HERE / "engine-lock.json"
"""The npm lock file of the engine, with versions and hashes but without addresses."""
INSTALLS_WITHIN_S = 900
FILES = {
    "duckdb.worker.js": "@duckdb/duckdb-wasm/dist/duckdb-browser-eh.worker.js",
    "duckdb.wasm": "@duckdb/duckdb-wasm/dist/duckdb-eh.wasm",
    "parquet.js": "parquet-wasm/esm/parquet_wasm.js",
    "parquet_wasm_bg.wasm": "parquet-wasm/esm/parquet_wasm_bg.wasm",
    "LICENSE.arrow.txt": "apache-arrow/LICENSE.txt",
    "LICENSE.parquet.txt": "parquet-wasm/LICENSE_MIT",
    "README.duckdb.md": "@duckdb/duckdb-wasm/README.md",
}
"""Files of the engine, and where npm puts each."""
ARROW = "apache-arrow/Arrow.es2015.min.js"
CLIENT = "@duckdb/duckdb-wasm/dist/duckdb-browser.cjs"


class EngineError(RuntimeError):
    """npm is missing or could not install the packages; the message is a sentence."""


def name() -> str:
    """Name of the engine's folder. It changes with the lock, so browsers may cache the files for good."""
    return f"engine-{sha256(LOCK.read_bytes()).hexdigest()[:12]}"


def install(folder: Path) -> Path:
    """Install the engine pinned by the lock, unless it is already installed.

    Args:
        folder: Receives a complete `engine-<hash>` or nothing; created if missing.

    Returns:
        The engine's folder.

    Raises:
        EngineError: npm is missing or failed.
    """
    target = folder / name()
    if target.is_dir():
        return target
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".engine-") as made:
        work = Path(made)
        shutil.copy(HERE / "package.json", work)
        shutil.copy(LOCK, work / "package-lock.json")
        _npm(work)
        part = work / "part"
        part.mkdir()
        for file, source in FILES.items():
            shutil.copy(work / "node_modules" / source, part / file)
        (part / "duckdb.js").write_text(_client(work / "node_modules"), encoding="utf-8")
        part.rename(target)
    for older in folder.glob("engine-*"):
        if older != target:
            shutil.rmtree(older)
    return target


def _npm(work: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise EngineError(
            "DuckDB for browsers is installed by npm, which was not found: install Node.js first."
        )
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--omit=dev"]
    try:
        done = subprocess.run(  # noqa: S603
            command, cwd=work, capture_output=True, text=True, timeout=INSTALLS_WITHIN_S, check=False
        )
    except subprocess.TimeoutExpired:
        raise EngineError(f"npm did not finish within {INSTALLS_WITHIN_S} s: try again.") from None
    if done.returncode != 0:
        errors = [line.removeprefix("npm error ") for line in done.stderr.splitlines() if "npm error" in line]
        raise EngineError(
            f"npm could not install DuckDB for browsers: {' '.join(errors[:2]) or 'no reason given'}"
        )


def _client(modules: Path) -> str:
    """DuckDB's client and the Arrow library that it requires, as one classic script."""
    arrow, client = ((modules / path).read_text(encoding="utf-8") for path in (ARROW, CLIENT))
    return (
        f"{arrow}\n;(() => {{ const module = {{ exports: {{}} }}, require = () => Arrow;\n{client}\n"
        ";globalThis.duckdb = module.exports; })();\n"
    )
