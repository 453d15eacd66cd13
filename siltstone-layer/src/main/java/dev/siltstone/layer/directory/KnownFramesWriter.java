package dev.siltstone.layer.directory;

import dev.siltstone.io.Disk;
import dev.siltstone.io.DiskFile;
import dev.siltstone.layer.Digest;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Objects;

/// Writes known frames beside the old ones, which they replace in one step at [#commit].
///
/// Not thread-safe. One writer at a time per file.
final class KnownFramesWriter implements Closeable {
    private final Disk disk;
    private final Path file;
    private final Path staged;
    private final DiskFile out;
    private final ByteBuffer block = ByteBuffer.allocate(KnownFramesFormat.BLOCK_BYTES);
    private long rows;
    private long end = KnownFramesFormat.HEADER_BYTES;
    private boolean committed;

    KnownFramesWriter(Disk disk, Path file) throws IOException {
        this.disk = disk;
        this.file = file;
        staged = file.resolveSibling(file.getFileName() + ".new");
        if (disk.exists(staged)) { // of somebody who was killed
            disk.delete(staged);
        }
        out = disk.create(staged);
    }

    /// Returns the row that the next frame gets.
    long rows() {
        return rows;
    }

    void add(KnownFrame frame) throws IOException {
        KnownFramesFormat.encode(frame, block);
        rows++;
        if (rows % KnownFramesFormat.BLOCK_ROWS == 0) {
            writeBlock();
        }
    }

    private void writeBlock() throws IOException {
        int crcAt = KnownFramesFormat.BLOCK_BYTES - 4;
        while (block.position() < crcAt) {
            block.put((byte) 0);
        }
        block.putInt(KnownFramesFormat.crc(block.slice(0, crcAt)));
        out.write(block.flip(), end);
        end += KnownFramesFormat.BLOCK_BYTES;
        block.clear();
    }

    /// Puts the new file in the place of the old one, durably.
    void commit(Digest identity) throws IOException {
        if (block.position() > 0) {
            writeBlock();
        }
        out.write(KnownFramesFormat.header(rows, identity), 0);
        out.force();
        out.close();
        disk.rename(staged, file);
        committed = true;
        disk.forceDirectory(Objects.requireNonNull(file.toAbsolutePath().getParent()));
    }

    @Override
    public void close() throws IOException {
        if (!committed) {
            out.close();
            disk.delete(staged);
        }
    }
}
