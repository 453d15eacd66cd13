package dev.siltstone.layer.directory;

import dev.siltstone.io.Disk;
import dev.siltstone.io.DiskFile;
import dev.siltstone.layer.Digest;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Reads known frames, block by block. What is missing or damaged is not known.
///
/// Not thread-safe.
final class KnownFramesReader implements Closeable {
    private final DiskFile file;
    private final Digest identity;
    private final long rows;
    private final ByteBuffer block = ByteBuffer.allocate(KnownFramesFormat.BLOCK_BYTES);
    private long loaded = -1;

    private KnownFramesReader(DiskFile file, ByteBuffer header) {
        this.file = file;
        identity = KnownFramesFormat.identity(header);
        rows = KnownFramesFormat.rows(header);
    }

    /// Opens a file.
    ///
    /// @return `null` if there is none of this version
    static @Nullable KnownFramesReader open(Disk disk, Path path) throws IOException {
        if (!disk.exists(path)) {
            return null;
        }
        DiskFile file = disk.openForReading(path);
        try {
            ByteBuffer header = ByteBuffer.allocate(KnownFramesFormat.HEADER_BYTES);
            file.read(header, 0);
            if (KnownFramesFormat.isHeader(header.flip())) {
                return new KnownFramesReader(file, header);
            }
            file.close();
            return null;
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /// Returns the identity of the layer that the frames made.
    Digest identity() {
        return identity;
    }

    long rows() {
        return rows;
    }

    /// Returns a row, or `null` if it is not there, or damaged.
    @Nullable KnownFrame row(long row) throws IOException {
        if (row < 0 || row >= rows) {
            return null;
        }
        long wanted = row / KnownFramesFormat.BLOCK_ROWS;
        if (wanted != loaded && !load(wanted)) {
            return null;
        }
        return KnownFramesFormat.decode(block, (int) (row % KnownFramesFormat.BLOCK_ROWS));
    }

    private boolean load(long wanted) throws IOException {
        loaded = -1;
        block.clear();
        long start = KnownFramesFormat.blockPosition(wanted * KnownFramesFormat.BLOCK_ROWS);
        int read = file.read(block, start);
        int crcAt = KnownFramesFormat.BLOCK_BYTES - 4;
        block.clear();
        if (read < KnownFramesFormat.BLOCK_BYTES
                || block.getInt(crcAt) != KnownFramesFormat.crc(block.slice(0, crcAt))) {
            return false;
        }
        loaded = wanted;
        return true;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
