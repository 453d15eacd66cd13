package dev.siltstone.stream.segment;

import java.io.IOException;
import java.nio.file.Path;

/// A run index is not what was written. Its journal file says the same; delete the index to have it written
/// again.
public final class RunIndexDamagedException extends IOException {
    private static final long serialVersionUID = 1L;

    RunIndexDamagedException(Path path, String wrong) {
        super(path + " " + wrong);
    }
}
