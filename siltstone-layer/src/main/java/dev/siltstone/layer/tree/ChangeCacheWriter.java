package dev.siltstone.layer.tree;

import dev.siltstone.io.Disk;
import dev.siltstone.io.posix.FileStatus;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;

/// Writes a change cache beside the old one, which it replaces in one step at [#commit]. Until then, and if it is
/// closed without, the old one stays.
///
/// Not thread-safe. One writer at a time per file.
public final class ChangeCacheWriter implements Closeable {
    private static final long MARGIN_SECONDS = 2;

    private final StagedFile file;
    private final long settledBefore;
    private final ByteBuffer block =
            ByteBuffer.allocate(
                    ChangeCacheFormat.BLOCK_HEADER_BYTES + ChangeCacheFormat.BODY_BYTES_MAX);
    private byte[] before = {};
    private long entries;

    /// @param walkBegan when the walk began whose names are added
    public ChangeCacheWriter(Disk disk, Path file, Instant walkBegan) throws IOException {
        settledBefore = walkBegan.getEpochSecond() - MARGIN_SECONDS;
        this.file = new StagedFile(disk, file, ChangeCacheFormat.HEADER_BYTES);
        startBlock();
    }

    private void startBlock() {
        block.clear().position(ChangeCacheFormat.BLOCK_HEADER_BYTES);
        before = new byte[0];
    }

    /// Adds a name, in the order of the walk.
    ///
    /// @param status as it was when reading it began, or when the walk met it if it has no content
    /// @param hardLinkTarget as the walk told it
    /// @param note given back by [ChangeCache#find] as long as nothing changed
    public void add(byte[] path, FileStatus status, byte[] hardLinkTarget, long note)
            throws IOException {
        if (path.length > ChangeCacheFormat.PATH_BYTES_MAX
                || hardLinkTarget.length > ChangeCacheFormat.PATH_BYTES_MAX) {
            return; // will be read again, and it does not matter
        }
        boolean settled =
                status.modifiedSeconds() < settledBefore && status.changedSeconds() < settledBefore;
        CachedEntry entry = CachedEntry.of(path, status, hardLinkTarget, settled, note);
        if (block.remaining() < ChangeCacheFormat.bytesMax(entry)) {
            writeBlock();
        }
        ChangeCacheFormat.encode(entry, before, block);
        before = path;
        entries++;
    }

    private void writeBlock() throws IOException {
        block.flip();
        if (block.remaining() > ChangeCacheFormat.BLOCK_HEADER_BYTES) {
            block.putInt(4, block.limit() - ChangeCacheFormat.BLOCK_HEADER_BYTES);
            block.putInt(0, ChangeCacheFormat.crc(block.slice(4, block.limit() - 4)));
            file.write(block);
        }
        startBlock();
    }

    /// Puts the new cache in the place of the old one, durably.
    ///
    /// @param basis 32 bytes given back by [ChangeCache#basis()], such as the digest of what the notes refer to
    /// @throws IOException if that failed; the old one is there, or the new one
    public void commit(byte[] basis) throws IOException {
        if (basis.length != ChangeCacheFormat.BASIS_BYTES) {
            throw new IllegalArgumentException("a basis has 32 bytes, not " + basis.length);
        }
        writeBlock();
        file.commit(ChangeCacheFormat.header(entries, basis));
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
