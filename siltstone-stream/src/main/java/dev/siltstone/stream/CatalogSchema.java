package dev.siltstone.stream;

import java.util.List;

/// The tables of the catalog, `catalog.db`: a SQLite database with pages of [#PAGE_BYTES], `application_id`
/// [#APPLICATION_ID] and `user_version` [#VERSION].
///
/// | table   | column         | meaning                                                                        |
/// |---------|----------------|--------------------------------------------------------------------------------|
/// | log     | one            | 1: there is one row                                                            |
/// |         | recovery_point | log position before which everything is in here                                |
/// |         | time           | of the newest entry before it, milliseconds since 1970                         |
/// |         | writer_epoch   | of the last `Opened` before it                                                 |
/// |         | log_id         | of the journal; 0 as long as nothing was settled                               |
/// |         | next_segment   | id for the next segment                                                        |
/// | stream  | id             | position of its create entry                                                   |
/// |         | path           | unique                                                                         |
/// |         | deadline       | when it ends if nobody uses it any more, milliseconds since 1970; null: never  |
/// |         | idle           | milliseconds it may be idle; 0 if it ends at a fixed time; null: never         |
/// |         | state          | the rest: [StateFormat]                                                        |
/// | run     | stream, base   | which bytes: from this wire byte on                                            |
/// |         | length         | so many, at least 1                                                            |
/// |         | segment        | where they lie                                                                 |
/// | segment | id             | never used again                                                               |
/// |         | level          | 0 as settled, higher ones merged                                               |
/// |         | start, end     | log positions it covers                                                        |
/// |         | kind           | 1 a file of runs, 2 a journal file as it is                                    |
/// |         | file_bytes     | size of the file                                                               |
/// |         | run_bytes      | stream bytes in it                                                             |
/// |         | dead_bytes     | those of them that are of no run any more                                      |
///
/// Invariants: the runs of a stream follow each other without gaps from its fork byte to its tail; the lengths of a
/// segment's runs and its dead bytes add up to its `run_bytes`; segments of one kind of content do not overlap, and
/// end at or before the recovery point; what `state` says of forks is how many streams say that they are one.
final class CatalogSchema {
    static final int PAGE_BYTES = 4096;
    static final int APPLICATION_ID = 0x53494C54; // SILT
    static final int VERSION = 1;

    static final int KIND_SEGMENT = 1;
    static final int KIND_PROMOTED_JOURNAL = 2;

    /// What makes a new catalog.
    static final List<String> CREATE =
            List.of(
                    """
                    CREATE TABLE log (
                        one INTEGER PRIMARY KEY CHECK (one = 1),
                        recovery_point INTEGER NOT NULL,
                        time INTEGER NOT NULL,
                        writer_epoch INTEGER NOT NULL,
                        log_id INTEGER NOT NULL,
                        next_segment INTEGER NOT NULL)\
                    """,
                    "INSERT INTO log VALUES (1, 0, 0, 0, 0, 1)",
                    """
                    CREATE TABLE stream (
                        id INTEGER PRIMARY KEY,
                        path TEXT NOT NULL UNIQUE,
                        deadline INTEGER,
                        idle INTEGER,
                        state BLOB NOT NULL)\
                    """,
                    """
                    CREATE INDEX stream_deadline ON stream (deadline, idle)
                        WHERE deadline IS NOT NULL\
                    """,
                    """
                    CREATE TABLE run (
                        stream INTEGER NOT NULL,
                        base INTEGER NOT NULL,
                        length INTEGER NOT NULL,
                        segment INTEGER NOT NULL,
                        PRIMARY KEY (stream, base)) WITHOUT ROWID\
                    """,
                    """
                    CREATE TABLE segment (
                        id INTEGER PRIMARY KEY,
                        level INTEGER NOT NULL,
                        start INTEGER NOT NULL,
                        end INTEGER NOT NULL,
                        kind INTEGER NOT NULL,
                        file_bytes INTEGER NOT NULL,
                        run_bytes INTEGER NOT NULL,
                        dead_bytes INTEGER NOT NULL)\
                    """,
                    "PRAGMA application_id = " + APPLICATION_ID,
                    "PRAGMA user_version = " + VERSION);

    private CatalogSchema() {}
}
