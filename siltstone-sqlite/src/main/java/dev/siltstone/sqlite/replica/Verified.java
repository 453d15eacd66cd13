package dev.siltstone.sqlite.replica;

import dev.siltstone.sqlite.ltx.Txid;
import java.util.List;

/// What a comparison of a replica with its database found.
///
/// @param txid the transaction that was restored
/// @param pages of the restored database
/// @param pageSize bytes of a page
/// @param checksum of the restored database
/// @param same whether the database was exactly so at one of its commits
/// @param differences how many pages are others than in the database, and have not changed there since the
///     comparison began; 0 if it is the same
/// @param differing the first of them
public record Verified(
        Txid txid,
        long pages,
        int pageSize,
        long checksum,
        boolean same,
        long differences,
        List<Long> differing) {
    public Verified {
        differing = List.copyOf(differing);
    }
}
