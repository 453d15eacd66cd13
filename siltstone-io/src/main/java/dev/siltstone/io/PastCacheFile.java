package dev.siltstone.io;

import static java.nio.file.StandardOpenOption.WRITE;

import com.sun.nio.file.ExtendedOpenOption;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/// A file whose whole blocks are written past the cache of the operating system (`O_DIRECT`), and everything else
/// through it, as it is read. The kernel keeps the two together: it drops cached blocks that are written directly.
///
/// A block is written directly if all three are multiples of the block size: where it lies in memory, outside the
/// heap; its file position; its length. (That is what [ExtendedOpenOption#DIRECT] asks for.)
///
/// Thread-safe.
final class PastCacheFile implements DiskFile {
    /// Also the least that a file system's blocks may have, so that no other alignment is ever too small.
    private static final int BLOCK_BYTES_MIN = 4096;

    private static final int BLOCK_BYTES_MAX = 1 << 16;

    private final DiskFile cached;
    private final DiskFile direct;
    private final int blockBytes;

    /// File systems let one thread at a time write new blocks directly; the others wait here, not in the kernel.
    /// What that brings was not measured by itself.
    private final ReentrantLock writing = new ReentrantLock();

    private PastCacheFile(DiskFile cached, DiskFile direct, int blockBytes) {
        this.cached = cached;
        this.direct = direct;
        this.blockBytes = blockBytes;
    }

    /// @param cached the same file; closed with the one returned, which may be itself, and also if this throws
    /// @return `cached`, where the file system cannot write past the cache
    static DiskFile open(Path path, DiskFile cached) throws IOException {
        long blockBytes;
        try {
            blockBytes = Math.max(BLOCK_BYTES_MIN, Files.getFileStore(path).getBlockSize());
        } catch (IOException | UnsupportedOperationException e) {
            return cached; // its blocks are not known
        }
        if (blockBytes > BLOCK_BYTES_MAX || Long.bitCount(blockBytes) != 1) {
            return cached;
        }
        try {
            DiskFile direct = RealFile.open(path, Set.of(WRITE, ExtendedOpenOption.DIRECT));
            return new PastCacheFile(cached, direct, (int) blockBytes);
        } catch (IOException | UnsupportedOperationException e) {
            return cached; // some file systems refuse to open a file so
        }
    }

    @Override
    public Path path() {
        return cached.path();
    }

    @Override
    public long size() throws IOException {
        return cached.size();
    }

    @Override
    public void write(ByteBuffer source, long filePosition) throws IOException {
        boolean whole =
                source.isDirect()
                        && source.hasRemaining()
                        && filePosition % blockBytes == 0
                        && source.remaining() % blockBytes == 0
                        && source.alignmentOffset(source.position(), blockBytes) == 0;
        if (!whole) {
            cached.write(source, filePosition);
            return;
        }
        writing.lock();
        try {
            direct.write(source, filePosition);
        } finally {
            writing.unlock();
        }
    }

    @Override
    public int read(ByteBuffer target, long filePosition) throws IOException {
        return cached.read(target, filePosition);
    }

    /// What was written directly waits for a force too: in the cache of the disk, and with it the places of new
    /// blocks.
    @Override
    public void force() throws IOException {
        cached.force();
    }

    @Override
    public void forceWithMetadata() throws IOException {
        cached.forceWithMetadata();
    }

    @Override
    public boolean isLinkedAt(Path renamed) throws IOException {
        return cached.isLinkedAt(renamed);
    }

    @Override
    public void truncate(long bytes) throws IOException {
        cached.truncate(bytes);
    }

    @Override
    public void close() throws IOException {
        try (cached) {
            direct.close();
        }
    }

    @Override
    public String toString() {
        return cached.toString();
    }
}
