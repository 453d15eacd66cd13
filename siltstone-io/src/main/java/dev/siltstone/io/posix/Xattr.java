package dev.siltstone.io.posix;

import java.util.Arrays;

/// An extended attribute: a name in its name space (`user.`, `trusted.`, `security.`, `system.`) and a value, both
/// bytes. Neither array may be changed.
public record Xattr(byte[] name, byte[] value) {
    @Override
    public boolean equals(Object other) {
        return other instanceof Xattr that
                && Arrays.equals(name, that.name)
                && Arrays.equals(value, that.value);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(name) + Arrays.hashCode(value);
    }

    @Override
    public String toString() {
        return RawName.show(name) + " (" + value.length + " bytes)";
    }
}
