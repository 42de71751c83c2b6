"""What counts for the KPIs of drug and alcohol treatment."""

from __future__ import annotations

from tests.unit.catalogue.measured import Row, measured

MARCH, JULY, OCTOBER = "2021-03-01", "2021-07-01", "2021-10-01"


def _figures(*kpis: str, **facts: list[Row]) -> dict[tuple, list[tuple]]:
    """KPI and breakdown → month and the two figures or subjects of each row."""
    found: dict[tuple, list[tuple]] = {}
    for kpi, breakdown, month, _, *figures in measured(*kpis, **facts):
        found.setdefault((kpi, breakdown), []).append((month, *figures))
    return found


def test_somebody_with_two_journeys_in_a_month_is_one_person_in_each_of_their_groups() -> None:
    journey = {"attributor_token": "A", "month_start": OCTOBER, "client_group": "opiate"}
    figures = _figures(
        *("K049", "S32"),
        int_kpi__list_treatment_months=[
            journey,
            journey,
            journey | {"client_group": "non-opiate and alcohol"},
        ],
    )
    assert figures == {
        ("K049", "all"): [(OCTOBER, "A", None)],
        ("K049", "opiate"): [(OCTOBER, "A", None)],
        ("K049", "non_opiate_and_alcohol"): [(OCTOBER, "A", None)],
        ("S32", "in_treatment"): [(OCTOBER, "A", None)],
    }


def test_completions_are_people_of_the_month_they_completed_out_of_everybody_in_treatment() -> None:
    completed = {
        "attributor_token": "A",
        "client_group": "alcohol only",
        "started_on": MARCH,
        "ended_on": "2021-07-19",
        "is_successful_completion": True,
    }
    figures = _figures(
        "S26",
        fct_treatment_journey=[
            completed | {"is_represented": True},
            completed | {"attributor_token": "B", "is_represented": False},
            completed | {"attributor_token": "C"},
            completed | {"attributor_token": "D", "is_successful_completion": False},
        ],
        int_kpi__list_treatment_months=[
            {"attributor_token": "E", "month_start": JULY, "client_group": "alcohol only"}
        ],
    )
    in_treatment = (JULY, None, "E")
    everyone = [*((JULY, token, None) for token in "ABC"), in_treatment]
    assert figures["S26", "successful_completion"] == everyone
    assert figures["S26", "successful_completion:alcohol_only"] == everyone
    assert figures["S26", "completion_without_return"] == [(JULY, "B", None), in_treatment]


def test_naloxone_is_of_journeys_for_opiates() -> None:
    journey = {"month_start": OCTOBER, "client_group": "opiate", "is_naloxone_issued": True}
    figures = _figures(
        "S26",
        int_kpi__list_treatment_months=[
            journey | {"journey_key": "A/1"},
            journey | {"journey_key": "B/1", "is_naloxone_issued": False},
            journey | {"journey_key": "C/1", "client_group": "alcohol only"},
        ],
    )
    assert figures["S26", "naloxone_coverage"] == [
        (OCTOBER, "A/1", "A/1"),
        (OCTOBER, None, "B/1"),
    ]


def test_what_is_not_known_of_a_journey_yet_counts_for_nothing() -> None:
    begun = {"started_on": MARCH, "ended_on": JULY}
    figures = _figures(
        "S26",
        fct_treatment_journey=[
            begun
            | {"is_effective": True, "waiting_days": 21, "is_within_3_weeks": True}
            | {"is_criminal_justice_referral": True, "is_represented": True},
            begun
            | {"is_effective": False, "waiting_days": 22, "is_within_3_weeks": False}
            | {"is_early_unplanned_exit": True},
            begun,
        ],
    )
    assert figures == {
        ("S26", "new_presentations"): [(MARCH, 3.0, None)],
        ("S26", "effective_treatment"): [(MARCH, 1.0, 2.0)],
        ("S26", "waiting_within_3_weeks"): [(MARCH, 1.0, 2.0)],
        ("S26", "mean_wait"): [(MARCH, 43.0, 2.0)],
        ("S26", "unplanned_exit"): [(MARCH, 1.0, 3.0)],
        ("S26", "criminal_justice_share"): [(MARCH, 1.0, 3.0)],
        ("S26", "representation"): [(JULY, 1.0, 1.0)],
    }


def test_continuity_is_of_releases_whose_three_weeks_are_over() -> None:
    releases = [
        {"released_on": "2021-03-12", "is_continuity_of_care": known}
        for known in (True, False, None)
    ]
    figures = _figures("S26", "S32", fct_prison_transfer=releases)
    assert figures == {
        ("S26", "continuity_of_care"): [(MARCH, 1.0, 2.0)],
        ("S32", "continuity_of_care"): [(MARCH, 1.0, 2.0)],
    }
