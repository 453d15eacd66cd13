package dev.siltstone.layer;

import java.io.IOException;

/// The store has no layer of that name, or the layer no such entry.
public final class NoSuchLayerException extends IOException {
    private static final long serialVersionUID = 1L;

    NoSuchLayerException(String message) {
        super(message);
    }
}
