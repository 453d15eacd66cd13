package dev.siltstone.layer;

import java.io.IOException;
import java.util.List;

/// One entry of a tar that is being pushed. What it tells must not change; its bytes are asked for only where no
/// frame that is known holds them.
public interface PushedEntry {
    /// Returns the path as it stands in the tar.
    TarPath path();

    /// Returns the bytes of all its header blocks, extended ones too: a multiple of 512, at most 1 MiB.
    int headerBytes();

    /// Returns the bytes of its data, without padding.
    long dataBytes();

    /// Returns the holes of its data, ascending and apart. Of those shorter than
    /// [Cuts#HOLE_BYTES_MIN] the bytes are read like any other.
    List<Hole> holes();

    /// Writes its header blocks.
    void header(byte[] target, int start) throws IOException;

    /// Opens its data; not called if there is none.
    TarContents open() throws IOException;

    /// Is called once nothing more of it is asked for, when the push does not fail before.
    default void done() {}
}
