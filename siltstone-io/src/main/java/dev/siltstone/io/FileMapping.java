package dev.siltstone.io;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Maps files of the machine's file system into memory, for many small reads and writes all over a file that
/// can be made anew. What must survive is written through [DiskFile].
///
/// Never map a SQLite database or its `-shm` file: the descriptor is closed again, which drops the locks that
/// SQLite holds in this process.
///
/// Who maps a file sees to it that its bytes are there and stay: touching a mapped byte of a file that was
/// cut, or that has no space on a full disk, throws `InternalError`.
public final class FileMapping {
    private FileMapping() {}

    /// Maps the first bytes of a file for reading and writing. No descriptor stays open.
    ///
    /// @param bytes at most the file's length
    /// @param arena whose closing ends the mapping
    /// @throws IOException if the file cannot be mapped, is shorter, or the thread is interrupted; nothing
    ///     changed
    public static MemorySegment map(Path file, long bytes, Arena arena) throws IOException {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            if (channel.size() < bytes) {
                throw new IOException(
                        "%s has %d bytes; %d cannot be mapped"
                                .formatted(file, channel.size(), bytes));
            }
            return channel.map(MapMode.READ_WRITE, 0, bytes, arena);
        }
    }
}
