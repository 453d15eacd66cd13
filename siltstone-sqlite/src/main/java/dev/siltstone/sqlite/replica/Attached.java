package dev.siltstone.sqlite.replica;

/// What [WalHold#attach] found out about the time when nobody held the WAL.
enum Attached {
    /// Every frame is there: it goes on right behind the last one captured.
    EXACT,

    /// Nobody wrote: the database file is as it was left, and the WAL was empty.
    UNCHANGED,

    /// Nobody can know: frames may be gone. The database must be compared, or copied whole.
    UNKNOWN
}
