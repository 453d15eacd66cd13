package dev.siltstone.stream;

import dev.siltstone.io.DiskFile;
import dev.siltstone.io.NanoClock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;

/// A file that is written in the background: forced a piece at a time, so that the journal's forces never
/// wait behind much, with a rest after each piece as long as that took. Takes no more once it is to stop, so that a
/// log that is closed does not wait for gigabytes.
///
/// Not thread-safe while it is written.
final class PacedFile implements DiskFile {
    private static final int PIECE_BYTES = 512 << 10;
    private static final long REST_NANOS_MAX = 1_000_000_000;

    /// How fast files in the background may be written.
    ///
    /// @param rest waits so many nanoseconds
    record Pace(NanoClock clock, LongConsumer rest) {
        /// As fast as the disk.
        static final Pace FULL = new Pace(() -> 0, _ -> {});
    }

    private final DiskFile file;
    private final Pace pace;
    private final BooleanSupplier isStopped;
    private long unforced;

    PacedFile(DiskFile file, Pace pace, BooleanSupplier isStopped) {
        this.file = file;
        this.pace = pace;
        this.isStopped = isStopped;
    }

    @Override
    public void write(ByteBuffer source, long filePosition) throws IOException {
        if (isStopped.getAsBoolean()) {
            throw new IOException(file.path() + " is given up: the log is being closed");
        }
        unforced += source.remaining();
        file.write(source, filePosition);
        if (unforced >= PIECE_BYTES) {
            unforced = 0;
            long before = pace.clock().nanoTime();
            file.force();
            long took = pace.clock().nanoTime() - before;
            pace.rest().accept(Math.min(took, REST_NANOS_MAX));
        }
    }

    @Override
    public Path path() {
        return file.path();
    }

    @Override
    public long size() throws IOException {
        return file.size();
    }

    @Override
    public int read(ByteBuffer target, long filePosition) throws IOException {
        return file.read(target, filePosition);
    }

    @Override
    public void force() throws IOException {
        file.force();
    }

    @Override
    public void forceWithMetadata() throws IOException {
        file.forceWithMetadata();
    }

    @Override
    public boolean isLinkedAt(Path renamed) throws IOException {
        return file.isLinkedAt(renamed);
    }

    @Override
    public void truncate(long bytes) throws IOException {
        file.truncate(bytes);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
