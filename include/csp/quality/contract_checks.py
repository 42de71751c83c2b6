"""The checks that follow from a contract alone: on its lake table and on its core table."""

from __future__ import annotations

from csp.contracts import Contract
from csp.contracts.dbt_models import core_names, core_schema, staging_name
from csp.quality.checks import none, resolves, unique
from csp.quality.judge import TableCheck


def _lake_reconciles(contract: Contract) -> TableCheck:
    return none(
        f"WH-LAKE-{contract.id}",
        "lake.delivery_period",
        f"schema lake holds as many rows of {contract.id} as the ledger says may be read",
        f"""select counted.rows_counted, expected.rows_expected
            from (select count(*) as rows_counted from lake.{contract.id}) as counted
            cross join (
                select coalesce(sum(row_count), 0) as rows_expected from {{batch}} as batch
                where feed = '{contract.id}'
            ) as expected
            where counted.rows_counted <> expected.rows_expected""",
    )


def _core_table_checks(contract: Contract) -> list[TableCheck]:
    """What holds of every core table that is made from a contract alone."""
    core, grain = contract.platform.coreTable, contract.platform.grain
    if core is None:
        return []
    table, code = f"{core_schema(contract)}.{core.name}", core.name
    checks, names = [], core_names(contract, core)
    key = [names[name] for name in grain.key if name in names]
    if len(key) == len(grain.key) > 0 and not core.history:
        checks.append(unique(f"WH-KEY-{code}", table, *key))
    if not core.history:
        staged = f"staging.{staging_name(contract)}"
        checks.append(
            none(
                f"WH-ROWS-{code}",
                table,
                f"{table} has every row of {staged} that counts now, and no other",
                f"""select modelled.rows_modelled, staged.rows_staged
                    from (select count(*) as rows_modelled from {{batch}} as batch) as modelled
                    cross join (
                        select count(*) as rows_staged from {staged} where is_current
                    ) as staged
                    where modelled.rows_modelled <> staged.rows_staged""",
            )
        )
    else:
        keys = ", ".join(key)
        checks.append(
            none(
                f"WH-VERSION-{code}",
                table,
                f"each {' and '.join(key)} of {table} has at most one version that counts",
                f"select {keys} from {{batch}} as batch where is_current "
                f"group by {keys} having count(*) > 1",
            )
        )
    if core.date:
        checks.append(resolves(f"WH-DAY-{code}", table, "event_date", "core.dim_date", "date_day"))
    if core.ward or core.lsoa:
        area = resolves(f"WH-AREA-{code}", table, "area_code", "core.dim_area", "area_code")
        checks.append(area)
    return checks


def contract_checks(contract: Contract) -> list[TableCheck]:
    """The checks that follow from a contract alone: its lake table and its core table."""
    return [_lake_reconciles(contract), *_core_table_checks(contract)]
