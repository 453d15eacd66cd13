package dev.siltstone.stream;

/// An offset that names no place in the stream it was used for.
public final class InvalidOffsetException extends Exception {
    private static final long serialVersionUID = 1L;

    /// Whether it belongs to an earlier incarnation of the stream, whose bytes are gone.
    private final boolean gone;

    InvalidOffsetException(String message, boolean gone) {
        super(message);
        this.gone = gone;
    }

    /// Says whether the place was real once: the stream was deleted since, and perhaps created again.
    public boolean isGone() {
        return gone;
    }
}
