package dev.siltstone.layer.tree;

import dev.siltstone.io.Disk;
import dev.siltstone.io.DiskFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Objects;

/// A file that is written beside the old one and replaces it in one step at [#commit]. Until then, and if it is closed
/// without, the old one stays. Its header, which tells what is in it, is written last.
///
/// Not thread-safe. One writer at a time per file.
public final class StagedFile implements Closeable {
    private final Disk disk;
    private final Path file;
    private final Path staged;
    private final DiskFile out;
    private long end;
    private boolean committed;

    /// @param headerBytes left free at the beginning
    public StagedFile(Disk disk, Path file, int headerBytes) throws IOException {
        this.disk = disk;
        this.file = file;
        staged = file.resolveSibling(file.getFileName() + ".new");
        end = headerBytes;
        if (disk.exists(staged)) { // of somebody who was killed
            disk.delete(staged);
        }
        out = disk.create(staged);
    }

    /// Writes the next bytes, all that remain in the buffer.
    public void write(ByteBuffer bytes) throws IOException {
        int length = bytes.remaining();
        out.write(bytes, end);
        end += length;
    }

    /// Puts the new file in the place of the old one, durably.
    ///
    /// @throws IOException if that failed; the old one is there, or the new one
    public void commit(ByteBuffer header) throws IOException {
        out.write(header, 0);
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
