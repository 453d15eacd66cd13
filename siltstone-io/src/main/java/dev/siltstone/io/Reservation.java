package dev.siltstone.io;

import dev.siltstone.io.posix.Descriptor;
import dev.siltstone.io.posix.Errno;
import dev.siltstone.io.posix.FileBytes;
import dev.siltstone.io.posix.PosixException;
import dev.siltstone.io.posix.RawName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/// Room for a file that is not written yet, by a call of Linux that the JDK does not have.
final class Reservation {
    private Reservation() {}

    /// Gives a file room for `bytes` and that length.
    ///
    /// @return false if its file system cannot
    static boolean make(Path path, long bytes) throws IOException {
        Path parent = path.toAbsolutePath().getParent();
        if (parent == null) {
            return false;
        }
        byte[] whole = RawName.of(path);
        byte[] name = Arrays.copyOfRange(whole, RawName.of(parent).length + 1, whole.length);
        try (Descriptor directory = Descriptor.openDirectory(parent);
                Descriptor file = directory.openForWriting(name)) {
            FileBytes.reserve(file, bytes);
            return true;
        } catch (PosixException e) {
            if (e.errno() == Errno.EOPNOTSUPP || e.errno() == Errno.EINVAL) {
                return false;
            }
            throw e;
        }
    }
}
