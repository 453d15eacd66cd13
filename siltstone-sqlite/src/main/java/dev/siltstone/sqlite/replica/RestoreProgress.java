package dev.siltstone.sqlite.replica;

import dev.siltstone.io.Disk;
import dev.siltstone.io.DiskFile;
import dev.siltstone.sqlite.ltx.RangeSum;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The progress file of a restore ([RestoreProgressFormat]): appended to as pieces get done, read when a restore
/// goes on, and once more at the end for the checksums of all pages. Takes about 8 bytes per page on disk.
///
/// Thread-safe.
final class RestoreProgress implements Closeable {
    /// Takes the records of files that the plan still has.
    @FunctionalInterface
    interface Visitor {
        void done(RestoreFile file, RangeSum sum, DoneRange pages) throws IOException;
    }

    private final DiskFile file;
    private long end;
    private ByteBuffer buffer = ByteBuffer.allocate(64 << 10);

    private RestoreProgress(DiskFile file, long end) {
        this.file = file;
        this.end = end;
    }

    /// Begins a file, or goes on with one of the same page size.
    static RestoreProgress open(Disk disk, Path path, int pageSize) throws IOException {
        DiskFile file = disk.exists(path) ? disk.open(path) : disk.create(path);
        try {
            ByteBuffer header = ByteBuffer.allocate(RestoreProgressFormat.HEADER_BYTES);
            file.read(header, 0);
            if (!RestoreProgressFormat.isHeader(header.flip(), pageSize)) {
                file.truncate(0);
                file.write(RestoreProgressFormat.header(pageSize), 0);
            }
            return new RestoreProgress(file, RestoreProgressFormat.HEADER_BYTES);
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /// Hands on all records, and cuts off what is torn.
    synchronized void read(RestoreProgressFormat.FileFinder files, Visitor visitor)
            throws IOException {
        DoneRange pages = new DoneRange();
        long size = file.size();
        end = RestoreProgressFormat.HEADER_BYTES;
        while (end + RestoreProgressFormat.RECORD_HEADER_BYTES <= size) {
            ByteBuffer header = buffer.clear().limit(RestoreProgressFormat.RECORD_HEADER_BYTES);
            file.read(header, end);
            Optional<Integer> length = RestoreProgressFormat.length(header, size - end);
            if (length.isEmpty()) {
                break;
            }
            ByteBuffer record = room(length.get());
            file.read(record, end);
            Optional<RestoreProgressFormat.Decoded> decoded =
                    RestoreProgressFormat.decode(record.flip(), pages, files);
            if (decoded.isEmpty()) {
                break;
            }
            @Nullable RestoreFile about = decoded.get().file();
            if (about != null) {
                visitor.done(about, decoded.get().sum(), pages);
            }
            end += length.get();
        }
        file.truncate(end);
    }

    /// Appends a record.
    synchronized void add(DoneRange.Piece piece, DoneRange pages) throws IOException {
        long bytes = RestoreProgressFormat.bytes(pages);
        if (bytes > RestoreProgressFormat.RECORD_BYTES_MAX) {
            throw new IllegalStateException(piece + " has " + pages.pages() + " pages");
        }
        ByteBuffer record = room((int) bytes);
        RestoreProgressFormat.encode(piece, pages, record);
        file.write(record, end);
        end += bytes;
    }

    private ByteBuffer room(int bytes) {
        if (buffer.capacity() < bytes) {
            buffer = ByteBuffer.allocate(Math.max(bytes, buffer.capacity() * 2));
        }
        return buffer.clear().limit(bytes);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
