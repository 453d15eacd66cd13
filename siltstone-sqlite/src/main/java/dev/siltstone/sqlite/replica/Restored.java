package dev.siltstone.sqlite.replica;

import dev.siltstone.sqlite.ltx.Txid;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// A database that was restored.
///
/// @param output the database file
/// @param txid the transaction after which it is
/// @param plan the files that it was made of
/// @param pageSize bytes of a page
/// @param pages of the database
/// @param checksum of the database, computed of what was written
/// @param checksumVerified whether the newest file said which checksum the database has, and it has it
/// @param reusedBytes of pieces that an earlier attempt had done, and that were found right
/// @param removed files of the database before that were given up
public record Restored(
        Path output,
        Txid txid,
        RestorePlan plan,
        int pageSize,
        long pages,
        long checksum,
        boolean checksumVerified,
        long reusedBytes,
        List<Path> removed) {
    public Restored {
        removed = List.copyOf(removed);
    }

    Restored withRemoved(List<Path> files) {
        return new Restored(
                output,
                txid,
                plan,
                pageSize,
                pages,
                checksum,
                checksumVerified,
                reusedBytes,
                files);
    }

    /// Returns a checksum as metadata has it.
    static Optional<Long> parseChecksum(String text) {
        return Txid.parse(text).map(Txid::value).filter(value -> value < 0);
    }
}
