package dev.siltstone.layer;

import java.io.IOException;

/// An object is not what was written. Nothing of it was used; a retry helps only if it was read wrongly.
public final class LayerDamagedException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String object;
    private final long position;
    private final String fault;
    private final String expected;
    private final String actual;

    public LayerDamagedException(
            String object, long position, String fault, String expected, String actual) {
        super(
                "%s is damaged at %d: %s: expected %s, found %s"
                        .formatted(object, position, fault, expected, actual));
        this.object = object;
        this.position = position;
        this.fault = fault;
        this.expected = expected;
        this.actual = actual;
    }

    /// Returns the key of the damaged object, or what in it is damaged.
    public String object() {
        return object;
    }

    /// Returns the byte of the object where what is damaged begins.
    public long position() {
        return position;
    }

    /// Returns what is wrong with it.
    public String fault() {
        return fault;
    }

    public String expected() {
        return expected;
    }

    public String actual() {
        return actual;
    }
}
