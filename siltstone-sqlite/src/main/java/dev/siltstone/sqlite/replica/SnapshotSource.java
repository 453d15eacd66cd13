package dev.siltstone.sqlite.replica;

import dev.siltstone.sqlite.ltx.LtxSink;
import dev.siltstone.sqlite.ltx.Txid;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;

/// Writes the whole database of the moment into one file.
public interface SnapshotSource {
    /// What was written.
    ///
    /// @param txid the transaction after which the database was so
    /// @param time in the file's header, to the millisecond
    /// @param checksum of the database, if it is known
    record Snapshot(Txid txid, Instant time, Optional<Long> checksum) {}

    /// Writes a LTX file from TXID 1 to the newest transaction that is durable here.
    ///
    /// @param sink gets the whole file; forces nothing
    /// @throws IOException if it cannot be read or written; what was written is dropped, and a retry may help
    Snapshot write(LtxSink sink) throws IOException;
}
