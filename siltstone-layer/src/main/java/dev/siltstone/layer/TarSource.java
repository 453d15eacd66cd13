package dev.siltstone.layer;

import java.io.IOException;

/// What is pushed: gives the entries of a tar in their order, as often as it is asked.
@FunctionalInterface
public interface TarSource {
    /// Gives all entries, by [TarFramer#entry]; not the end of the tar.
    void writeTo(TarFramer framer) throws IOException;
}
