package dev.siltstone.journal;

import java.io.IOException;
import java.nio.file.Path;

/// Bytes that were durable are not what was written. Trying again does not help; nothing was changed.
public final class JournalDamagedException extends IOException {
    private static final long serialVersionUID = 1L;

    private final transient Path file;
    private final long position;
    private final long filePosition;
    private final String reason;
    private final String expected;
    private final String actual;

    JournalDamagedException(Scanned.Damaged damage) {
        super(
                "%s is damaged at file position %d (log position %d): %s; expected %s, found %s"
                        .formatted(
                                damage.file(),
                                damage.filePosition(),
                                damage.position(),
                                damage.reason(),
                                damage.expected(),
                                damage.actual()));
        this.file = damage.file();
        this.position = damage.position();
        this.filePosition = damage.filePosition();
        this.reason = damage.reason();
        this.expected = damage.expected();
        this.actual = damage.actual();
    }

    public Path file() {
        return file;
    }

    /// Returns the log position of the damaged batch, entry or byte.
    public long position() {
        return position;
    }

    public long filePosition() {
        return filePosition;
    }

    public String reason() {
        return reason;
    }

    public String expected() {
        return expected;
    }

    public String actual() {
        return actual;
    }
}
