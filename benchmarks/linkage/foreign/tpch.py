"""TPC-H (revision 3, clause 1.4): a slice of scale factor 1, told by its own dates.

Of every hundredth customer, the orders of two years with their lines, and the parts, suppliers and offers that those
lines name. Orders come on their order date, lines when they are shipped. Customers, parts and offers have no date: they
come some days before they are first referred to, each before what depends on it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random
from typing import Any, Final

from benchmarks.linkage.foreign.database import Database, Reference, Row, folder_of, tell

REFERENCES: Final = (
    Reference("region", "nation", followed=False),
    Reference("nation", "customer", followed=False),
    Reference("nation", "supplier", followed=False),
    Reference("customer", "orders"),
    Reference("orders", "lineitem"),
    Reference("part", "partsupp"),
    Reference("supplier", "partsupp", followed=False),
    Reference("partsupp", "lineitem"),
    Reference("part", "lineitem"),
    Reference("supplier", "lineitem", followed=False),
)
"""The foreign keys of the specification; keys of nations, regions and suppliers have at most four digits."""
_DAY_S: Final = 0.28
"""Two years and what is shipped later in four minutes."""
_SLICE: Final = """
create table o as select *, o_orderdate - date '1995-01-01' as day from orders
    where o_custkey % 100 = 7 and o_orderdate >= date '1995-01-01' and o_orderdate < date '1997-01-01';
create table l as select lineitem.*, l_shipdate - date '1995-01-01' as day
    from lineitem join o on l_orderkey = o_orderkey;
create table c as select customer.*, first.day
    from customer join (select o_custkey as k, min(day) as day from o group by k) first on c_custkey = k;
create table ps as select partsupp.*, first.day from partsupp
    join (select l_partkey as k, l_suppkey as s, min(day) as day from l group by k, s) first
    on ps_partkey = k and ps_suppkey = s;
create table p as select part.*, first.day
    from part join (select ps_partkey as k, min(day) as day from ps group by k) first on p_partkey = k;
create table s as select supplier.*, first.day
    from supplier join (select ps_suppkey as k, min(day) as day from ps group by k) first on s_suppkey = k;
"""
_BEFORE_DAYS: Final = {
    "region": (60, 60),
    "nation": (50, 55),
    "supplier": (30, 40),
    "part": (20, 30),
    "partsupp": (2, 15),
    "customer": (0.1, 5),
    "orders": (0, 1),
    "lineitem": (-1, 0),
}
"""How many days before its own date, or before it is first referred to, a row of a table comes."""


def tpch(seed: int) -> Database:
    """The data set. The seed draws only the days that TPC-H does not have.

    Raises:
        UsageError: duckdb or its extension tpch is not installed.
    """
    return Database("TPC-H", tell(_rows(Random(f"TPC-H {seed}"))), REFERENCES)


def _rows(chance: Random) -> Iterator[Row]:
    connection = _generated()
    for table, query in (
        ("region", "select *, 0 as day from region"),
        ("nation", "select *, 0 as day from nation"),
        *((name, f"from {short} order by all") for name, short in _SHORT.items()),
    ):
        earliest, latest = _BEFORE_DAYS[table]
        result = connection.execute(query)
        names: Sequence[str] = [column[0] for column in result.description]
        for values in result.fetchall():
            columns = dict(zip(names, values, strict=True))
            day = columns.pop("day") - chance.uniform(earliest, latest)
            yield Row(table, (day + _LEAD_DAYS) * _DAY_S, columns)


_SHORT: Final = {"customer": "c", "supplier": "s", "part": "p", "partsupp": "ps", "orders": "o", "lineitem": "l"}
_LEAD_DAYS: Final = 61


def _generated() -> Any:  # noqa: ANN401 - a connection of duckdb
    folder_of("duckdb")
    extension = next(folder_of("duckdb_extension_tpch").rglob("tpch.duckdb_extension"))
    import duckdb  # noqa: PLC0415 - of the extra `benchmarks`

    connection = duckdb.connect()
    connection.execute(f"load '{extension}'")
    connection.execute("call dbgen(sf = 1)")
    connection.execute(_SLICE)
    return connection
