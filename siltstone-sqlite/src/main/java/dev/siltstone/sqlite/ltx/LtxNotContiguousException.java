package dev.siltstone.sqlite.ltx;

import java.io.IOException;

/// LTX files do not follow each other: one between them is missing, or they are of different databases.
/// Trying again with the same files does not help.
public final class LtxNotContiguousException extends IOException {
    private static final long serialVersionUID = 1L;

    LtxNotContiguousException(String message) {
        super(message);
    }
}
