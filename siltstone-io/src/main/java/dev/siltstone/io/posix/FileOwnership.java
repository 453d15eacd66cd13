package dev.siltstone.io.posix;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;

/// Sets owner, mode and times of names in a directory, of links themselves. Order matters: a change of owner
/// clears setuid, setgid and capabilities; everything but a change of times leaves a new time.
public final class FileOwnership {
    private static final long OMIT = (1L << 30) - 2;

    private FileOwnership() {}

    /// Sets user and group, each 0 to 2³²−2.
    public static void setOwner(Descriptor directory, byte[] name, long user, long group)
            throws IOException {
        directory.call(
                "change the owner", Kernel.FCHOWNAT, name, user, group, Kernel.AT_SYMLINK_NOFOLLOW);
    }

    /// Sets the permission bits, 0 to 07777, of a name that is no symbolic link: the call would follow it.
    public static void setMode(Descriptor directory, byte[] name, int mode) throws IOException {
        directory.call("change the mode", Kernel.FCHMODAT, name, mode, 0, 0);
    }

    /// Sets the permission bits, 0 to 07777, of an open file.
    public static void setMode(Descriptor file, int mode) throws IOException {
        file.call("change the mode", Kernel.FCHMOD, mode, 0, 0);
    }

    /// Sets the time of the last modification; the time of access stays.
    ///
    /// @param seconds since 1970, negative before
    /// @param nanos 0 to 999,999,999, counted upwards
    /// @throws PosixException EINVAL if the file system cannot keep it; some cut it silently instead
    public static void setModified(Descriptor directory, byte[] name, long seconds, int nanos)
            throws IOException {
        Scratch scratch = Scratch.ofThread();
        scratch.answer.set(JAVA_LONG, 0, 0);
        scratch.answer.set(JAVA_LONG, 8, OMIT);
        scratch.answer.set(JAVA_LONG, 16, seconds);
        scratch.answer.set(JAVA_LONG, 24, nanos);
        directory.call(
                "change the time",
                Kernel.UTIMENSAT,
                name,
                scratch.answer.address(),
                Kernel.AT_SYMLINK_NOFOLLOW,
                0);
    }
}
