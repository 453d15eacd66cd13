package dev.siltstone.stream;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;

/// What the log adds up to up to the recovery point, in a SQLite database.
///
/// Thread-safe; one transaction at a time.
final class Catalog implements Closeable {
    private Catalog() {}

    /// Opens the catalog of a data directory, creating it if needed. The caller holds the directory's lock.
    ///
    /// @throws CatalogDamagedException if a page or the WAL is not what was written; nothing was changed
    static Catalog open(Path directory, CatalogSettings settings) throws IOException {
        throw new UnsupportedOperationException();
    }

    /// Returns how far the log is in here.
    CatalogPoint point() {
        throw new UnsupportedOperationException();
    }

    /// Returns an id for a new segment. Ids are not used again once a pass or a compaction with them was committed.
    long nextSegmentId() {
        throw new UnsupportedOperationException();
    }

    /// Returns a reader with a connection of its own.
    CatalogReader reader() throws IOException {
        throw new UnsupportedOperationException();
    }

    /// Brings in a settling pass, in one forced transaction. The runs of removed streams become dead bytes of
    /// their segments.
    ///
    /// @throws IOException if it could not be committed: nothing changed, and the message says whether trying again
    ///     helps
    void settle(Settled pass) throws IOException {
        throw new UnsupportedOperationException();
    }

    /// Brings in a compaction, in one forced transaction.
    ///
    /// @throws IOException as [#settle] does
    void replace(Replaced compaction) throws IOException {
        throw new UnsupportedOperationException();
    }

    /// Ends without the checkpoint that a clean close makes, as a crash would: what was committed is there after the
    /// next open. For tests.
    void abandon() throws IOException {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() throws IOException {}
}
