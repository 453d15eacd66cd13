package dev.siltstone.layer.directory;

import dev.siltstone.io.Disk;
import dev.siltstone.layer.Digest;
import dev.siltstone.layer.tree.StagedFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/// Writes known frames beside the old ones, which they replace in one step at [#commit].
///
/// Not thread-safe. One writer at a time per file.
final class KnownFramesWriter implements Closeable {
    private final StagedFile file;
    private final ByteBuffer block = ByteBuffer.allocate(KnownFramesFormat.BLOCK_BYTES);
    private long rows;

    KnownFramesWriter(Disk disk, Path file) throws IOException {
        this.file = new StagedFile(disk, file, KnownFramesFormat.HEADER_BYTES);
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
        file.write(block.flip());
        block.clear();
    }

    /// Puts the new file in the place of the old one, durably.
    void commit(Digest identity) throws IOException {
        if (block.position() > 0) {
            writeBlock();
        }
        file.commit(KnownFramesFormat.header(rows, identity));
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
