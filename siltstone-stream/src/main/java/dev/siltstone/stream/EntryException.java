package dev.siltstone.stream;

import java.io.IOException;

/// A journal entry whose checksum is right, but which this version cannot read. The log stays shut.
final class EntryException extends IOException {
    private static final long serialVersionUID = 1L;

    EntryException(String message) {
        super(message);
    }
}
