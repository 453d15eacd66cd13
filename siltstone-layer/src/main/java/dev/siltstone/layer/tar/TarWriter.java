package dev.siltstone.layer.tar;

import dev.siltstone.io.posix.RawName;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/// Writes a tar in the one form of [TarFormat], to a stream that it leaves open.
///
/// Not thread-safe.
public final class TarWriter implements Closeable {
    private static final byte[] ZEROS = new byte[1 << 16];

    private final OutputStream out;
    private TarEntry current = TarEntry.of(new byte[0], EntryType.DIRECTORY);
    private long left;
    private boolean ended;

    public TarWriter(OutputStream out) {
        this.out = out;
    }

    /// Begins an entry; the one before must have all its content.
    ///
    /// @throws TarException if tar has no place for something of it; nothing was written
    public void begin(TarEntry entry) throws IOException {
        finishEntry();
        out.write(TarFormat.encode(entry));
        current = entry;
        left = entry.bytes();
    }

    /// Writes some content of the entry begun last.
    public void write(byte[] bytes, int start, int length) throws IOException {
        take(length);
        out.write(bytes, start, length);
    }

    /// Writes zeros as content.
    public void writeZeros(long length) throws IOException {
        take(length);
        zeros(length);
    }

    private void take(long length) {
        if (length > left) {
            throw new IllegalStateException(
                    "%s: %d bytes more than its header says".formatted(current, length - left));
        }
        left -= length;
    }

    private void zeros(long length) throws IOException {
        for (long rest = length; rest > 0; rest -= Math.min(rest, ZEROS.length)) {
            out.write(ZEROS, 0, (int) Math.min(rest, ZEROS.length));
        }
    }

    private void finishEntry() throws IOException {
        if (left > 0) {
            throw new IllegalStateException(
                    "%s: %d bytes less than its header says"
                            .formatted(RawName.show(current.path()), left));
        }
        zeros(TarFormat.padding(current.bytes()));
        current = TarEntry.of(new byte[0], EntryType.DIRECTORY);
    }

    /// Writes the end of the archive and flushes; the stream stays open.
    @Override
    public void close() throws IOException {
        if (!ended) {
            finishEntry();
            zeros(TarFormat.END_BYTES);
            out.flush();
            ended = true;
        }
    }

    /// Returns the end of an archive, as bytes.
    public static byte[] end() {
        return Arrays.copyOf(ZEROS, TarFormat.END_BYTES);
    }
}
