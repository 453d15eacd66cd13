package dev.siltstone.sqlite.replica;

import dev.siltstone.io.Disk;
import java.io.IOException;
import java.nio.file.Path;

/// Keeps the position of a restored database, so that replication goes on from there.
public final class PositionKeeper implements RestoredPosition {
    private final Disk disk;
    private final Path own;

    /// @param database the file that is restored
    public PositionKeeper(Disk disk, Path database) {
        this.disk = disk;
        this.own = MetaDirectory.of(database.toAbsolutePath().normalize()).own();
    }

    @Override
    public void forget() throws IOException {
        PositionFile.remove(disk, own);
        Captures.forget(disk, own);
    }

    @Override
    public void restored(Restored database) throws IOException {
        PositionFile.write(
                disk,
                own,
                new PositionFile.Position(
                        database.txid(),
                        database.pages(),
                        database.pageSize(),
                        SourceIdentity.of(database.output())));
    }
}
