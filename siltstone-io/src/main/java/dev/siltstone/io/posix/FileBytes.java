package dev.siltstone.io.posix;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/// Reads and writes the bytes of open files, finds their holes, and makes them durable.
public final class FileBytes {
    private static final int SEEK_DATA = 3;
    private static final int SEEK_HOLE = 4;

    /// Waits for what is being written, writes the rest, waits for that.
    private static final int PUSH_AND_WAIT = 7;

    private FileBytes() {}

    /// Reads into native memory until it is full or the file ends.
    ///
    /// @return bytes read
    public static long read(Descriptor file, MemorySegment target, long filePosition)
            throws IOException {
        long done = 0;
        while (done < target.byteSize()) {
            long bytes =
                    file.call(
                            "read",
                            Kernel.PREAD64,
                            target.address() + done,
                            target.byteSize() - done,
                            filePosition + done);
            if (bytes == 0) {
                break;
            }
            done += bytes;
        }
        return done;
    }

    /// Writes all of some native memory. After a failure any part of it may have been written.
    public static void write(Descriptor file, MemorySegment source, long filePosition)
            throws IOException {
        long done = 0;
        while (done < source.byteSize()) {
            done +=
                    file.call(
                            "write",
                            Kernel.PWRITE64,
                            source.address() + done,
                            source.byteSize() - done,
                            filePosition + done);
        }
    }

    /// Cuts the file, or extends it with a hole, to `bytes`.
    public static void truncate(Descriptor file, long bytes) throws IOException {
        file.call("change the length", Kernel.FTRUNCATE, bytes, 0, 0);
    }

    /// Gives the file room for `bytes`, and that length if it is shorter; what was not written reads as zeros.
    ///
    /// @throws PosixException EOPNOTSUPP if the file system cannot; ENOSPC if there is no room
    public static void reserve(Descriptor file, long bytes) throws IOException {
        file.call("reserve room", Kernel.FALLOCATE, 0, 0, bytes);
    }

    /// Returns the first file position at or after `filePosition` that may hold other bytes than zeros;
    /// `fileBytes` if the rest is a hole.
    public static long nextData(Descriptor file, long filePosition, long fileBytes)
            throws IOException {
        try {
            long data = file.call("seek data", Kernel.LSEEK, filePosition, SEEK_DATA, 0);
            return Math.min(data, fileBytes);
        } catch (PosixException e) {
            return switch (e.errno()) {
                case Errno.ENXIO -> fileBytes; // no data after it
                case Errno.EINVAL, Errno.EOPNOTSUPP -> filePosition; // knows no holes
                default -> throw e;
            };
        }
    }

    /// Returns the first file position at or after `filePosition`, which is in data, where a hole begins;
    /// `fileBytes` if none does.
    public static long nextHole(Descriptor file, long filePosition, long fileBytes)
            throws IOException {
        try {
            long hole = file.call("seek a hole", Kernel.LSEEK, filePosition, SEEK_HOLE, 0);
            return Math.min(hole, fileBytes);
        } catch (PosixException e) {
            return switch (e.errno()) {
                case Errno.ENXIO, Errno.EINVAL, Errno.EOPNOTSUPP -> fileBytes;
                default -> throw e;
            };
        }
    }

    /// Makes a file, or the names in a directory, durable. A failure is final, as that of any force.
    public static void force(Descriptor file) throws IOException {
        file.call("force", Kernel.FSYNC, 0, 0, 0);
    }

    /// Has a part of the file written from the page cache to the disk, and waits for that. Not durable: neither the
    /// places of new blocks nor the length are, and the disk may keep what it got in a cache of its own.
    ///
    /// @throws PosixException ESPIPE, EINVAL or ENOSYS if the system or the file cannot
    public static void push(Descriptor file, long filePosition, long bytes) throws IOException {
        file.call("push", Kernel.SYNC_FILE_RANGE, filePosition, bytes, PUSH_AND_WAIT);
    }

    /// Makes everything in the file system of an open file durable. A failure is final, as that of any force.
    public static void forceFileSystem(Descriptor file) throws IOException {
        file.call("force the file system", Kernel.SYNCFS, 0, 0, 0);
    }
}
