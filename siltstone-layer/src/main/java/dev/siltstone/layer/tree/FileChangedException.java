package dev.siltstone.layer.tree;

import dev.siltstone.io.posix.RawName;
import java.io.IOException;

/// A file changed while it was read. What was read of it is worth nothing; reading it again helps once whoever writes
/// it pauses.
public final class FileChangedException extends IOException {
    private static final long serialVersionUID = 1L;

    public FileChangedException(byte[] path, String how) {
        super("%s changed while it was read: %s".formatted(RawName.show(path), how));
    }
}
