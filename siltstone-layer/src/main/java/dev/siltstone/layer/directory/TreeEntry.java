package dev.siltstone.layer.directory;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.siltstone.io.posix.FileStatus;
import dev.siltstone.io.posix.FileType;
import dev.siltstone.io.posix.RawName;
import dev.siltstone.layer.Cuts;
import dev.siltstone.layer.FrameEntry;
import dev.siltstone.layer.Hole;
import dev.siltstone.layer.PushedEntry;
import dev.siltstone.layer.TarContents;
import dev.siltstone.layer.TarPath;
import dev.siltstone.layer.tar.TarFormat;
import dev.siltstone.layer.tree.ChangeCacheWriter;
import dev.siltstone.layer.tree.FileChangedException;
import dev.siltstone.layer.tree.FileContent;
import dev.siltstone.layer.tree.WalkedEntry;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// A name of a directory that is pushed. Of one that is remembered nothing is asked until some frame needs its bytes;
/// of others a small file is read at once, whole, and a large one stays open until it was read.
///
/// Not thread-safe; owned by the thread that pushes.
final class TreeEntry implements PushedEntry {
    private static final int ATTEMPTS = 4;

    /// Holes begin and end at multiples of this, whatever the blocks of the file system: an extraction makes such ones.
    private static final long HOLE_ALIGNMENT = 64 << 10;

    private final WalkedEntry walked;
    private final OptionalLong note;
    private final MemorySegment buffer;
    private FileStatus status;
    private byte @Nullable [] header;
    private byte @Nullable [] content;
    private @Nullable FileContent large;
    private List<Hole> holes = List.of();
    private boolean released;

    /// @param walked is released by [#done()]
    /// @param note of the memory, if it did not change
    /// @param buffer native memory to read through, shared by all entries
    TreeEntry(WalkedEntry walked, OptionalLong note, MemorySegment buffer) {
        this.walked = walked;
        this.note = note;
        this.buffer = buffer;
        this.status = walked.status();
    }

    OptionalLong note() {
        return note;
    }

    static boolean isLarge(PushedEntry entry) {
        return entry.dataBytes() > Cuts.LARGE_BYTES;
    }

    void remember(ChangeCacheWriter cache, long newNote) throws IOException {
        cache.add(walked.path(), status, walked.hardLinkTarget(), newNote);
    }

    @Override
    public TarPath path() {
        byte[] path = walked.path();
        if (status.type() != FileType.DIRECTORY) {
            return TarPath.of(path);
        }
        if (path.length == 0) {
            return TarPath.of(new byte[] {'.', '/'});
        }
        byte[] closed = Arrays.copyOf(path, path.length + 1);
        closed[path.length] = '/';
        return TarPath.of(closed);
    }

    @Override
    public int headerBytes() {
        byte[] known = header;
        return known == null ? KnownFramesFormat.headerBytes(note.orElse(0)) : known.length;
    }

    @Override
    public long dataBytes() {
        return walked.hasContent() ? status.bytes() : 0;
    }

    /// Returns the long holes of large files only: which short ones there are depends on the file system.
    @Override
    public List<Hole> holes() {
        return holes;
    }

    /// Reads what the framer asks for first: the header, and the content of a small file.
    ///
    /// @throws FileChangedException if it changes again and again, or is another file by now
    void load() throws IOException {
        if (header != null) {
            return;
        }
        if (!walked.hasContent()) {
            header = TarFormat.encode(walked.entry());
            return;
        }
        for (int attempt = 1; header == null; attempt++) {
            try {
                read();
            } catch (FileChangedException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private void read() throws IOException {
        FileContent opened = walked.open();
        try {
            boolean isLarge = opened.status().bytes() > Cuts.LARGE_BYTES;
            byte[] encoded = TarFormat.encode(opened.entry());
            List<Hole> found = isLarge ? holesOf(opened) : List.of();
            byte[] whole = isLarge ? null : opened.readAll(buffer);
            status = opened.status();
            holes = found;
            content = whole;
            header = encoded;
            if (isLarge) {
                large = opened;
            } else {
                opened.close();
            }
        } catch (IOException | RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    /// Looks for holes; goes through the file without reading.
    private List<Hole> holesOf(FileContent opened) throws IOException {
        if (opened.status().blocks() * 512 >= opened.status().bytes()) {
            return List.of();
        }
        List<Hole> found = new ArrayList<>();
        try (FileContent probe = walked.open()) {
            long size = probe.left();
            while (probe.left() > 0 && found.size() < FrameEntry.HOLES_MAX) {
                long at = size - probe.left();
                long hole = probe.hole();
                long start = (at + HOLE_ALIGNMENT - 1) / HOLE_ALIGNMENT * HOLE_ALIGNMENT;
                long end = at + hole;
                end = end == size ? end : end / HOLE_ALIGNMENT * HOLE_ALIGNMENT;
                if (end - start >= Cuts.HOLE_BYTES_MIN) {
                    found.add(new Hole(start, end - start));
                }
                probe.skipHole(hole > 0 ? hole : probe.dataAhead());
            }
        }
        return found;
    }

    /// Finds the holes of what is remembered: they are in the manifest, not in the memory.
    void findHoles() throws IOException {
        if (isLarge(this) && status.blocks() * 512 < status.bytes()) {
            load();
        }
    }

    /// Makes sure that the bytes are those that the memory promised.
    private byte[] loaded() throws IOException {
        if (header == null) {
            long promised = dataBytes();
            int promisedHeader = headerBytes();
            load();
            if (promised != dataBytes() || promisedHeader != headerBytes()) {
                throw new FileChangedException(walked.path(), "it changed since it was met");
            }
        }
        byte[] bytes = header;
        return bytes == null ? new byte[0] : bytes;
    }

    @Override
    public void header(byte[] target, int start) throws IOException {
        byte[] bytes = loaded();
        System.arraycopy(bytes, 0, target, start, bytes.length);
    }

    @Override
    public TarContents open() throws IOException {
        loaded();
        byte[] whole = content;
        if (whole != null) {
            return new WholeContents(whole);
        }
        FileContent opened = large;
        if (opened == null) {
            throw new IllegalStateException(RawName.show(walked.path()) + " was opened twice");
        }
        large = null;
        return new LargeContents(opened);
    }

    @Override
    public void done() {
        content = null;
        if (large != null) {
            large.close();
            large = null;
        }
        if (!released) {
            released = true;
            walked.release();
        }
    }

    boolean isDone() {
        return released;
    }

    private static final class WholeContents implements TarContents {
        private final byte[] whole;
        private int at;

        WholeContents(byte[] whole) {
            this.whole = whole;
        }

        @Override
        public void read(byte[] target, int start, int length) {
            System.arraycopy(whole, at, target, start, length);
            at += length;
        }

        @Override
        public void skip(long bytes) {
            at += (int) bytes;
        }

        @Override
        public void close() {}
    }

    private final class LargeContents implements TarContents {
        private final FileContent file;

        LargeContents(FileContent file) {
            this.file = file;
        }

        @Override
        public void read(byte[] target, int start, int length) throws IOException {
            int at = start;
            int end = start + length;
            while (at < end) {
                long hole = file.hole();
                int part = Math.min(end - at, (int) buffer.byteSize());
                if (hole > 0) {
                    part = (int) Math.min(hole, end - at);
                    Arrays.fill(target, at, at + part, (byte) 0);
                    file.skipHole(part);
                } else {
                    part = (int) file.read(buffer.asSlice(0, part));
                    MemorySegment.copy(buffer, JAVA_BYTE, 0, target, at, part);
                }
                at += part;
            }
        }

        @Override
        public void skip(long bytes) {
            file.skipHole(bytes);
        }

        @Override
        public void close() throws IOException {
            try (file) {
                if (file.left() == 0) {
                    file.finish();
                }
            }
        }
    }
}
