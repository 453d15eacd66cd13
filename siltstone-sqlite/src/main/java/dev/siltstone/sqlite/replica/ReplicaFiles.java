package dev.siltstone.sqlite.replica;

import dev.siltstone.rangestore.KnownRanges;
import dev.siltstone.rangestore.LocalRanges;
import dev.siltstone.rangestore.RangeFile;
import dev.siltstone.rangestore.RemoteRanges;
import dev.siltstone.rangestore.UploadBacklog;
import dev.siltstone.sqlite.ltx.Txid;
import java.io.IOException;
import java.util.List;

/// The files of one replica: on this machine, at the destination, and on their way.
///
/// Thread-safe.
///
/// @param local on this machine
/// @param remote at the destination
/// @param backlog transactions on their way there
record ReplicaFiles(LocalRanges local, RemoteRanges remote, UploadBacklog backlog) {
    private static final int SNAPSHOT_LEVEL = LitestreamNames.SNAPSHOT_LEVEL;

    /// Returns the last transaction that is durable on this machine; zero if there is none.
    Txid localNewest() {
        return newest(local.known(), 0);
    }

    /// Returns the last transaction that the destination is known to have; zero if there is none.
    Txid remoteNewest() {
        Txid newest = Txid.ZERO;
        for (int level = 0; level < remote.known().levels(); level++) {
            newest = Txid.max(newest, newest(remote.known(), level));
        }
        return newest;
    }

    /// Returns the last transaction that is anywhere; zero if there is none.
    Txid newest() {
        return Txid.max(localNewest(), remoteNewest());
    }

    private static Txid newest(KnownRanges known, int level) {
        return known.newest(level).map(file -> new Txid(file.id().last())).orElse(Txid.ZERO);
    }

    /// Says whether the destination has something to begin a restore with.
    boolean hasBase() {
        KnownRanges known = remote.known();
        for (int level = 0; level < known.levels(); level++) {
            List<RangeFile> files = known.list(level);
            if (!files.isEmpty() && files.getFirst().id().first() == Txid.FIRST.value()) {
                return true;
            }
        }
        return false;
    }

    /// Deletes what is left of snapshots that were not finished.
    void dropLocalSnapshots() throws IOException {
        local.delete(local.known().list(SNAPSHOT_LEVEL).stream().map(RangeFile::id).toList());
    }
}
