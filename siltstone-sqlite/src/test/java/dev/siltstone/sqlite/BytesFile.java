package dev.siltstone.sqlite;

import dev.siltstone.io.DiskFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;

/// An open file that is an array.
public final class BytesFile implements DiskFile {
    private byte[] bytes;

    public BytesFile(byte[] bytes) {
        this.bytes = bytes.clone();
    }

    /// Returns the file's bytes, to look at or to change.
    public byte[] bytes() {
        return bytes;
    }

    public void become(byte[] other) {
        bytes = other.clone();
    }

    public void flip(long bit) {
        bytes[(int) (bit / 8)] ^= (byte) (1 << bit % 8);
    }

    @Override
    public Path path() {
        return Path.of("/array");
    }

    @Override
    public long size() {
        return bytes.length;
    }

    @Override
    public void write(ByteBuffer source, long filePosition) {
        int end = (int) filePosition + source.remaining();
        if (end > bytes.length) {
            bytes = Arrays.copyOf(bytes, end);
        }
        source.get(bytes, (int) filePosition, source.remaining());
    }

    @Override
    public int read(ByteBuffer target, long filePosition) {
        int count = (int) Math.clamp(bytes.length - filePosition, 0, target.remaining());
        if (count > 0) {
            target.put(bytes, (int) filePosition, count);
        }
        return count;
    }

    @Override
    public void force() {}

    @Override
    public void forceWithMetadata() {}

    @Override
    public boolean isLinkedAt(Path renamed) {
        return true;
    }

    @Override
    public void truncate(long length) {
        bytes = Arrays.copyOf(bytes, (int) length);
    }

    @Override
    public void close() {}

    @Override
    public String toString() {
        return path().toString();
    }
}
