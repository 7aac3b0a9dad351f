"""Addresses of external systems: credentials never come out, and what is ambiguous is not read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowaudit.sources.connect.addresses import Address, address_of

CLEAR = {
    "jdbc:postgresql://db.example.org/city": Address("postgres", "db.example.org:5432", "city"),
    "jdbc:postgresql://db.example.org:5433/city?user=w&password=p": Address("postgres", "db.example.org:5433", "city"),
    "jdbc:postgresql://[::1]:5432/city": Address("postgres", "[::1]:5432", "city"),
    "jdbc:aws-wrapper:postgresql://db/city": Address("postgres", "db:5432", "city"),
    "jdbc:mysql://w:p@db/city": Address("mysql", "db:3306", "city"),
    "jdbc:mysql:replication://two,ONE:3307/city": Address("mysql", "one:3307,two:3306", "city"),
    "jdbc:mariadb://db/city": Address("mysql", "db:3306", "city"),
    r"jdbc:sqlserver://db\office:1444;databaseName=city;user=w@db;password=p": Address("mssql", "db:1444", "city"),
    "jdbc:sqlserver://db;user=w;password=p": Address("mssql", "db:1433"),
    "jdbc:oracle:thin:scott/tiger@//db:1522/city": Address("oracle", "db:1522", "city"),
    "jdbc:oracle:thin:@db:1521:city": Address("oracle", "db:1521", "city"),
    "jdbc:db2://db:50001/city:user=w;password=p;": Address("db2", "db:50001", "city"),
    "jdbc:clickhouse://db/city": Address("clickhouse", "db:8123", "city"),
    "mongodb://w:p%40q@two:27018,one/city?w=1": Address("mongodb", "one:27017,two:27018", "city"),
    "mongodb+srv://w:p@cluster.example.org/": Address("mongodb", "cluster.example.org:27017"),
    "https://w:p@hooks.example.org/a?b#c": Address("https", "hooks.example.org:443", "a"),
    "redis://:p@cache": Address("redis", "cache:6379"),
}
AMBIGUOUS = (
    "",
    "nonsense",
    "jdbc:postgresql://w:p@q@db/city",
    "jdbc:postgresql://w:1/q@db/city",
    "jdbc:postgresql://w:1?q@db/city",
    "jdbc:postgresql://db/city?user=w@corp",
    "jdbc:sqlserver://w:1;q@db:1433/city",
    "jdbc:sqlserver://db;password={a;databaseName=b}",
    "jdbc:sqlserver://w@db;databaseName=city",
    "jdbc:oracle:thin:@(DESCRIPTION=(ADDRESS=(HOST=db)))",
    "jdbc:mysql://address=(host=db)(password=p)/city",
    "jdbc:sqlite:/var/city.db",
    "http://",
    "http://a b/",
    "//db/city",
)


@pytest.mark.parametrize("text", CLEAR)
def test_a_clear_address_is_host_port_and_database(text: str) -> None:
    assert address_of(text) == CLEAR[text]


@pytest.mark.parametrize("text", AMBIGUOUS)
def test_what_may_be_read_in_two_ways_is_not_read(text: str) -> None:
    assert address_of(text) is None


@given(
    st.sampled_from(["jdbc:postgresql", "jdbc:mysql", "jdbc:sqlserver", "mongodb", "https", "redis"]),
    st.text(alphabet="/@:?#;,={}%&[]\\ .", max_size=12),
    st.text(alphabet="/@:?#;,={}%&[]\\ .", max_size=12),
    st.sampled_from(["{w}:{s}@db.example.org/city", "{s}@db.example.org", "db.example.org/city?password={s}"]),
)
def test_no_password_comes_out_whatever_signs_stand_around_it(
    scheme: str, before: str, after: str, template: str
) -> None:
    text = f"{scheme}://" + template.format(w="writer", s=f"{before}SECRETPASSWORD{after}")
    assert "SECRETPASSWORD" not in repr(address_of(text)).upper()
