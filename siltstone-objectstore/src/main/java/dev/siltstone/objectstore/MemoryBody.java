package dev.siltstone.objectstore;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.Objects;

/// Bytes in memory.
final class MemoryBody implements ObjectBody {
    private final byte[] array;
    private final int start;
    private final int length;

    MemoryBody(byte[] array, int start, int length) {
        this.array = array;
        this.start = start;
        this.length = length;
    }

    @Override
    public long bytes() {
        return length;
    }

    @Override
    public InputStream open() {
        return new ByteArrayInputStream(array, start, length);
    }

    @Override
    public ObjectBody region(long from, long bytes) {
        Objects.checkFromIndexSize(from, bytes, length);
        return new MemoryBody(array, start + (int) from, (int) bytes);
    }

    @Override
    public String toString() {
        return length + " bytes in memory";
    }
}
