package dev.siltstone.sqlite.replica;

import dev.siltstone.io.DiskFile;
import dev.siltstone.io.RealDisk;
import dev.siltstone.sqlite.wal.WalFrame;
import dev.siltstone.sqlite.wal.WalHeader;
import dev.siltstone.sqlite.wal.WalHeaderFound;
import dev.siltstone.sqlite.wal.WalReader;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;

/// The `-wal` file of a database that has a connection open, so that nobody deletes it. SQLite never locks it:
/// it may be opened and closed freely.
///
/// Not thread-safe.
final class WalFile implements Closeable {
    private final DiskFile file;
    private final WalReader reader;

    WalFile(Path database, ByteBuffer buffer) throws IOException {
        this.file = new RealDisk().openForReading(Path.of(database + "-wal"));
        this.reader = new WalReader(file, buffer);
    }

    WalReader reader() {
        return reader;
    }

    WalHeaderFound header() throws IOException {
        return reader.header();
    }

    Optional<WalFrame> frame(WalHeader header, long number) throws IOException {
        return reader.frame(header, number);
    }

    /// Makes durable what others wrote to it.
    void force() throws IOException {
        file.force();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
