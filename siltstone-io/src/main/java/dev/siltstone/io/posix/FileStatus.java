package dev.siltstone.io.posix;

import java.io.IOException;
import java.nio.ByteBuffer;

/// What the kernel tells of a file (`statx`).
///
/// @param mode permission bits with setuid, setgid and sticky: 0 to 07777
/// @param links how many names it has
/// @param user owner, 0 to 2³²−1
/// @param group group, 0 to 2³²−1
/// @param deviceMajor of a device file: what it stands for
/// @param deviceMinor of a device file: what it stands for
/// @param device the file system it lies in, comparable only while the machine runs
/// @param inode its number there
/// @param bytes its length
/// @param blocks units of 512 bytes that it occupies
/// @param modifiedSeconds seconds since 1970, negative before
/// @param modifiedNanos 0 to 999,999,999, counted upwards also before 1970
/// @param changedSeconds of the last change of bytes or attributes; no call sets it
/// @param changedNanos 0 to 999,999,999
public record FileStatus(
        FileType type,
        int mode,
        long links,
        long user,
        long group,
        int deviceMajor,
        int deviceMinor,
        long device,
        long inode,
        long bytes,
        long blocks,
        long modifiedSeconds,
        int modifiedNanos,
        long changedSeconds,
        int changedNanos) {

    private static final int BASIC = 0x7ff;
    private static final byte[] NO_NAME = {};

    /// Returns the status of a name in a directory, of the link itself if it is one.
    ///
    /// @throws PosixException ENOENT if there is no such name
    public static FileStatus at(Descriptor directory, byte[] name) throws IOException {
        int flags = Kernel.AT_SYMLINK_NOFOLLOW | Kernel.AT_NO_AUTOMOUNT;
        Scratch scratch = Scratch.ofThread();
        directory.call("stat", Kernel.STATX, name, flags, BASIC, scratch.answerAddress);
        return decode(scratch.answerBytes);
    }

    /// Returns the status of an open file.
    public static FileStatus of(Descriptor file) throws IOException {
        Scratch scratch = Scratch.ofThread();
        long result =
                Kernel.call(
                        scratch,
                        Kernel.STATX,
                        file.number(),
                        scratch.first(NO_NAME),
                        Kernel.AT_EMPTY_PATH,
                        BASIC,
                        scratch.answerAddress);
        if (result < 0) {
            throw PosixException.of("stat", file.path(), Kernel.errno(scratch));
        }
        return decode(scratch.answerBytes);
    }

    private static FileStatus decode(ByteBuffer s) {
        int mode = s.getShort(28) & 0xffff;
        return new FileStatus(
                FileType.ofMode(mode),
                mode & 07777,
                s.getInt(16) & 0xffffffffL,
                s.getInt(20) & 0xffffffffL,
                s.getInt(24) & 0xffffffffL,
                s.getInt(128),
                s.getInt(132),
                (long) s.getInt(136) << 32 | s.getInt(140) & 0xffffffffL,
                s.getLong(32),
                s.getLong(40),
                s.getLong(48),
                s.getLong(112),
                s.getInt(120),
                s.getLong(96),
                s.getInt(104));
    }

    /// Says whether this is the same file of the same file system.
    public boolean isSameFile(FileStatus other) {
        return device == other.device && inode == other.inode && type == other.type;
    }

    /// Says whether nothing that these facts show was changed since the other was taken.
    public boolean isUnchangedSince(FileStatus other) {
        return isSameFile(other)
                && bytes == other.bytes
                && modifiedSeconds == other.modifiedSeconds
                && modifiedNanos == other.modifiedNanos
                && changedSeconds == other.changedSeconds
                && changedNanos == other.changedNanos;
    }

    /// Says whether it is the device 0:0, by which OverlayFS says that a name is gone.
    public boolean isWhiteout() {
        return type == FileType.CHARACTER_DEVICE && deviceMajor == 0 && deviceMinor == 0;
    }
}
