package dev.siltstone.layer;

import dev.siltstone.objectstore.ObjectBody;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.Arrays;
import java.util.Objects;

/// A pack in memory: frames, then the index.
record PackBody(byte[] frames, int framesBytes, byte[] index) implements ObjectBody {
    @Override
    public long bytes() {
        return (long) framesBytes + index.length;
    }

    @Override
    public InputStream open() {
        return new SequenceInputStream(
                new ByteArrayInputStream(frames, 0, framesBytes), new ByteArrayInputStream(index));
    }

    @Override
    public ObjectBody region(long start, long bytes) {
        Objects.checkFromIndexSize(start, bytes, bytes());
        int split = framesBytes;
        byte[] region = new byte[(int) bytes];
        int head = (int) Math.clamp(split - start, 0, bytes);
        System.arraycopy(frames, (int) Math.min(start, split), region, 0, head);
        int from = (int) Math.max(0, start - split);
        System.arraycopy(index, from, region, head, region.length - head);
        return ObjectBody.of(region);
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(index);
    }

    @Override
    public String toString() {
        return "pack of " + bytes() + " bytes";
    }
}
