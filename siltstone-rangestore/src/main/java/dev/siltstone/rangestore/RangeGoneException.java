package dev.siltstone.rangestore;

import java.io.IOException;

/// A file is not there (any more). A retry does not help; a new look at what is there does.
public final class RangeGoneException extends IOException {
    private static final long serialVersionUID = 1L;

    RangeGoneException(RangeId id) {
        super("there is no file for " + id + " (any more)");
    }
}
