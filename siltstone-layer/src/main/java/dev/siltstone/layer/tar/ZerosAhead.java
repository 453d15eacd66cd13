package dev.siltstone.layer.tar;

import java.io.IOException;

/// What knows of zeros in a stream before they are read.
@FunctionalInterface
public interface ZerosAhead {
    /// Returns how many bytes from here on are known to be zeros; 0 if the next is not. They are cheap to skip.
    long bytes() throws IOException;
}
