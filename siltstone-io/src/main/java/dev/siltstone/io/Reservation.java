package dev.siltstone.io;

import dev.siltstone.io.posix.Errno;
import dev.siltstone.io.posix.FileBytes;
import dev.siltstone.io.posix.PosixException;
import java.io.IOException;
import java.nio.file.Path;

/// Room for a file that is not written yet, by a call of Linux that the JDK does not have.
final class Reservation {
    private Reservation() {}

    /// Gives a file room for `bytes` and that length.
    ///
    /// @return false if its file system cannot
    static boolean make(Path path, long bytes) throws IOException {
        try {
            return SecondDescriptor.use(path, file -> FileBytes.reserve(file, bytes));
        } catch (PosixException e) {
            if (e.errno() == Errno.EOPNOTSUPP || e.errno() == Errno.EINVAL) {
                return false;
            }
            throw e;
        }
    }
}
