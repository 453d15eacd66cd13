package dev.siltstone.layer;

import java.io.IOException;

/// A frame that a memory told of is in no pack.
final class ForgottenFrameException extends IOException {
    private static final long serialVersionUID = 1L;

    ForgottenFrameException(Digest frame) {
        super("frame " + frame + " is remembered, and in no pack");
    }
}
