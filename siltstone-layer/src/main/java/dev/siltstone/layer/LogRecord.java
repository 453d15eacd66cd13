package dev.siltstone.layer;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// One record of the log: [RecordFormat].
///
/// @param number 1 for the first; one more for each
/// @param time of the machine that wrote it; informs people and decides nothing but how long gc waits
/// @param writer 16 random bytes, which tell a record of ours from one like it
/// @param previous checksum of the record before; zeros in the first
/// @param base number of the last record, this or one before, that carries a state
/// @param state after this record, if `base` is this
record LogRecord(
        long number,
        Instant time,
        Digest writer,
        Digest previous,
        long base,
        RecordBody body,
        @Nullable LogState state) {
    /// So many records at most follow a state before the next.
    static final long BASE_RECORDS_MAX = 256;

    static final Digest NONE = new Digest(0, 0, 0, 0);

    LogRecord {
        assert number >= 1 && base >= 0 && base <= number && number - base <= BASE_RECORDS_MAX;
        assert (base == number) == (state != null);
    }
}
