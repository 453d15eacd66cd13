package dev.siltstone.layer.tree;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.siltstone.io.posix.Descriptor;
import dev.siltstone.io.posix.FileBytes;
import dev.siltstone.io.posix.FileStatus;
import dev.siltstone.io.posix.Xattr;
import dev.siltstone.io.posix.Xattrs;
import dev.siltstone.layer.tar.EntryType;
import dev.siltstone.layer.tar.TarEntry;
import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// The bytes of a file as its tar entry promises them: exactly as many, and of one state of the file.
///
/// ```
///   try (FileContent content = walked.open()) {
///       content.entry();                                  // the header
///       while (content.left() > 0) {
///           if (content.hole() > 0) content.skipHole(n);  // zeros, not read
///           else content.read(buffer);
///       }
///       content.finish();                                 // only now is any of it to be believed
///   }
/// ```
///
/// Not thread-safe.
public final class FileContent implements Closeable {
    private final Descriptor file;
    private final byte[] path;
    private final FileStatus status;
    private final TarEntry entry;
    private final boolean mayHaveHoles;

    private long at;
    private long dataEnd; // up to where the last seek found data

    private FileContent(byte[] path, Descriptor file, FileStatus status, TarEntry entry) {
        this.path = path;
        this.file = file;
        this.status = status;
        this.entry = entry;
        mayHaveHoles = status.blocks() * 512 < status.bytes();
        dataEnd = mayHaveHoles ? 0 : status.bytes();
    }

    static FileContent open(WalkedEntry walked, Descriptor file, WalkSettings settings)
            throws IOException {
        try {
            FileStatus status = FileStatus.of(file);
            if (!status.isSameFile(walked.status())) {
                throw new FileChangedException(walked.path(), "another file has its name now");
            }
            List<Xattr> attributes = settings.xattrs().kept(walked.path(), Xattrs.of(file));
            TarEntry entry =
                    WalkedEntry.entry(
                            walked.path(), EntryType.FILE, status, new byte[0], attributes);
            TarEntry finished = WalkedEntry.finished(entry, settings);
            return new FileContent(walked.path(), file, status, finished);
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /// Returns the entry, as the file was when it was opened.
    public TarEntry entry() {
        return entry;
    }

    /// Returns what the kernel told when it was opened: what a [ChangeCache] is to know of it.
    public FileStatus status() {
        return status;
    }

    /// Returns the bytes not yet read or skipped.
    public long left() {
        return status.bytes() - at;
    }

    /// Returns how many bytes at this place are a hole: zeros, known without reading.
    public long hole() throws IOException {
        if (at < dataEnd || at == status.bytes()) {
            return 0;
        }
        long data = FileBytes.nextData(file, at, status.bytes());
        if (data == at) {
            dataEnd = FileBytes.nextHole(file, at, status.bytes());
            if (dataEnd <= at) {
                dataEnd = status.bytes();
            }
            return 0;
        }
        return data - at;
    }

    /// Returns how many bytes at this place are data, up to the next hole or the end; 0 in a hole.
    public long dataAhead() throws IOException {
        return hole() > 0 ? 0 : (dataEnd > at ? dataEnd : status.bytes()) - at;
    }

    /// Skips bytes of a hole, at most as many as [#hole()] said; or of data that nobody wants.
    public void skipHole(long bytes) {
        at += bytes;
    }

    /// Reads the next bytes into native memory, as many as fit up to the end of the file or the next hole.
    ///
    /// @return bytes read, at least 1; 0 at the end
    /// @throws FileChangedException if the file became shorter
    public long read(MemorySegment target) throws IOException {
        long end = dataEnd > at ? dataEnd : status.bytes();
        long wanted = Math.min(target.byteSize(), end - at);
        long read = FileBytes.read(file, target.asSlice(0, wanted), at);
        if (read < wanted) {
            throw new FileChangedException(path, "it became shorter");
        }
        at += read;
        return read;
    }

    /// Reads all of a small file, holes as zeros, and checks that it did not change.
    ///
    /// @param buffer native memory to read through
    public byte[] readAll(MemorySegment buffer) throws IOException {
        byte[] whole = new byte[Math.toIntExact(status.bytes())];
        while (left() > 0) {
            long hole = hole();
            if (hole > 0) {
                skipHole(hole);
            } else {
                int start = (int) at;
                int read = (int) read(buffer);
                MemorySegment.copy(buffer, JAVA_BYTE, 0, whole, start, read);
            }
        }
        finish();
        return whole;
    }

    /// Checks that the file is still as it was when it was opened.
    ///
    /// @throws FileChangedException if not: what was read is not of one state
    public void finish() throws IOException {
        if (!FileStatus.of(file).isUnchangedSince(status)) {
            throw new FileChangedException(path, "size or times are others than before");
        }
    }

    @Override
    public void close() {
        file.close();
    }
}
