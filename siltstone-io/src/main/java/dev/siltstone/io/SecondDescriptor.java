package dev.siltstone.io;

import dev.siltstone.io.posix.Descriptor;
import dev.siltstone.io.posix.RawName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/// A file opened once more, for a call of Linux that the JDK does not have.
final class SecondDescriptor {
    private SecondDescriptor() {}

    /// What is done to it.
    interface Use {
        void of(Descriptor file) throws IOException;
    }

    /// @return false if the path has no directory to open it in
    static boolean use(Path path, Use use) throws IOException {
        Path parent = path.toAbsolutePath().getParent();
        if (parent == null) {
            return false;
        }
        byte[] whole = RawName.of(path);
        byte[] name = Arrays.copyOfRange(whole, RawName.of(parent).length + 1, whole.length);
        try (Descriptor directory = Descriptor.openDirectory(parent);
                Descriptor file = directory.openForWriting(name)) {
            use.of(file);
            return true;
        }
    }
}
