"""North America as one with the complete BACI, as in a warehouse that runs with its sources."""

import shutil
from pathlib import Path

import duckdb
import pytest

from orchestration.dbt.manifest import PROJECT_DIR
from tests.dbt_project.warehouse import dbt

SEEDS = PROJECT_DIR / "seeds"

BLOC_MODELS = (
    "fct_baci_flow",
    "fct_member_trade",
    "fct_member_net_trade",
    "fct_member_balance",
    "fct_bloc_net_baci",
    "fct_bloc_netted",
)


@pytest.fixture(scope="module")
def whole_baci(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the build in which every code of the policy stages has the flows of cathodes in 2024."""
    home = tmp_path_factory.mktemp("whole_baci")
    for name in ("build.duckdb", "raw.duckdb"):
        shutil.copy(built / name, home / name)
    with duckdb.connect(str(home / "build.duckdb")) as con:
        con.execute(
            f"""
            create temp table missing as
            select distinct rpad(hs_code, 6, '0') as hs_code
            from read_csv('{SEEDS / "policy_stage_codes.csv"}', all_varchar = true) as codes
            where not exists (
                from core.fct_trade as held
                where
                    held.source_id = 'cepii_baci' and held.period = date '2024-01-01'
                    and starts_with(held.hs_code, codes.hs_code)
            );
            insert into core.fct_trade
            select trade.* replace (missing.hs_code as hs_code)
            from core.fct_trade as trade
            cross join missing
            where
                trade.source_id = 'cepii_baci' and trade.period = date '2024-01-01'
                and trade.hs_code = '740311'
            """
        )
    ran = dbt(home, "run", "--select", *BLOC_MODELS)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return home


@pytest.mark.long
def test_what_has_a_code_is_netted(whole_baci: Path) -> None:
    """Minerals of the US list with a code of their own, and heavy rare earths that no member separates."""
    with duckdb.connect(str(whole_baci / "build.duckdb"), read_only=True) as con:
        listed = con.execute(
            f"""
            select distinct listed.mineral_id, netted.coverage, netted.imports_t
            from read_csv('{SEEDS / "mineral_lists.csv"}', all_varchar = true) as listed
            left join core.fct_bloc_netted as netted
                on
                    listed.mineral_id = netted.mineral_id
                    and netted.area = 'USMCA' and netted.year = 2024 and netted.edition = '2026'
                    and netted.not_netted_reason is null
            where listed.list_id = 'us_2025'
            """
        ).fetchall()
    netted = {mineral: (coverage, imports) for mineral, coverage, imports in listed if coverage}
    assert len(listed) == 60
    assert len(netted) >= 51, sorted(netted)
    # no code distinguishes these, and Canada or the USA produces some of each
    assert not netted.keys() & {"scandium", "cesium", "rubidium", "lanthanum", "neodymium", "praseodymium"}
    # no code distinguishes these either: a dependency, without tonnage; a plant in Canada lists rare earths
    for mineral in ("dysprosium", "erbium", "holmium", "lutetium", "terbium", "thulium", "ytterbium"):
        assert netted[mineral] == ("no_output_stated", None)
