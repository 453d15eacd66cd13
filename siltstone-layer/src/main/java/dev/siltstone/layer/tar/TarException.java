package dev.siltstone.layer.tar;

import java.io.IOException;

/// An archive is damaged, hostile, or holds what cannot be kept; or an entry cannot be written as tar. Trying again
/// does not help.
public final class TarException extends IOException {
    private static final long serialVersionUID = 1L;

    public TarException(String message) {
        super(message);
    }
}
