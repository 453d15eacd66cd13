package dev.siltstone.io;

import java.io.IOException;
import java.nio.file.Path;

/// Somebody else holds the lock. Nothing changed; trying again helps once the holder has ended.
public final class DiskLockedException extends IOException {
    private static final long serialVersionUID = 1L;

    public DiskLockedException(Path path) {
        super(path + " is locked by another process; stop it first, or use another data directory");
    }
}
