package dev.siltstone.objectstore;

import dev.siltstone.io.Disk;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Objects;

/// A region of a file.
final class FileBody implements ObjectBody {
    private final Disk disk;
    private final Path path;
    private final long start;
    private final long bytes;

    FileBody(Disk disk, Path path, long start, long bytes) {
        if (start < 0 || bytes < 0) {
            throw new IndexOutOfBoundsException(path + ": " + bytes + " bytes from " + start);
        }
        this.disk = disk;
        this.path = path;
        this.start = start;
        this.bytes = bytes;
    }

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    public InputStream open() throws IOException {
        return new FileRegionStream(disk.openForReading(path), start, bytes);
    }

    @Override
    public ObjectBody region(long from, long length) {
        Objects.checkFromIndexSize(from, length, bytes);
        return new FileBody(disk, path, start + from, length);
    }

    @Override
    public String toString() {
        return path + " (" + bytes + " bytes from " + start + ")";
    }
}
