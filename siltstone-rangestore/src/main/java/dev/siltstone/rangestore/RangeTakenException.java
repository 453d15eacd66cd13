package dev.siltstone.rangestore;

import java.io.IOException;

/// There is another file of this name, and files never change. A retry does not help: two writers share a
/// place, or one forgot what it had done. Nothing changed.
public final class RangeTakenException extends IOException {
    private static final long serialVersionUID = 1L;

    private final transient RangeId id;

    RangeTakenException(RangeId id, String name) {
        super(
                "%s: there is other content in its place already: another writer uses the same place; stop one of them"
                        .formatted(name));
        this.id = id;
    }

    public RangeId id() {
        return id;
    }
}
