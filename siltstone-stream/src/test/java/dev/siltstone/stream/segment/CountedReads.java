package dev.siltstone.stream.segment;

import dev.siltstone.io.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/// Counts reads of a file.
final class CountedReads implements DiskFile {
    private final DiskFile file;
    private int reads;

    CountedReads(DiskFile file) {
        this.file = file;
    }

    int reads() {
        return reads;
    }

    @Override
    public int read(ByteBuffer target, long filePosition) throws IOException {
        reads++;
        return file.read(target, filePosition);
    }

    @Override
    public Path path() {
        return file.path();
    }

    @Override
    public long size() throws IOException {
        return file.size();
    }

    @Override
    public void write(ByteBuffer source, long filePosition) throws IOException {
        file.write(source, filePosition);
    }

    @Override
    public void force() throws IOException {
        file.force();
    }

    @Override
    public void forceWithMetadata() throws IOException {
        file.forceWithMetadata();
    }

    @Override
    public boolean isLinkedAt(Path renamed) throws IOException {
        return file.isLinkedAt(renamed);
    }

    @Override
    public void truncate(long bytes) throws IOException {
        file.truncate(bytes);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
