"""The kinds of check on a table, each with the sentence that holds when it passes.

Queries of offending rows select keys and counts only, so that no value of a row can enter a result.
"""

from __future__ import annotations

from csp.quality.judge import CRITICAL, TableCheck

PLATFORM = "Data platform"


def unique(code: str, table: str, *columns: str) -> TableCheck:
    """The columns together name each row once."""
    sentence = f"{table} has one row for each {' and '.join(columns)}"
    if len(columns) == 1:
        return TableCheck(
            code,
            sentence,
            CRITICAL,
            PLATFORM,
            table,
            "ExpectColumnValuesToBeUnique",
            {"column": columns[0]},
        )
    return TableCheck(
        code,
        sentence,
        CRITICAL,
        PLATFORM,
        table,
        "ExpectCompoundColumnsToBeUnique",
        {"column_list": list(columns)},
    )


def present(code: str, table: str, column: str) -> TableCheck:
    """The column is never missing."""
    return TableCheck(
        code,
        f"{column} is never missing in {table}",
        CRITICAL,
        PLATFORM,
        table,
        "ExpectColumnValuesToNotBeNull",
        {"column": column},
    )


def none(code: str, table: str, sentence: str, query: str, severity: str = CRITICAL) -> TableCheck:
    """The query of offending rows gives none."""
    # Great Expectations calls the batch by a name of its own unless the query joins.
    if " join " not in query:
        query = query.replace("{batch} as batch", "{batch}").replace("batch.", "subselect.")
    return TableCheck(
        code,
        sentence,
        severity,
        PLATFORM,
        table,
        "UnexpectedRowsExpectation",
        {"unexpected_rows_query": query},
    )


def resolves(code: str, table: str, column: str, dimension: str, key: str) -> TableCheck:
    """Every value of the column is a key of the dimension; null is none."""
    return none(
        code,
        table,
        f"every {column} of {table} is in {dimension}",
        f"""select batch.{column} from {{batch}} as batch
            left join {dimension} as dimension on dimension.{key} = batch.{column}
            where batch.{column} is not null and dimension.{key} is null
            group by batch.{column}""",
    )


def facts_reconcile(code: str, feed: str, facts: str, sentence: str) -> TableCheck:
    """Facts made of a feed are as many as the rows of its newest releases."""
    return none(
        code,
        "core.fct_release",
        sentence,
        f"""select modelled.rows_modelled, released.rows_released
            from (select coalesce(sum(source_rows), 0) as rows_modelled from ({facts}) as fact)
                as modelled
            cross join (
                select coalesce(sum(row_count), 0) as rows_released from {{batch}} as batch
                where feed = '{feed}' and is_current
            ) as released
            where modelled.rows_modelled <> released.rows_released""",
    )
