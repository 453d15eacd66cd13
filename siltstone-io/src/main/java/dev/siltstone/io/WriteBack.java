package dev.siltstone.io;

import dev.siltstone.io.posix.Errno;
import dev.siltstone.io.posix.FileBytes;
import dev.siltstone.io.posix.PosixException;
import java.io.IOException;
import java.nio.file.Path;

/// Pages that are written from the system's cache before anybody forces them, by a call of Linux that the JDK does not
/// have.
final class WriteBack {
    private WriteBack() {}

    /// Has a part of a file written, and waits.
    ///
    /// @return false if the file system cannot
    static boolean push(Path path, long filePosition, long bytes) throws IOException {
        try {
            return SecondDescriptor.use(path, file -> FileBytes.push(file, filePosition, bytes));
        } catch (PosixException e) {
            if (e.errno() == Errno.EOPNOTSUPP
                    || e.errno() == Errno.EINVAL
                    || e.errno() == Errno.ENOSYS) {
                return false;
            }
            throw e;
        }
    }
}
