"""Mutation test: break one formula or rule at a time; a dbt unit test must fail with a wrong figure."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from orchestration.dbt.manifest import PROJECT_DIR
from tests.dbt_project.warehouse import dbt

pytestmark = pytest.mark.long


@dataclass(frozen=True)
class Mutant:
    """One edit of a macro or model; ``old`` occurs ``times`` times in its file."""

    fault: str
    target: str
    old: str
    new: str
    times: int = 1


MUTANTS = [
    Mutant("add exports", "net_imports", "- ({{ exports }})", "+ ({{ exports }})"),
    Mutant("drop stock change", "net_imports", " + ({{ stock_change }})", ""),
    Mutant(
        "turn stock change round",
        "stock_change",
        "({{ opening }}) - ({{ closing }})",
        "({{ closing }}) - ({{ opening }})",
    ),
    Mutant("drop scrap from supply", "apparent_consumption", " + ({{ secondary }})", ""),
    Mutant(
        "swap numerator and denominator of reliance",
        "net_import_reliance_pct",
        "100.0 * ({{ net_imports }}) / ({{ consumption }})",
        "100.0 * ({{ consumption }}) / ({{ net_imports }})",
    ),
    Mutant(
        "let an unknown reliance be 100",
        "net_import_reliance_pct",
        " and ({{ net_imports }}) is not null",
        "",
    ),
    Mutant(
        "forget output without upper bound",
        "net_import_reliance_bound_pct",
        "when {{ production }} = 'infinity'::double then 0.0",
        "when {{ production }} = 'infinity'::double then 100.0",
    ),
    Mutant(
        "swap part and whole",
        "share",
        "({{ part }})::double / ({{ whole }})",
        "({{ whole }})::double / ({{ part }})",
    ),
    Mutant("sum shares without squares", "hhi", "' ~ share ~ ', 2)", "' ~ share ~ ', 1)"),
    Mutant(
        "turn governance round", "wgi_scaled", "(2.5 - ({{ wgi_estimate }}))", "(2.5 + ({{ wgi_estimate }}))"
    ),
    Mutant(
        "invert unit value",
        "unit_value",
        "({{ value }})::double / nullif({{ quantity }}, 0)",
        "({{ quantity }})::double / nullif({{ value }}, 0)",
    ),
    Mutant("count days of a business year", "days_of_cover", "365.0", "250.0"),
    Mutant(
        "take the bloc's part for the rest",
        "non_bloc_dependency_pct",
        "(1 - ({{ covered_share }}))",
        "({{ covered_share }})",
        times=2,
    ),
    Mutant("take capacity as spare", "spare_output", " - ({{ production }}), (", ", ("),
    Mutant(
        "charge what is above the floor",
        "border_adjustment",
        '"(" ~ floor_price ~ ") - (" ~ landed_price ~ ")"',
        '"(" ~ landed_price ~ ") - (" ~ floor_price ~ ")"',
    ),
    Mutant("take a part for the whole", "whole_sum", "count({{ column }}) = count(*)", "count(*) > 0"),
    Mutant(
        "count a basket in full",
        "fct_import_source",
        "trade.value_usd * products.weight_mid",
        "trade.value_usd",
        times=3,
    ),
    Mutant(
        "let the basket weigh its specific line",
        "bridge_trade_product",
        "order by hs_digits desc",
        "order by hs_digits",
    ),
    Mutant(
        "add mine to refinery",
        "fct_production",
        "        forms.mineral_id,\n        forms.stage,",
        "        forms.mineral_id,\n        'refined_metal' as stage,",
    ),
    Mutant(
        "drop the sign of a row",
        "fct_supply_component",
        "printed * factor_high",
        "printed * abs(factor_high)",
    ),
    Mutant(
        "leave out what crosses borders within",
        "fct_member_net_trade",
        "by_code.imports_t - by_code.exports_t",
        "by_code.imports_t",
    ),
    Mutant(
        "take a withheld producer as none",
        "fct_bloc_output",
        "{{ whole_sum('output_t') }}",
        "{{ exact_sum('output_t') }}",
    ),
    Mutant(
        "drop the exemption of a bloc",
        "price_floor",
        "case when is_exempt then 0 * adjustment_usd else adjustment_usd end",
        "adjustment_usd",
    ),
    Mutant(
        "judge by the tonnage that was spread",
        "price_floor",
        "quantity_method = 'reported' and not has_no_verdict as is_judged",
        "quantity_method != 'not_known' and not has_no_verdict as is_judged",
    ),
    Mutant(
        "replace by plants that make nothing",
        "spare_output",
        "when ({{ production }}) = 0 then 0",
        "when false then 0",
    ),
    Mutant(
        "replace compounds by ore",
        "fct_disruption",
        "where losses.scope = 'world_output' or world.is_stage_of_reliance",
        "where true",
    ),
    Mutant(
        "let one buyer take all that is spare",
        "fct_disruption",
        "least(losses.divertible_max_share, {{ share(",
        "least(1, 1 + 0 * {{ share(",
    ),
    Mutant(
        "count the output of producers that replace nothing",
        "fct_disruption",
        "coalesce(lost_output.production_t, 0) - offered.ineligible_t",
        "coalesce(lost_output.production_t, 0)",
    ),
    Mutant(
        "count imports from suppliers that replace nothing",
        "fct_disruption",
        "- losses.given_t - coalesce(ineligible_imports.imports_t, 0)",
        "- losses.given_t",
    ),
    Mutant(
        "leave out the capacity of unnamed countries",
        "fct_disruption",
        "and divertible_share * unnamed_spare_t = 0",
        "and true",
    ),
    Mutant(
        "take goods made elsewhere for nothing",
        "fct_disruption",
        "when is_made_elsewhere or is_of_other_goods or balanced.supplier_value_usd = 0",
        "when is_of_other_goods or balanced.supplier_value_usd = 0",
    ),
    Mutant(
        "give a rank as exact where bounds overlap",
        "ranks_between_bounds",
        "(1 + count(case when {{ low }} > {{ own_high }} then 1 end))::integer as rank_from",
        "(1 + count(case when {{ high }} > {{ own_high }} then 1 end))::integer as rank_from",
    ),
    Mutant("compare dust with a market", "market_distortion", "not is_too_little", "true"),
    Mutant(
        "let a secondary commodity make a mine",
        "project_pipeline",
        "bool_and(staged.is_secondary)",
        "false",
    ),
    Mutant(
        "rank an entrepot by the share that it holds",
        "fct_partner_origin",
        "when production_t = 0 then 0",
        "when production_t = 0 then import_share",
    ),
    Mutant(
        "take a member that is not listed as none",
        "processing_gap",
        "case when members_listed < 3 then greatest(world - named, 0) else 0 end",
        "0",
    ),
    Mutant(
        "state a control beyond what was looked up",
        "market_distortion",
        "when not is_control_unknown then false",
        "when true then false",
    ),
    Mutant(
        "let duties that stand aside pile up",
        "fct_tariff_addition",
        "when stands_aside then 0 else full_pct",
        "when false then 0 else full_pct",
    ),
    Mutant(
        "show unrecorded claims as none",
        "usmca_claim",
        "not lines.mfn_zero\n    or coalesce",
        "true\n    or coalesce",
    ),
    Mutant(
        "let a text rate hide the additions",
        "usmca_utilization",
        "coalesce(mfn_part_usd, 0) + coalesce(waived_part_usd, 0)",
        "mfn_part_usd + waived_part_usd",
    ),
    Mutant(
        "count what can only be allocated",
        "tariff_exposure",
        "where not product.is_allocation_only and",
        "where",
    ),
    Mutant(
        "take a suspension that ran out for a control in force",
        "policy_status",
        "when suspended_to < {{ day }} and known_through <= suspended_to then 'suspension_lapsed_unverified'",
        "when suspended_to < {{ day }} then 'in_force'",
    ),
    Mutant(
        "bring a control back that nobody saw",
        "bridge_export_control",
        "where known_through > suspended_to",
        "where suspended_to is not null",
    ),
    Mutant(
        "state a total that is not known",
        "tariff_schedule",
        "case when changed.rate_status = 'known' then changed.rules_held_total_pct end",
        "changed.rules_held_total_pct",
    ),
    Mutant("buy what is held already", "stockpile_cover", "target_t - market_stock_t", "target_t", times=3),
    Mutant(
        "measure a deviation on five prices",
        "market_distortion",
        "when period_type = 'month' and past_observations >= {{ fewest_months }}",
        "when past_observations >= 4",
    ),
    Mutant(
        "compare different goods",
        "market_distortion",
        "and china_usd_per_kg between rest_usd_per_kg",
        "and china_usd_per_kg >= 0 or china_usd_per_kg between rest_usd_per_kg",
    ),
    Mutant(
        "compare lots with a market",
        "market_distortion",
        "least(china_kg, rest_kg) >= {{ smallest_side }} * (china_kg + rest_kg)",
        "china_kg + rest_kg > 0",
    ),
    Mutant(
        "take the middle of bounds that leave all open",
        "vulnerability_component",
        "when most_pct - least_pct <= {{ widest_bounds_pp }}",
        "when true",
    ),
    Mutant(
        "take a supplier that is not named for none",
        "vulnerability_component",
        "measured_pct * (china_low_share + china_high_share) / 2",
        "measured_pct * china_low_share",
    ),
    Mutant(
        "take the only producer listed for the first",
        "world_production",
        "and not shares.is_mostly_unlisted",
        "and true",
    ),
    Mutant(
        "believe any weight that is reported",
        "price_floor",
        "case when is_apart then 'not_credible' else quantity_method end",
        "quantity_method",
    ),
]


class Lab:
    """A copy of the project and of the built home, in which one file at a time is edited."""

    def __init__(self, folder: Path, home: Path) -> None:
        self.home = folder / "home"
        self.project = folder / "dbt_project"
        self.home.mkdir()
        for name in ("build.duckdb", "raw.duckdb"):
            shutil.copy(home / name, self.home)
        shutil.copytree(PROJECT_DIR, self.project, ignore=shutil.ignore_patterns("target", "logs"))
        self.manifest: dict[str, Any] = json.loads((home / "target" / "manifest.json").read_bytes())

    def file_of(self, target: str) -> Path:
        """File of a macro or model."""
        declared = {**self.manifest["macros"], **self.manifest["nodes"]}
        found = [declared.get(f"{kind}.minerals.{target}") for kind in ("macro", "model")]
        (node,) = filter(None, found)
        return self.project / str(node["original_file_path"])

    def affected(self, target: str) -> list[str]:
        """Unit-tested models that are ``target`` or call it, directly or through other macros."""
        callers = {f"macro.minerals.{target}"}
        while True:
            more = {
                name
                for name, macro in self.manifest["macros"].items()
                if macro["package_name"] == "minerals" and callers & set(macro["depends_on"]["macros"])
            }
            if more <= callers:
                break
            callers |= more
        tested = {test["depends_on"]["nodes"][0] for test in self.manifest["unit_tests"].values()}
        return sorted(
            self.manifest["nodes"][model]["name"]
            for model in tested
            if self.manifest["nodes"][model]["name"] == target
            or callers & set(self.manifest["nodes"][model]["depends_on"]["macros"])
        )

    def statuses(self, models: list[str]) -> list[str]:
        """Run the unit tests of models: `fail` means a different figure, `error` SQL that does not run."""
        ran = dbt(
            self.home,
            "test",
            "--select",
            *(f"{model},test_type:unit" for model in models),
            project=self.project,
        )
        results = self.home / "target" / "run_results.json"
        assert results.exists(), ran.stdout + ran.stderr
        found = json.loads(results.read_bytes())["results"]
        statuses = [result["status"] for result in found if result["unique_id"].startswith("unit_test.")]
        results.unlink()
        return statuses


@pytest.fixture(scope="module")
def lab(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Lab:
    return Lab(tmp_path_factory.mktemp("lab"), built)


@pytest.fixture
def edited(lab: Lab) -> Any:
    """Edit files of the lab for one test."""
    before: dict[Path, str] = {}

    def edit(mutant: Mutant) -> None:
        path = lab.file_of(mutant.target)
        text = before.setdefault(path, path.read_text())
        start = text.find(f"macro {mutant.target}(") if path.parent.name == "macros" else 0
        end = text.find("endmacro", start) if path.parent.name == "macros" else len(text)
        assert text.count(mutant.old, start, end) == mutant.times, f"{mutant.old} is not in {path.name}"
        path.write_text(text[:start] + text[start:end].replace(mutant.old, mutant.new) + text[end:])

    yield edit
    for path, text in before.items():
        path.write_text(text)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.fault.replace(" ", "-"))
def test_a_unit_test_notices(lab: Lab, edited: Callable[[Mutant], None], mutant: Mutant) -> None:
    models = lab.affected(mutant.target)
    assert models, f"no unit test covers {mutant.target}"
    edited(mutant)
    statuses = lab.statuses(models)
    assert "fail" in statuses
    assert "error" not in statuses, "the mutant must be valid SQL, or any test would fail"


def test_without_a_fault_all_pass(lab: Lab) -> None:
    models = sorted({model for mutant in MUTANTS for model in lab.affected(mutant.target)})
    assert set(lab.statuses(models)) == {"pass"}
