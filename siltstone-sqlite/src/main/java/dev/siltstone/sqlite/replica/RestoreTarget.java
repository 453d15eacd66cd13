package dev.siltstone.sqlite.replica;

import dev.siltstone.sqlite.ltx.Txid;
import java.time.Instant;

/// Which state of a database is wanted.
public sealed interface RestoreTarget {
    /// The newest state there is.
    record Latest() implements RestoreTarget {}

    /// The state right after a transaction; a file must end with it.
    record At(Txid txid) implements RestoreTarget {}

    /// The newest state of before a time: a transaction seen exactly at that time is not in it (as Litestream
    /// has it). Times are those of files, so of the last transaction in each.
    record Before(Instant time) implements RestoreTarget {}
}
