package dev.siltstone.sqlite.replica;

import dev.siltstone.sqlite.wal.WalReader;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;

/// A database whose WAL is held, and what was captured of it.
record Held(WalHold hold, Captures captures) implements Closeable {
    /// Returns the database as it is after the last commit that was captured, for as long as the holder stays.
    ///
    /// @param pin told when the holder is gone, and when nobody reads any more
    PinnedView view(Path database, Pin pin) throws IOException {
        Capture last = captures.last();
        WalFile wal = new WalFile(database, WalReader.newBuffer());
        try {
            return PinnedView.of(
                    wal, DatabaseFiles.of(database), last.end(), last.pagesAfter(), pin);
        } catch (IOException | RuntimeException e) {
            wal.close();
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        try (captures) {
            hold.close();
        }
    }
}
