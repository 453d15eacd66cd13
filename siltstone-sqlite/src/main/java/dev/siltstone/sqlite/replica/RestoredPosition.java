package dev.siltstone.sqlite.replica;

import java.io.IOException;

/// Keeps what replication needs to know to go on from a restored database instead of starting over.
public interface RestoredPosition {
    /// Keeps nothing: replication starts over.
    RestoredPosition NONE =
            new RestoredPosition() {
                @Override
                public void forget() {}

                @Override
                public void restored(Restored database) {}
            };

    /// Forgets, durably, whatever was known about the database at this place: it is about to be another one.
    void forget() throws IOException;

    /// The database is in place, durably; level 0 files and page checksums lie in its meta directory. Nobody
    /// has opened it yet.
    void restored(Restored database) throws IOException;
}
