"""Duties, USMCA claims and the schedule on the starter's real figures, compared with known facts."""

from datetime import date

import pytest

from tests.dbt_project.conftest import Ask

MONTHS = [date(2025 + month // 12, month % 12 + 1, 1) for month in range(13)]


def test_ieepa_is_gone_from_the_day_it_was_no_longer_collected(ask: Ask) -> None:
    last, charged = ask(
        """
        select max(valid_to), count(*)
        from marts.tariff_schedule
        where additional_ieepa_pct > 0
        """
    )[0]
    assert charged > 1000
    assert last == date(2026, 2, 23)
    ((after,),) = ask(
        """
        select count(*)
        from marts.tariff_schedule
        where coalesce(valid_to, date '9999-12-31') >= date '2026-02-24'
        """
    )
    assert after > 1000
    assert not ask("from marts.tariff_schedule where valid_to is null and additional_ieepa_pct > 0")


def test_usmca_is_claimed_on_most_dutiable_value(ask: Ask) -> None:
    claimed = ask(
        """
        select period, sum(usmca_value_usd) / sum(value_usd), bool_or(recording_break)
        from marts.usmca_utilization
        where not mfn_zero
        group by period
        order by period
        """
    )
    assert [period for period, *_ in claimed] == MONTHS
    assert all(0.80 <= share <= 0.99 and not broken for _, share, broken in claimed), claimed


def test_claims_on_free_lines_show_a_break_in_recording_not_a_surge(ask: Ask) -> None:
    recorded = ask(
        """
        select
            period,
            sum(usmca_value_usd) / sum(value_usd),
            bool_and(recording_break),
            bool_or(recording_break),
            max(utilization_pct)
        from marts.usmca_utilization
        where mfn_zero
        group by period
        order by period
        """
    )
    assert [period for period, *_ in recorded] == MONTHS
    for period, share, all_flagged, any_flagged, shown in recorded:
        if period < date(2025, 7, 1):
            assert (share, all_flagged, shown) == (0, True, None)
        else:
            assert share > 0.9
            assert not any_flagged


def test_the_stake_of_the_review_is_mfn_alone_once_the_surcharge_has_ended(ask: Ask) -> None:
    """On 24 July 2026 the held schedule has neither IEEPA nor section 122 duties, so a claim saves the MFN
    duty.
    """
    stake = dict(
        ask(
            """
            select
                claim.origin_iso3,
                {
                    'mfn': sum(claim.usmca_value_usd * day.base_ad_valorem_pct / 100) / 1e6,
                    'additional': sum(claim.usmca_value_usd * day.usmca_waived_pct / 100) / 1e6,
                }
            from marts.usmca_claim as claim
            inner join marts.tariff_schedule as day
                on
                    claim.hts8 = day.hts8
                    and claim.origin_iso3 = day.origin_iso3
                    and date '2026-07-24' >= day.valid_from
                    and date '2026-07-24' <= coalesce(day.valid_to, date '9999-12-31')
            -- without the semi-manufactures that the bridge holds since November 2026, the lines of the audit
            where
                claim.is_recorded
                and claim.period >= date '2025-02-01'
                and left(claim.hts8, 4) not in (
                    '7406', '7407', '7409', '7411', '7412', '7505', '7506', '7507', '7508',
                    '7604', '7605', '7606', '7607', '7608', '7609'
                )
            group by claim.origin_iso3
            """
        )
    )
    assert stake["CAN"]["additional"] == stake["MEX"]["additional"] == 0
    assert 110 < stake["CAN"]["mfn"] < 121
    assert 30 < stake["MEX"]["mfn"] < 36


def test_the_parts_of_the_stake_make_up_the_whole(ask: Ask) -> None:
    assert not ask(
        """
        from marts.usmca_utilization
        where
            duty_at_risk_usd is distinct from case
                when recording_break then null
                else coalesce(duty_at_risk_mfn_usd, 0) + coalesce(duty_at_risk_additional_usd, 0)
            end
            or duty_at_risk_then_usd is distinct from case
                when recording_break then null
                else coalesce(duty_at_risk_then_mfn_usd, 0) + coalesce(duty_at_risk_then_additional_usd, 0)
            end
        """
    )
    ((text_usd,),) = ask("select sum(mfn_text_unpriced_usd) from marts.usmca_utilization")
    assert text_usd > 1e9, "molybdenum and lead ores, unpriced and named"


@pytest.mark.parametrize(
    ("line", "origin", "day", "total"),
    [
        # Chinese lithium-ion batteries: 3.4 + 25 (301, of which 17.5 may not apply in 2025) + 30 (IEEPA)
        ("85076000", "CHN", date(2025, 6, 1), 58.4),
        ("85076000", "CHN", date(2026, 3, 1), 28.4),
        # Japanese boron carbide at 3.7: 15 in total since 7 August 2025
        ("28499010", "JPN", date(2025, 8, 7), 15),
        # Swiss silver: 39 until 13 November 2025, then 15 in total
        ("71069210", "CHE", date(2025, 11, 13), 39),
        ("71069210", "CHE", date(2025, 11, 14), 15),
        # Canadian uranium: energy, 10; Brazilian niobium: exempt from the 40, and from the reciprocal 10
        ("28441020", "CAN", date(2025, 9, 1), 10),
        ("72029380", "BRA", date(2025, 9, 1), 5),
        # IEEPA until 23 February 2026, and not after
        ("28441020", "CAN", date(2026, 2, 23), 10),
        ("28441020", "CAN", date(2026, 2, 24), 0),
        # unknown after 8 June 2026
        ("28441020", "CAN", date(2026, 6, 8), 0),
        ("28441020", "CAN", date(2026, 11, 28), None),
    ],
)
def test_duties_of_known_days(ask: Ask, line: str, origin: str, day: date, total: float | None) -> None:
    ((found,),) = ask(
        """
        select total_ad_valorem_pct from marts.tariff_schedule
        where
            hts8 = $1
            and origin_iso3 = $2
            and $3 between valid_from and coalesce(valid_to, date '9999-12-31')
        """,
        line,
        origin,
        day,
    )
    assert found == (None if total is None else pytest.approx(total))


def test_after_the_last_known_day_the_last_known_total_is_shown_separately(ask: Ask) -> None:
    ((known, status, last, held),) = ask(
        """
        select known_through, rate_status, last_known_total_pct, rules_held_total_pct
        from marts.tariff_schedule
        where hts8 = '76011060' and origin_iso3 = 'ROW' and valid_to is null
        """
    )
    assert (known, status) == (date(2026, 6, 8), "not_known_after")
    assert last == held == 50


def test_a_surcharge_that_has_ended_is_not_in_the_last_known_total(ask: Ask) -> None:
    """Silicon metal from China: 5.3 % MFN, and the 10 % of section 122 until 23 July 2026."""
    rows = ask(
        """
        select valid_from, last_known_total_pct
        from marts.tariff_schedule
        where hts8 = '28046910' and origin_iso3 = 'CHN' and rate_status = 'not_known_after'
        order by valid_from
        """
    )
    assert rows == [
        (date(2026, 6, 9), pytest.approx(15.3)),
        (date(2026, 7, 24), pytest.approx(5.3)),
    ]
    assert not ask(
        """
        select hts8 from marts.tariff_schedule
        where valid_from >= date '2026-07-24' and last_known_total_pct > rules_held_total_pct + 1e-9
        """
    )


def test_finished_goods_are_separate_and_totals_are_by_line(ask: Ask) -> None:
    ((charged, with_goods),) = ask(
        """
        select
            100.0 * sum(calculated_duty_usd) filter (form = 'mineral')
            / sum(value_usd) filter (form = 'mineral'),
            100 * sum(calculated_duty_usd) / sum(value_usd)
        from marts.duty_paid
        where origin_iso3 = 'CHN' and period = date '2025-01-01' and period_type = 'year'
        """
    )
    assert charged > with_goods, "batteries and wafers are most of the value and paid less"
    assert not ask("from marts.tariff_exposure where stage is null")
