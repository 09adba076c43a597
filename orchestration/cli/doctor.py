"""Diagnosis of the sources on this machine: a minimal request to every publisher, all in parallel."""

import queue
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from rich.console import Console

from ingest.archive import Archive, State
from ingest.fetch import FetchContext
from ingest.http import HOSTS_DOWN_IS_NO_NETWORK
from ingest.probe import Finding, Key, Shape, ask, interactive_policy
from orchestration.cli.render import plain, print_table, wrapped
from orchestration.pipeline.outcomes import load_outcome
from orchestration.pipeline.sources import fetch_options, modules, open_http
from orchestration.settings import Settings
from warehouse.units import period_name

LONGEST_S: Final = 90.0
"""Seconds for all sources together; slower ones are not waited for."""
NO_NETWORK_S: Final = 5.0
"""If several hosts failed and none answered within these seconds, the network is considered down."""
COLUMNS: Final = ("source_id", "state", "key", "shape", "newest_there", "newest_here", "said", "advice")
"""Published names; ``said`` is the message of the finding."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The state of one source: its publisher's response, and the data held here."""

    source_id: str
    state: str
    key: Key
    shape: Shape
    newest_there: str
    newest_here: str
    said: str
    advice: str
    host: str
    seconds: float

    def row(self) -> tuple[str, ...]:
        """The values of its `COLUMNS`."""
        return tuple(str(getattr(self, name)) for name in COLUMNS)


class NoNetworkError(RuntimeError):
    """No publisher can be reached from this machine."""


def examine(settings: Settings, source_ids: Iterable[str] = ()) -> list[Diagnosis]:
    """Probe sources in parallel, by default all of them.

    Raises:
        NoNetworkError: No publisher was reached.
    """
    chosen = {name: module for name, module in modules().items() if name in (set(source_ids) or modules())}
    answered: queue.Queue[Finding] = queue.Queue()
    with tempfile.TemporaryDirectory() as nothing, open_http(settings) as http:

        def probe(module: Any) -> None:
            asked = fetch_options(module.SOURCE, settings, http)
            policy = interactive_policy(
                getattr(module, "KEYED_POLICY", module.POLICY) if asked.key else module.POLICY
            )
            base_url = asked.base_url or module.SOURCE.base_url
            context = FetchContext(
                module.SOURCE.id, base_url, policy, Archive(Path(nothing)), State(), datetime.now(UTC), asked
            )
            answered.put(ask(module, context))

        live = {name: module for name, module in chosen.items() if hasattr(module, "plan")}
        for module in live.values():  # daemons: a thread that hangs in the resolver must not delay the exit
            threading.Thread(target=probe, args=(module,), daemon=True).start()
        findings = _collect(answered, live)
    by_hand = [
        Finding(name, "", "by hand", "not needed", "not seen") for name in chosen.keys() - findings.keys()
    ]
    found = findings | {finding.source_id: finding for finding in by_hand}
    return [_diagnosis(found[name], chosen[name].SOURCE.cadence, settings) for name in chosen]


def _collect(answered: "queue.Queue[Finding]", live: Mapping[str, Any]) -> dict[str, Finding]:
    """Yield diagnoses as they arrive, until all are there or the time is up."""
    begun = time.monotonic()
    found: dict[str, Finding] = {}
    while len(found) < len(live):
        left = LONGEST_S - (time.monotonic() - begun)
        is_silent = found and not any(finding.reached for finding in found.values())
        hosts = {finding.host for finding in found.values()}
        if is_silent and len(hosts) >= HOSTS_DOWN_IS_NO_NETWORK:
            left = min(left, NO_NETWORK_S - (time.monotonic() - begun))
        try:
            finding = answered.get(timeout=max(0.0, left))
        except queue.Empty:
            break
        found[finding.source_id] = finding
    hosts = {finding.host for finding in found.values()}
    if len(hosts) >= HOSTS_DOWN_IS_NO_NETWORK and not any(finding.reached for finding in found.values()):
        message = next((finding.message for finding in found.values()), "nobody answered.")
        raise NoNetworkError(
            f"No publisher can be reached from this machine ({message.rstrip('.')}): look at its network, "
            "and at HTTPS_PROXY if it needs a proxy; `minerals refresh --offline` works without."
        )
    for name, module in live.items():
        if name not in found:
            message = f"No answer within {LONGEST_S:.0f} s."
            advice = "No action needed unless it lasts for days."
            host = module.SOURCE.base_url or ""
            found[name] = Finding(name, host, "not reached", "not tried", "not seen", message, advice)
    return found


def need_attention(diagnoses: Iterable[Diagnosis]) -> bool:
    """Whether any source needs someone's attention."""
    return any(diagnosis.state == "attention" for diagnosis in diagnoses)


def _diagnosis(finding: Finding, cadence: str, settings: Settings) -> Diagnosis:
    held = load_outcome(settings.outcomes_dir, finding.source_id)
    there, here = finding.probe.release, ""
    if finding.probe.newest:
        there = period_name(finding.probe.newest, cadence)
        here = period_name(held.newest_period, cadence) if held and held.newest_period else "nothing"
    elif there:
        partitions = {file.partition for file in held.tables} if held else set()
        here = "the same" if there in partitions else "older" if held else "nothing"
    elif held and held.newest_period:
        here = period_name(held.newest_period, cadence)
    return Diagnosis(
        source_id=finding.source_id,
        state=finding.state,
        key=finding.key,
        shape=finding.shape,
        newest_there=there,
        newest_here=here,
        said=finding.message,
        advice=finding.advice,
        host=finding.host,
        seconds=finding.seconds,
    )


def print_diagnoses(diagnoses: list[Diagnosis], console: Console) -> None:
    """Print a table, then a paragraph for each source with a note."""
    omitted = {"not needed", "not seen"}
    rows = [
        (
            diagnosis.source_id,
            diagnosis.state,
            "" if diagnosis.key in omitted else diagnosis.key,
            "" if diagnosis.shape in omitted else diagnosis.shape,
            diagnosis.newest_there,
            diagnosis.newest_here,
        )
        for diagnosis in diagnoses
    ]
    print_table(("source", "state", "key", "shape", "newest there", "here"), rows, console)
    for heading, is_of in _PARAGRAPHS.items():
        noted = [diagnosis for diagnosis in diagnoses if is_of(diagnosis) and diagnosis.said]
        if noted:
            console.print(f"\n[bold]{heading}[/bold]")
        for diagnosis in noted:
            text = f"{diagnosis.source_id}: {diagnosis.said} {diagnosis.advice}"
            console.print(plain(wrapped(text, console, "  ", "  ")), soft_wrap=True)
    console.print(f"\n{_closing(diagnoses)}", highlight=False)


_PARAGRAPHS: Final[Mapping[str, Callable[[Diagnosis], bool]]] = {
    "Needs attention": lambda diagnosis: diagnosis.state == "attention",
    "Worth knowing": lambda diagnosis: diagnosis.state != "attention",
}


def _closing(diagnoses: list[Diagnosis]) -> str:
    asked = [diagnosis for diagnosis in diagnoses if diagnosis.state != "by hand"]
    well = sum(diagnosis.state == "well" for diagnosis in asked)
    needy = sum(diagnosis.state == "attention" for diagnosis in asked)
    action = f"{needy} need{'s' if needy == 1 else ''} attention." if needy else "None needs attention."
    return f"{well} of {len(asked)} sources that are fetched work. {action}"
