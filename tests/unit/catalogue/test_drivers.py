"""What counts for the KPIs of drugs enforcement, funding, drug crime and published figures."""

from __future__ import annotations

from tests.unit.catalogue.measured import measured

APRIL, MAY, OCTOBER = "2021-04-01", "2021-05-01", "2021-10-01"


def test_each_metric_of_the_adder_return_is_a_figure_and_some_are_two() -> None:
    metrics = {
        "ARREST": ("K047", "arrests"),
        "SEIZURE": ("K047", "seizures"),
        "CASH_SEIZED_GBP": ("K047", "cash_seized"),
        "CHARGE_TRAFFICKING": ("K047", "trafficking_charges"),
        "CHARGE_WEAPON": ("K047", "weapon_charges"),
        "DRD": ("K052", "monitoring"),
        "CJS_REFERRAL": ("K053", "justice_referrals"),
        "OCG_DISRUPT": ("K055", "all"),
        "ARREST_HIGH_HARM": ("K055", "high_harm_arrests"),
        "OOCD_POSSESSION": ("K057", "possession_disposals"),
        "TX_NUMBERS": ("K058", "all"),
        "NALOXONE_KITS": ("K059", "all"),
    }
    national = {
        "OCG_DISRUPT": "disruptions",
        "CHARGE_TRAFFICKING": "trafficking_charges",
        "SEIZURE": "seizures",
        "DRD": "drug_deaths",
    }
    values = {code: float(number) for number, code in enumerate([*metrics, "OTHER"], 1)}
    rows = measured(
        *("K047", "K052", "K053", "K055", "K057", "K058", "K059", "S32"),
        int_kpi__list_adder_values=[
            {"metric_code": code, "metric_month": APRIL, "metric_value": value}
            for code, value in values.items()
        ],
    )
    expected = [(*place, APRIL, "unplaced", values[code], None) for code, place in metrics.items()]
    expected += [
        ("S32", breakdown, APRIL, "unplaced", values[code], None)
        for code, breakdown in national.items()
    ]
    assert rows == sorted(expected, key=str)


def test_a_treatment_budget_counts_in_its_financial_year_and_a_bid_or_an_unknown_sum_never() -> (
    None
):
    budget = {"programme": "TREATMENT", "kind": "budget", "financial_year": "2020/21"}
    rows = measured(
        "K048",
        fct_funding_line=[
            budget | {"amount_gbp": 800},
            budget,
            budget | {"amount_gbp": 50, "financial_year": None},
            budget | {"amount_gbp": 900, "kind": "bid"},
            budget | {"amount_gbp": 70, "programme": "ADDER"},
        ],
    )
    assert rows == [("K048", "all", "2020-04-01", "unplaced", 800.0, None)]


def test_awards_by_the_year_and_in_total_are_two_figures_and_the_police_have_a_third() -> None:
    award = {"recipient": "COUNCIL", "month_start": MAY}
    police = award | {"recipient": "CE_BCU", "amount_basis": "total", "amount_gbp": 300}
    rows = measured(
        *("K050", "K051"),
        int_kpi__list_adder_awards=[
            award | {"amount_basis": "per_annum", "amount_gbp": 500, "term_years": 2},
            award | {"amount_basis": "total", "amount_gbp": 400},
            police,
        ],
    )
    assert rows == [
        ("K050", "per_annum", MAY, "unplaced", 500.0, None),
        ("K050", "per_annum_years", MAY, "unplaced", 2.0, None),
        ("K050", "total", MAY, "unplaced", 400.0, None),
        ("K051", "all", MAY, "unplaced", 300.0, None),
    ]


def test_each_published_figure_is_told_under_its_kpi() -> None:
    figures = {
        "DRUG_DEATHS_3Y": ("K052", "all"),
        "OCU_RATE": ("K054", "all"),
        "PROVEN_REOFFENDING_BINARY": ("S25", "published_binary"),
        "PROVEN_REOFFENDING_FREQUENCY": ("S25", "published_frequency"),
    }
    rows = measured(
        *("K052", "K054", "S25"),
        int_kpi__list_published_months=[
            {"indicator_code": code, "month_start": OCTOBER, "value": 4.25}
            for code in [*figures, "OTHER"]
        ],
    )
    assert rows == [(*place, OCTOBER, "unplaced", 4.25, None) for place in figures.values()]


def test_drug_and_acquisitive_crimes_are_one_figure_and_two() -> None:
    ward = "E05009318"
    crimes = [("drugs", ward), ("drugs", "unplaced"), ("acquisitive", ward), ("violent", ward)]
    rows = measured(
        "K053",
        int_kpi__list_reported_crimes=[
            {"crime_month": APRIL, "harm_group": harm_group, "ward_code": place}
            for harm_group, place in crimes
        ],
    )
    assert rows == [
        ("K053", "acquisitive", APRIL, ward, 1.0, None),
        ("K053", "all", APRIL, ward, 2.0, None),
        ("K053", "all", APRIL, "unplaced", 1.0, None),
        ("K053", "drugs", APRIL, ward, 1.0, None),
        ("K053", "drugs", APRIL, "unplaced", 1.0, None),
    ]


def test_diversion_is_of_all_first_disposals() -> None:
    disposals = [
        {"outcome_month": MAY, "outcome_group": group}
        for group in ("charged", "out of court", "charged")
    ]
    assert measured("K057", int_kpi__list_drug_disposals=disposals) == [
        ("K057", "all", MAY, "unplaced", 1.0, 3.0)
    ]
