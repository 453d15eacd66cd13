package dev.siltstone.io.posix;

import java.io.IOException;

/// A call of the kernel failed. The message names the call, the path and the errno; the call had no effect
/// unless its documentation says otherwise.
public final class PosixException extends IOException {
    private static final long serialVersionUID = 1L;

    private final int errno;

    private PosixException(String message, int errno) {
        super(message);
        this.errno = errno;
    }

    static PosixException of(String call, byte[] path, int errno) {
        return new PosixException(
                "%s: %s failed: %s".formatted(RawName.show(path), call, Errno.explain(errno)),
                errno);
    }

    /// Returns the number of the error, one of [Errno] or another.
    public int errno() {
        return errno;
    }

    /// Says whether there is no room: the disk is full or a quota used up.
    public boolean isFull() {
        return errno == Errno.ENOSPC || errno == Errno.EDQUOT;
    }

    /// Says whether this user may not do it, but another may.
    public boolean isDenied() {
        return errno == Errno.EPERM || errno == Errno.EACCES;
    }
}
