package dev.siltstone.stream.segment;

import java.io.IOException;

/// The entries of one run, in order.
public interface RunEntries {
    /// Is shown entries one after another.
    @FunctionalInterface
    interface Visitor {
        /// @return whether to go on
        boolean entry(RunEntry entry) throws IOException;
    }

    /// Shows the entry that holds `wireByte`, or the last one if it lies past the end, then those after
    /// it.
    void visitFrom(long wireByte, Visitor visitor) throws IOException;
}
