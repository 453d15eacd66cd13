package dev.siltstone.sqlite.replica;

/// What `PRAGMA wal_checkpoint` says about a WAL: how far it is committed, how far it is in the database file.
///
/// @param frames committed frames of this generation; -1 if the database has no WAL
/// @param backfilled frames that have been copied to the database file; -1 if the database has no WAL
record WalIndex(long frames, long backfilled) {
    /// Before anybody has looked.
    static final WalIndex UNKNOWN = new WalIndex(-1, -1);

    boolean isAllBackfilled() {
        return frames == backfilled;
    }

    long notBackfilled() {
        return frames - backfilled;
    }
}
