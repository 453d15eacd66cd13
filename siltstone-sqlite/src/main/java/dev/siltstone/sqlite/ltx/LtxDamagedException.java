package dev.siltstone.sqlite.ltx;

import java.io.IOException;

/// A LTX file is not what was written, or breaks a rule of the format. Trying again does not help, unless
/// the bytes were damaged on their way here.
public final class LtxDamagedException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String file;
    private final long filePosition;
    private final String reason;
    private final String expected;
    private final String actual;

    LtxDamagedException(
            String file, long filePosition, String reason, String expected, String actual) {
        super(
                "%s is damaged at file position %d: %s; expected %s, found %s"
                        .formatted(file, filePosition, reason, expected, actual));
        this.file = file;
        this.filePosition = filePosition;
        this.reason = reason;
        this.expected = expected;
        this.actual = actual;
    }

    public String file() {
        return file;
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
