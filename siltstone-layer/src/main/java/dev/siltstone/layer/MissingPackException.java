package dev.siltstone.layer;

import java.io.IOException;

/// A pack is not there. If the layer was removed or replaced meanwhile, gc took it: look the name up again. If
/// not, somebody else deleted it, and a retry does not help.
public final class MissingPackException extends IOException {
    private static final long serialVersionUID = 1L;

    MissingPackException(PackKey pack, Throwable cause) {
        super(
                pack
                        + " is not there: its layer was replaced or removed while it was read (look it up"
                        + " again), or the pack was deleted by another program",
                cause);
    }
}
