package dev.siltstone.layer.tree;

import dev.siltstone.io.Disk;
import dev.siltstone.io.DiskFile;
import dev.siltstone.io.posix.RawName;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Tells which names of a tree are as they were when they were read last, without opening them. A cache that is
/// missing, damaged or of another version knows nothing, or less: files are read that need not be. Read beside the
/// walk, block by block, so its size does not matter.
///
/// Not thread-safe.
public final class ChangeCache implements Closeable {
    private final Path path;
    private final Consumer<String> warnings;
    private final byte[] basis;
    private @Nullable DiskFile file;
    private long end = ChangeCacheFormat.HEADER_BYTES;
    private ByteBuffer block = ByteBuffer.allocate(0);
    private @Nullable CachedEntry next;
    private byte[] before = {};

    private ChangeCache(Path path, Consumer<String> warnings, byte[] basis, @Nullable DiskFile file)
            throws IOException {
        this.path = path;
        this.warnings = warnings;
        this.basis = basis;
        this.file = file;
        advance();
    }

    /// Opens a cache.
    ///
    /// @param warnings told if it is damaged
    public static ChangeCache open(Disk disk, Path path, Consumer<String> warnings)
            throws IOException {
        if (!disk.exists(path)) {
            return new ChangeCache(path, warnings, new byte[0], null);
        }
        DiskFile file = disk.openForReading(path);
        try {
            ByteBuffer header = ByteBuffer.allocate(ChangeCacheFormat.HEADER_BYTES);
            file.read(header, 0);
            byte[] basis = ChangeCacheFormat.basis(header.flip());
            if (basis == null) {
                warnings.accept(path + ": no change cache of version 1; all files are read");
                file.close();
                return new ChangeCache(path, warnings, new byte[0], null);
            }
            return new ChangeCache(path, warnings, basis, file);
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /// Returns the 32 bytes it was written with; none if it knows nothing.
    public byte[] basis() {
        return basis.clone();
    }

    /// Returns the note of a name that did not change since it was read; empty if it did, is new, or may have changed
    /// in the moment it was read. To be asked in the order of the walk.
    public OptionalLong find(WalkedEntry walked) throws IOException {
        CachedEntry cached = next;
        while (cached != null) {
            int order = RawName.compare(cached.path(), walked.path());
            if (order > 0) {
                return OptionalLong.empty();
            }
            advance();
            if (order == 0) {
                return cached.isStill(walked.status(), walked.hardLinkTarget())
                        ? OptionalLong.of(cached.note())
                        : OptionalLong.empty();
            }
            cached = next;
        }
        return OptionalLong.empty();
    }

    /// Returns the next name, and goes on; `null` at the end, or where damage begins.
    @Nullable CachedEntry take() throws IOException {
        CachedEntry taken = next;
        if (taken != null) {
            advance();
        }
        return taken;
    }

    private void advance() throws IOException {
        next = null;
        if (!block.hasRemaining() && !readBlock()) {
            return;
        }
        next = ChangeCacheFormat.decode(block, before);
        if (next == null) {
            damaged("an entry that makes no sense");
        } else {
            before = next.path();
        }
    }

    private boolean readBlock() throws IOException {
        if (file == null || end == file.size()) {
            return false;
        }
        ByteBuffer header = ByteBuffer.allocate(ChangeCacheFormat.BLOCK_HEADER_BYTES);
        file.read(header, end);
        int length = header.getInt(4);
        if (header.hasRemaining() || length < 1 || length > ChangeCacheFormat.BODY_BYTES_MAX) {
            return damaged("a block of %d bytes".formatted(length));
        }
        ByteBuffer body = ByteBuffer.allocate(4 + length);
        if (file.read(body, end + 4) < body.capacity()) {
            return damaged("a block that runs past the end of the file");
        }
        int crc = ChangeCacheFormat.crc(body.flip());
        if (crc != header.getInt(0)) {
            return damaged("checksum %08x, not %08x".formatted(header.getInt(0), crc));
        }
        block = body.position(4);
        end += ChangeCacheFormat.BLOCK_HEADER_BYTES + length;
        before = new byte[0];
        return true;
    }

    /// Returns where the next block begins: the damaged one, once [#take] found damage.
    long end() {
        return end;
    }

    private boolean damaged(String how) throws IOException {
        warnings.accept(
                "%s: damaged at byte %d: %s; files from there on are read again"
                        .formatted(path, end, how));
        close();
        block = ByteBuffer.allocate(0);
        return false;
    }

    @Override
    public void close() throws IOException {
        if (file != null) {
            file.close();
            file = null;
        }
    }
}
