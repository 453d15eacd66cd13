package dev.siltstone.stream.segment;

import java.io.IOException;
import java.nio.file.Path;

/// Bytes of a segment are not what was written. Trying again does not help; nothing was changed.
public final class SegmentDamagedException extends IOException {
    private static final long serialVersionUID = 1L;

    private final transient Path file;
    private final long filePosition;
    private final String reason;
    private final String expected;
    private final String actual;

    SegmentDamagedException(
            Path file, long filePosition, String reason, Object expected, Object actual) {
        super(
                "%s is damaged at file position %d: %s; expected %s, found %s"
                        .formatted(file, filePosition, reason, expected, actual));
        this.file = file;
        this.filePosition = filePosition;
        this.reason = reason;
        this.expected = expected.toString();
        this.actual = actual.toString();
    }

    static SegmentDamagedException crc(
            Path file, long filePosition, String what, int expected, int actual) {
        return new SegmentDamagedException(
                file,
                filePosition,
                "checksum of the " + what,
                "crc32c %08x".formatted(expected),
                "crc32c %08x".formatted(actual));
    }

    public Path file() {
        return file;
    }

    /// Returns where the damaged page or block begins, or the wrong field lies.
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
