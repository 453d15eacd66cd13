package dev.siltstone.layer;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A tar as it comes out of its frames: in order, proven, read ahead on all processors. Zeros of long holes are never
/// read and cost nothing to skip.
///
/// Not thread-safe.
public final class TarStream extends InputStream {
    private final FrameWindows windows;
    private FrameWindows.@Nullable Turn turn;
    private long position;
    private long turnStart;
    private long turnEnd;

    TarStream(FrameWindows windows) {
        this.windows = windows;
    }

    static TarStream of(FrameFetch fetch, ManifestReader manifest, PullSettings settings) {
        return new TarStream(new FrameWindows(fetch, new PageCursor(manifest, 0), settings, false));
    }

    static TarStream at(
            FrameFetch fetch, ManifestReader manifest, long start, PullSettings settings)
            throws IOException {
        PageCursor rows = new PageCursor(manifest, 0);
        long before = 0;
        ManifestReader.Row first = rows.next();
        while (first != null && before + first.frame().tarBytes() <= start) {
            before += first.frame().tarBytes();
            first = rows.next();
        }
        TarStream stream =
                new TarStream(new FrameWindows(fetch, new RowsFrom(first, rows), settings, false));
        stream.skipNBytes(start - before);
        stream.turnStart -= stream.position;
        stream.turnEnd -= stream.position;
        stream.position = 0;
        return stream;
    }

    /// A row that was taken already, and those behind it.
    private static final class RowsFrom implements RowCursor {
        private ManifestReader.@Nullable Row first;
        private final RowCursor rest;

        RowsFrom(ManifestReader.@Nullable Row first, RowCursor rest) {
            this.first = first;
            this.rest = rest;
        }

        @Override
        public ManifestReader.@Nullable Row next() throws IOException {
            ManifestReader.Row row = first;
            first = null;
            return row == null ? rest.next() : row;
        }
    }

    /// Makes sure that there is a byte at the position.
    ///
    /// @return false at the end
    private boolean advance() throws IOException {
        while (position == turnEnd) {
            FrameWindows.Turn next = windows.next();
            if (next == null) {
                turn = null;
                return false;
            }
            turn = next;
            turnStart = turnEnd;
            turnEnd += next.row().frame().tarBytes();
        }
        return true;
    }

    /// Returns the byte of the tar that is read next, counted from where the stream began.
    public long position() {
        return position;
    }

    /// Returns how many bytes from here on are known to be zeros, of a long hole; 0 if the next is not.
    public long zerosAhead() throws IOException {
        return advance() && content() == null ? turnEnd - position : 0;
    }

    /// Returns the entry whose first header begins here, or null if none does.
    public @Nullable FrameEntry entryHere() throws IOException {
        if (!advance()) {
            return null;
        }
        long offset = position - turnStart;
        List<FrameEntry> entries = turn().row().frame().entries();
        return entries.stream().filter(entry -> entry.offset() == offset).findFirst().orElse(null);
    }

    private FrameWindows.Turn turn() {
        return Objects.requireNonNull(turn);
    }

    private FrameFetch.@Nullable Fetched content() {
        return turn().content();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int start, int length) throws IOException {
        Objects.checkFromIndexSize(start, length, target.length);
        if (length == 0) {
            return 0;
        }
        if (!advance()) {
            return -1;
        }
        FrameFetch.Fetched content = content();
        if (content == null) {
            int zeros = (int) Math.min(length, turnEnd - position);
            java.util.Arrays.fill(target, start, start + zeros, (byte) 0);
            position += zeros;
            return zeros;
        }
        byte[] raw = content.raw();
        int at = (int) ((position - turnStart) % raw.length);
        int read = Math.min(length, raw.length - at);
        System.arraycopy(raw, at, target, start, read);
        position += read;
        return read;
    }

    @Override
    public long skip(long bytes) throws IOException {
        long left = Math.max(0, bytes);
        while (left > 0 && advance()) {
            long step = Math.min(left, turnEnd - position);
            position += step;
            left -= step;
        }
        return Math.max(0, bytes) - left;
    }

    @Override
    public void close() {
        windows.close();
    }
}
