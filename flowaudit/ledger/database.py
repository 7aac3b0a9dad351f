"""Opening the SQLite file: create it, or refuse it in plain words."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from flowaudit.errors import LedgerError
from flowaudit.ledger.schema import APPLICATION_ID, SCHEMA_VERSION, STATEMENTS

_BUSY_TIMEOUT_S: Final = 5.0


@contextmanager
def refusing(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into one `LedgerError` that names the file and the way out."""
    try:
        yield
    except sqlite3.Error as error:
        msg = f"ledger {path}: {_explain(error)}"
        raise LedgerError(msg) from error


def open_writer(path: Path, cluster_id: str) -> sqlite3.Connection:
    """A connection that may append; the ledger is created, readable by its owner only, when there is none.

    Raises:
        LedgerError: not a ledger, another schema version, another cluster, damage, or no right to write.
    """
    _create_file(path)
    with refusing(path):
        connection = _connect(path.absolute().as_uri())
        try:
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            _create_tables(connection, cluster_id)
            require_ledger(connection, path, cluster_id)
            connection.execute("PRAGMA journal_mode = WAL")
        except BaseException:
            connection.close()
            raise
    return connection


def open_reader(path: Path, cluster_id: str | None) -> sqlite3.Connection:
    """A connection that cannot write.

    Raises:
        LedgerError: no such file, not a ledger, another schema version, another cluster, or damage.
    """
    if not path.is_file():
        msg = f"ledger {path}: no such file; is this the state directory of a run?"
        raise LedgerError(msg)
    with refusing(path):
        connection = _connect(path.absolute().as_uri() + "?mode=ro")
        try:
            connection.execute("PRAGMA query_only = ON")
            require_ledger(connection, path, cluster_id)
        except BaseException:
            connection.close()
            raise
    return connection


def require_ledger(connection: sqlite3.Connection, path: Path, cluster_id: str | None) -> None:
    """Refuse anything but a ledger of this schema version (and of this cluster, when one is named)."""
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        msg = f"ledger {path}: an SQLite file, but no ledger of flowaudit; name another file"
        raise LedgerError(msg)
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version != SCHEMA_VERSION:
        msg = (
            f"ledger {path}: schema version {version}, this flowaudit knows version {SCHEMA_VERSION}; "
            f"use the flowaudit that wrote it, or start with another state directory"
        )
        raise LedgerError(msg)
    row = connection.execute("SELECT value FROM meta WHERE key = 'cluster_id'").fetchone()
    if row is None:
        msg = f"ledger {path}: damaged, it does not say which cluster it belongs to; restore it from a backup"
        raise LedgerError(msg)
    if cluster_id is not None and row[0] != cluster_id:
        msg = (
            f"ledger {path}: belongs to cluster {row[0]}, not to {cluster_id}; "
            f"give each audited cluster a state directory of its own"
        )
        raise LedgerError(msg)


def _create_file(path: Path) -> None:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        msg = f"ledger {path}: cannot be written ({error.strerror}); choose another state directory"
        raise LedgerError(msg) from error


def _connect(uri: str) -> sqlite3.Connection:
    # One connection is shared by the service's threads under a lock, and transactions are begun by hand.
    return sqlite3.connect(uri, uri=True, timeout=_BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False)


def _create_tables(connection: sqlite3.Connection, cluster_id: str) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        empty = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
        if empty and connection.execute("PRAGMA application_id").fetchone()[0] == 0:
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
            for statement in STATEMENTS:
                connection.execute(statement)
            connection.execute(
                "INSERT INTO meta (key, value) "
                "VALUES ('cluster_id', ?), ('created', strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))",
                (cluster_id,),
            )
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _explain(error: sqlite3.Error) -> str:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    reasons = {
        sqlite3.SQLITE_CORRUPT: "damaged; restore it from a backup, or start with another state directory",
        sqlite3.SQLITE_NOTADB: "not an SQLite file, or damaged; restore it from a backup, or name another file",
        sqlite3.SQLITE_FULL: "the disk is full; free some space, nothing was accounted for meanwhile",
        sqlite3.SQLITE_BUSY: "another process is writing to it; run one auditor a state directory",
        sqlite3.SQLITE_LOCKED: "another process is writing to it; run one auditor a state directory",
        sqlite3.SQLITE_READONLY: "cannot be written; check the rights of the file and of its directory",
        sqlite3.SQLITE_CANTOPEN: "cannot be opened; check the rights of the file and of its directory",
        sqlite3.SQLITE_IOERR: "the disk reports an error; check the file system",
        sqlite3.SQLITE_CONSTRAINT: "refuses the entry, which would break the account of offsets",
    }
    return reasons.get(code, f"SQLite refuses ({getattr(error, 'sqlite_errorname', 'unknown error')})")
