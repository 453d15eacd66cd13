package dev.siltstone.journal;

import dev.siltstone.io.Disk;
import dev.siltstone.io.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/// Saves a journal file that somebody removed while it was open.
final class FileRescue {
    private static final int COPY_BYTES = 1 << 20;

    private FileRescue() {}

    /// Writes a removed file again, from its still open descriptor: header and the log up to `durableEnd`.
    static void writeAgain(Disk disk, DiskFile removed, JournalFile file, long durableEnd)
            throws IOException {
        Path directory = file.path().toAbsolutePath().getParent();
        if (directory == null) {
            throw new IOException(file.path() + " has no directory");
        }
        disk.createDirectories(directory);
        Path temporary = directory.resolve(file.start() + "-rescued" + FilePreparer.SUFFIX);
        if (disk.exists(temporary)) {
            disk.delete(temporary);
        }
        try (DiskFile copy = disk.create(temporary)) {
            copy(removed, copy, file.header().filePosition(durableEnd));
            FilePreparer.writeZeros(
                    copy,
                    file.header().filePosition(durableEnd),
                    file.header().capacity(),
                    () -> false);
            copy.force();
        }
        disk.rename(temporary, file.path());
        disk.forceDirectory(directory);
    }

    private static void copy(DiskFile from, DiskFile to, long bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect((int) Math.min(COPY_BYTES, bytes));
        for (long at = 0; at < bytes; ) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), bytes - at));
            if (from.read(buffer, at) == 0) {
                throw new IOException(from.path() + " ends at file position " + at);
            }
            int read = buffer.flip().remaining();
            to.write(buffer, at);
            at += read;
        }
    }
}
