"""Where the project's own files lie (never the data; that is `csp.storage.home`)."""

from pathlib import Path

PROJECT_ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = PROJECT_ROOT / "include" / "contracts"
COMPILED_CONTRACTS = PROJECT_ROOT / "include" / "contracts.json"
EDITOR_SCHEMA = CONTRACTS / "contract.schema.json"
DBT_PROJECT = PROJECT_ROOT / "dbt_project"
REFERENCE_SEEDS = DBT_PROJECT / "seeds" / "reference"
FEED_DAGS = PROJECT_ROOT / "dags" / "partner_feeds"
KPI_CATALOGUE = DBT_PROJECT / "catalogue"
#: The borough that the project holds; CSP_BOROUGH names the folder of another.
BOROUGH = PROJECT_ROOT / "borough"
BOROUGH_SEEDS = BOROUGH / "seeds"
#: What dbt knows of a borough's seeds: which there must be, and with which columns.
BOROUGH_SEED_COLUMNS = DBT_PROJECT / "seeds" / "borough" / "_borough__seeds.yml"
