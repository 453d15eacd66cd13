package dev.siltstone.sqlite.replica;

import java.io.IOException;

/// There is a file of the name that a merged file should get, and it is not what our files merge to: another
/// writer uses the same place. Nothing changed; trying again does not help.
public final class LevelConflictException extends IOException {
    private static final long serialVersionUID = 1L;

    LevelConflictException(String message) {
        super(message);
    }
}
