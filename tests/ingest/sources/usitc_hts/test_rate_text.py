"""The grammar of duty rates: every printed form, and the forms that it refuses."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.sources.usitc_hts.rate_text import clean_text, free_programs, parse_rate


@pytest.mark.parametrize(
    ("text", "status", "percent", "usd_per_kg"),
    [
        ("Free", "free", 0, 0),
        ("5.5%", "ad_valorem", 5.5, 0),
        ("14% ", "ad_valorem", 14, 0),
        ("33 1/3%", "ad_valorem", 100 / 3, 0),
        ("2.5% <u></u>", "ad_valorem", 2.5, 0),
        ("1.5¢/kg", "specific", 0, 0.015),
        ("$1.20/kg", "specific", 0, 1.2),
        ("2.4¢/kg + 5%", "compound", 5, 0.024),
        ("18.7¢/kg +7.4%", "compound", 7.4, 0.187),
        ("3.6¢/kg+10%", "compound", 10, 0.036),
    ],
)
def test_rates_within_the_grammar(text: str, status: str, percent: float, usd_per_kg: float) -> None:
    rate = parse_rate(text)
    assert (rate.status, rate.ad_valorem_pct, rate.specific_usd_per_kg) == (status, percent, usd_per_kg)


@pytest.mark.parametrize(
    "text",
    [
        "17.8¢/kg on molybdenum content + 1.8%",
        "1.7¢/kg on lead content",
        "0.5¢/liter",
        "$1.38/t",
        "26¢ each",
        "25¢/bbl",
        "Free, under bond",
        "The duty provided in the applicable subheading + 25%",
        "1.7¢/kg less 0.02¢/kg for each degree under 100 degrees",
        "5% + ",
        "33 1/0%",
        "9" * 400 + "%",
    ],
)
def test_rates_outside_the_grammar_stay_text(text: str) -> None:
    rate = parse_rate(text)
    assert (rate.text, rate.status) == (clean_text(text), "text")
    assert rate.ad_valorem_pct is rate.specific_usd_per_kg is None


@pytest.mark.parametrize("text", ["", " ", "\n", "<u></u>"])
def test_blank_is_not_free(text: str) -> None:
    rate = parse_rate(text)
    assert (rate.status, rate.ad_valorem_pct) == ("blank", None)


def test_programmes_with_a_free_rate() -> None:
    assert free_programs("Free (A+,AU,BH, CL,S,S+) 1.5% (KR) See 9822.04.25 (IL)") == (
        "A+",
        "AU",
        "BH",
        "CL",
        "S",
        "S+",
    )
    assert free_programs("Free") == free_programs("$1.20/kg (S+)") == free_programs("") == ()


hundredths = st.integers(0, 99_999).map(lambda n: Fraction(n, 100))
percents = hundredths.map(lambda n: (f"{float(n):.2f}%", n, Fraction(0)))
cents = hundredths.map(lambda n: (f"{float(n):.2f}¢/kg", Fraction(0), n / 100))
dollars = hundredths.map(lambda n: (f"${float(n):.2f}/kg", Fraction(0), n))


@given(
    st.lists(st.one_of(percents, cents, dollars), min_size=1, max_size=4), st.sampled_from([" + ", "+", " +"])
)
def test_a_sum_of_simple_rates_is_read_to_the_last_digit(
    terms: list[tuple[str, Fraction, Fraction]], plus: str
) -> None:
    rate = parse_rate(plus.join(text for text, _, _ in terms))
    assert rate.ad_valorem_pct == float(sum(percent for _, percent, _ in terms))
    assert rate.specific_usd_per_kg == float(sum(per_kg for _, _, per_kg in terms))


@given(st.one_of(st.text(), st.text(alphabet="0123456789.%¢$/kg+ Free()<>")))
def test_any_text_is_kept_and_never_half_read(text: str) -> None:
    rate = parse_rate(text)
    assert rate.text == clean_text(text)
    read = rate.status not in {"text", "blank"}
    assert (rate.ad_valorem_pct is not None) == (rate.specific_usd_per_kg is not None) == read


@given(st.text())
def test_programmes_of_any_text_are_sorted_codes(text: str) -> None:
    codes = free_programs(text)
    assert list(codes) == sorted(set(codes))
    assert all(code in text for code in codes)
