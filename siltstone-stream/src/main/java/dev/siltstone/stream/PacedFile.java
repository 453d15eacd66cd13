package dev.siltstone.stream;

import dev.siltstone.io.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;

/// A file that is written in the background: sent to the disk a piece at a time, so that the journal's forces never
/// wait behind much, at a [Pace]. Takes no more once it is to stop, so that a
/// log that is closed does not wait for gigabytes.
///
/// Not thread-safe while it is written.
final class PacedFile implements DiskFile {
    /// As `bench/force-beside.c` shows: with pieces of 512 KiB one force of the journal in ten waited, at the same rate.
    private static final int PIECE_BYTES = 64 << 10;

    private final DiskFile file;
    private final Pace pace;
    private final BooleanSupplier isStopped;

    /// Of what was written and not sent.
    private long start = Long.MAX_VALUE;

    private long end;

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
        int bytes = source.remaining();
        file.write(source, filePosition);
        start = Math.min(start, filePosition);
        end = Math.max(end, filePosition + bytes);
        if (end - start >= PIECE_BYTES) {
            send();
        }
    }

    private void send() throws IOException {
        boolean[] pushed = new boolean[1];
        pace.write(() -> pushed[0] = file.push(start, end - start));
        if (!pushed[0]) {
            pace.note(file::force);
        }
        start = Long.MAX_VALUE;
        end = 0;
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
