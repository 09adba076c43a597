"""Coverage of the bridge from minerals to HS codes, and the sum rule of its weights."""

import re
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from ingest import scope

BRIDGE = pl.read_csv(scope.BRIDGE, infer_schema=False, null_values="").with_columns(
    pl.col("^weight_(low|mid|high)$").cast(pl.Float64),
    pl.col("content_factor").cast(pl.Float64),
    pl.col("allocation_only") == "true",
    pl.col("valid_from", "valid_to").str.to_date(),
)
LAST_RELEASE = date(2026, 6, 8)
# The group of rare earths is the sum of its members, so its weights are compared with 1 separately.
GROUP = "rare_earths"


def starting(text: str, *prefixes: str) -> bool:
    return pl.DataFrame({"code": [text]}).select(scope.within("code", prefixes)).item()


@pytest.mark.parametrize(
    ("code", "prefixes", "inside"),
    [
        ("8105206000", ("810520",), True),
        ("8105306000", ("810520",), False),
        ("810520", ("81052060",), False),
        ("9903910100", ("99", "810520"), True),
        ("0081052060", ("810520",), False),
    ],
)
def test_a_code_stands_for_the_finer_ones(code: str, prefixes: tuple[str, ...], inside: bool) -> None:
    assert starting(code, *prefixes) is inside


def test_headings_lie_above_their_lines() -> None:
    codes = pl.DataFrame({"code": ["2846", "284610", "28461000", "2846100010", "2805", "28"]})
    above = codes.filter(scope.above("code", ["2846100010"]))
    assert above["code"].to_list() == ["2846", "284610", "28461000"]


def test_headings_have_four_digits_once_each_and_a_code_is_not_above_itself(tmp_path: Path) -> None:
    small = tmp_path / "bridge.csv"
    small.write_text("mineral_id,hs_code\nlithium,283691\nlithium,28273960\ncobalt,28369990\ncobalt,8105\n")
    assert scope.headings(small) == ("2827", "2836", "8105")
    above = pl.DataFrame({"code": ["2836", "283691", "28369"]}).select(scope.above("code", ["283691"]))
    assert above.to_series().to_list() == [True, False, False]


def test_codes_of_minerals(tmp_path: Path) -> None:
    seed = tmp_path / "bridge.csv"
    seed.write_text(
        "mineral_id,stage,hs_code\ncobalt,compound,282200\ncobalt,compound,28273960\nnickel,scrap,7503\n"
    )
    assert scope.codes(path=seed) == ("282200", "28273960", "7503")
    assert scope.codes(["cobalt"], seed) == ("282200", "28273960")
    assert scope.hs6(path=seed) == ("282200", "282739")
    with pytest.raises(ValueError, match="unobtainium"):
        scope.codes(["unobtainium"], seed)


def test_keys_and_vocabulary_of_the_bridge() -> None:
    assert BRIDGE.select("mineral_id", "hs_code", "nomenclature").is_unique().all()
    assert BRIDGE["hs_code"].str.contains(r"^(\d{4}|\d{6}|\d{8}|\d{10})$").all()
    assert set(BRIDGE["specificity"]) == {"exact", "basket", "none"}
    assert set(BRIDGE["stage"]) == {
        *("ore_concentrate", "intermediate", "refined_metal", "compound", "alloy_semi", "end_form", "scrap")
    }
    levels = BRIDGE.select(
        (pl.col("hs_level").str.extract(r"(\d+)$").cast(int) == pl.col("hs_code").str.len_chars()).all()
    )
    assert levels.item()


def test_weights_of_a_code_sum_to_one_at_most_on_every_day() -> None:
    starts = BRIDGE.select("hs_code", day="valid_from").unique()
    in_force = starts.join(BRIDGE.filter(pl.col("mineral_id") != GROUP), on="hs_code").filter(
        pl.col("valid_from") <= pl.col("day"),
        pl.col("valid_to").is_null() | (pl.col("valid_to") >= pl.col("day")),
    )
    sums = in_force.group_by("hs_code", "day").agg(pl.col("weight_low", "weight_mid").sum())
    assert sums.filter(pl.max_horizontal("weight_low", "weight_mid") > 1 + 1e-9).is_empty()
    assert BRIDGE.filter(pl.col("mineral_id") == GROUP)["weight_mid"].max() <= 1


def test_weights_are_in_order_and_exact_codes_are_whole() -> None:
    assert BRIDGE.filter(~pl.col("weight_low").is_between(0, pl.col("weight_mid"))).is_empty()
    assert BRIDGE.filter(~pl.col("weight_high").is_between(pl.col("weight_mid"), 1)).is_empty()
    exact = BRIDGE.filter(specificity="exact")
    assert exact.filter(pl.min_horizontal("weight_low", "weight_mid", "weight_high") < 1).is_empty()


def test_a_split_without_evidence_is_for_allocation_only() -> None:
    assert BRIDGE.filter(weight_basis="equal_split")["allocation_only"].all()
    assert not BRIDGE.filter(specificity="exact")["allocation_only"].any()
    heavy = [
        "dysprosium",
        "terbium",
        "holmium",
        "erbium",
        "thulium",
        "ytterbium",
        "lutetium",
        "cesium",
        "rubidium",
    ]
    assert BRIDGE.filter(pl.col("mineral_id").is_in(heavy))["allocation_only"].all()


def test_measured_weights_are_the_shares_of_us_imports() -> None:
    """Gallium's share of HTS 8112.92 in the US imports for consumption of 2024 and 2025, by value."""
    imports = pl.read_parquet(
        Path(scope.__file__).parent / "starter" / "census_api__imports_annual.parquet",
        columns=["year", "hts10", "consumption_value_usd"],
    ).filter(pl.col("year").is_in([2024, 2025]))
    whole, gallium = (
        imports.filter(pl.col("hts10").str.starts_with(code))["consumption_value_usd"].sum()
        for code in ("811292", "81129210")
    )
    weight = BRIDGE.filter(mineral_id="gallium", hs_code="811292")["weight_mid"].item()
    assert weight == pytest.approx(gallium / whole, abs=1e-4)


def test_every_line_of_the_bridge_is_traded_or_scheduled() -> None:
    lines = pl.read_parquet(
        Path(scope.__file__).parent / "starter" / "usitc_hts__line.parquet", columns=["hts_code"]
    )
    known = lines["hts_code"].unique().to_list()
    # a line that ended before the held releases appears only in trade
    ended = set(BRIDGE.filter(pl.col("valid_to") < LAST_RELEASE)["hs_code"])
    fine = [code for code in scope.codes() if len(code) > 6 and code not in ended]
    absent = [code for code in fine if not any(line.startswith(code) for line in known)]
    assert absent == []


WORDS = pl.read_csv(scope.BRIDGE.with_name("mineral_words.csv"))


def unnamed(lines: pl.DataFrame, bridge: pl.DataFrame) -> set[tuple[str, str]]:
    """Lines of ten digits (hts_code, description) with the minerals as which they are counted but which they
    do not name.

    The longest bridge code that is a prefix of the line decides, separately for groups and for other
    minerals. If the line's own description names any mineral, it decides; otherwise the lines above it are
    included.
    """
    found = set()
    counted = bridge.filter(pl.col("valid_to").is_null())
    for line, description in lines.iter_rows():
        path = description.lower()
        own = path.rpartition(" > ")[2]
        by_own = set() if own.startswith("containing") else minerals_named(own)
        named = by_own or minerals_named(path)
        for is_group in (True, False):
            rows = counted.filter(
                (pl.col("mineral_id") == GROUP) == is_group, pl.lit(line).str.starts_with(pl.col("hs_code"))
            )
            longest = rows.filter(
                pl.col("hs_code").str.len_chars() == pl.col("hs_code").str.len_chars().max()
            )
            found |= {
                (line, row["mineral_id"])
                for row in longest.iter_rows(named=True)
                if row["weight_mid"] > 0
                and not row["allocation_only"]
                and row["mineral_id"] not in named
                # a weight measured on the named lines does not apply to the others
                and not (
                    row["weight_basis"].startswith("us_import_value")
                    and not is_group
                    and len(row["hs_code"]) < len(line)
                )
            }
    return found


def minerals_named(text: str) -> set[str]:
    return {mineral for mineral, words in WORDS.iter_rows() if re.search(words, text)}


def schedule_lines() -> pl.DataFrame:
    lines = pl.read_parquet(
        Path(scope.__file__).parent / "starter" / "usitc_hts__line.parquet",
        columns=["release", "hts_code", "description", "_vintage"],
    )
    newest = lines.sort("_vintage").group_by("hts_code").last()
    return newest.filter(pl.col("hts_code").str.len_chars() == 10, pl.col("hts_code") < "98").select(
        "hts_code", "description"
    )


def test_every_line_is_counted_by_its_own_description() -> None:
    lines = schedule_lines()
    assert lines.height > 600
    assert unnamed(lines, BRIDGE) == set()


@pytest.mark.parametrize(
    ("line", "mineral", "code"),
    [
        ("2612100000", "rare_earths", "2612"),
        ("2825600010", "zirconium", "282560"),
        ("2607000040", "lead", "260700"),
        ("8505110010", "rare_earths", "850511"),
        ("8505110030", "rare_earths", "850511"),
        ("2603000040", "copper", "260300"),
    ],
)
def test_a_wrongly_counted_line_is_found(line: str, mineral: str, code: str) -> None:
    """Faults of the bridge before November 2026, planted again: a basket's weight on a line of its own."""
    wrong = (
        BRIDGE.filter(pl.col("mineral_id") != mineral)
        .head(1)
        .with_columns(
            mineral_id=pl.lit(mineral),
            hs_code=pl.lit(code),
            weight_mid=pl.lit(0.5),
            weight_basis=pl.lit("whole_code"),
            allocation_only=pl.lit(False),
            valid_to=pl.lit(None, dtype=pl.Date),
        )
    )
    others = BRIDGE.filter(~pl.lit(line).str.starts_with(pl.col("hs_code")))
    planted = pl.concat([others, wrong])
    assert (line, mineral) in unnamed(schedule_lines().filter(hts_code=line), planted)


def test_known_lines_have_their_known_stages() -> None:
    rows = {
        (row["hs_code"], row["mineral_id"]): row
        for row in BRIDGE.filter(specificity="exact").iter_rows(named=True)
    }
    for code, mineral, stage in [
        ("2825600010", "germanium", "compound"),
        ("2827399010", "lithium", "compound"),
        ("2826909010", "lithium", "compound"),
        ("2833295110", "manganese", "compound"),
        ("36069030", "rare_earths", "alloy_semi"),
        ("2607000040", "silver", "ore_concentrate"),
        ("2608000040", "silver", "ore_concentrate"),
        ("2530908010", "strontium", "ore_concentrate"),
        ("810210", "molybdenum", "refined_metal"),
        ("3818000020", "silicon", "end_form"),
    ]:
        assert rows[code, mineral]["stage"] == stage
    uranium = {
        row["hs_code"]: row["stage"] for row in BRIDGE.filter(mineral_id="uranium").iter_rows(named=True)
    }
    assert uranium["284410"] == "compound", "natural"
    assert uranium["284420"] == "refined_metal", "enriched, apart"
    assert "2612" not in set(BRIDGE.filter(mineral_id="rare_earths")["hs_code"])
