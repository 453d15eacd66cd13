package dev.siltstone.sqlite.replica;

import dev.siltstone.io.Disk;
import dev.siltstone.rangestore.KnownRanges;
import dev.siltstone.rangestore.LocalRanges;
import dev.siltstone.rangestore.RemoteRanges;
import dev.siltstone.sqlite.ltx.Txid;
import java.io.IOException;

/// How a database on this machine stands to the history at its destination.
///
/// | last transaction from here            | means                                                               |
/// |---------------------------------------|---------------------------------------------------------------------|
/// | is the newest there, or a later one   | this machine goes on; also after Litestream had its turn here       |
/// | is an older one                       | *overtaken*: another machine has written since                      |
/// | is not known, and the place was restored from there up to its end | this machine goes on                    |
/// | is not known                          | *stranger*: a new meta directory, an older state, another database  |
///
/// A file of level 0 is durable here before it is uploaded, and the newest one always stays; so a newer one there is
/// not ours. Who is no successor reads all of the database, which becomes the transaction behind the newest.
///
/// @param local the newest transaction of level 0 in the meta directory; zero if there is none
/// @param remote the newest transaction at the destination; zero if there is none
/// @param isSuccessor whether this database has all that is there
public record Succession(Txid local, Txid remote, boolean isSuccessor) {
    static Succession of(Disk disk, MetaDirectory meta, LocalRanges local, RemoteRanges remote)
            throws IOException {
        Txid here = newest(local.known(), 0);
        Txid there = Txid.ZERO;
        for (int level = 0; level < remote.known().levels(); level++) {
            there = Txid.max(there, newest(remote.known(), level));
        }
        PositionFile.Position left = PositionFile.read(disk, meta.own());
        boolean isAtEnd = left != null && left.txid().equals(there);
        return new Succession(here, there, !there.isAfter(here) || isAtEnd);
    }

    private static Txid newest(KnownRanges known, int level) {
        return known.newest(level).map(file -> new Txid(file.id().last())).orElse(Txid.ZERO);
    }

    /// Says whether another machine has written there since this one did.
    public boolean isOvertaken() {
        return !isSuccessor && !local.isZero();
    }

    void requireNotOvertaken(String destination) throws OvertakenException {
        if (isOvertaken()) {
            throw new OvertakenException(destination, local, remote);
        }
    }
}
