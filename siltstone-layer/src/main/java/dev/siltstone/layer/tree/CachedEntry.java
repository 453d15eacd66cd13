package dev.siltstone.layer.tree;

import dev.siltstone.io.posix.FileStatus;
import dev.siltstone.io.posix.FileType;
import dev.siltstone.io.posix.RawName;
import java.util.Arrays;

/// What a [ChangeCache] knows of a name since it was read.
///
/// @param settled whether a change after the reading cannot hide behind the same times; if not, it is read again
/// @param hardLinkTarget path of the first name of the inode, if this was a later one; else empty
/// @param note of whoever wrote the cache
record CachedEntry(
        byte[] path,
        FileType type,
        int mode,
        long links,
        long user,
        long group,
        int deviceMajor,
        int deviceMinor,
        long inode,
        long bytes,
        long modifiedSeconds,
        int modifiedNanos,
        long changedSeconds,
        int changedNanos,
        boolean settled,
        byte[] hardLinkTarget,
        long note) {
    static CachedEntry of(
            byte[] path, FileStatus status, byte[] hardLinkTarget, boolean settled, long note) {
        return new CachedEntry(
                path,
                status.type(),
                status.mode(),
                status.links(),
                status.user(),
                status.group(),
                status.deviceMajor(),
                status.deviceMinor(),
                status.inode(),
                status.bytes(),
                status.modifiedSeconds(),
                status.modifiedNanos(),
                status.changedSeconds(),
                status.changedNanos(),
                settled,
                hardLinkTarget,
                note);
    }

    /// Says whether the name leads to the very file that was read, unchanged. The device's number is not asked: it
    /// may be another after the machine starts anew. A change of attributes shows by the time of the change.
    boolean isStill(FileStatus status, byte[] linkTarget) {
        return settled
                && inode == status.inode()
                && type == status.type()
                && mode == status.mode()
                && links == status.links()
                && user == status.user()
                && group == status.group()
                && deviceMajor == status.deviceMajor()
                && deviceMinor == status.deviceMinor()
                && bytes == status.bytes()
                && modifiedSeconds == status.modifiedSeconds()
                && modifiedNanos == status.modifiedNanos()
                && changedSeconds == status.changedSeconds()
                && changedNanos == status.changedNanos()
                && Arrays.equals(hardLinkTarget, linkTarget);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CachedEntry that
                && Arrays.equals(path, that.path)
                && Arrays.equals(hardLinkTarget, that.hardLinkTarget)
                && settled == that.settled
                && note == that.note
                && facts().equals(that.facts());
    }

    private FileStatus facts() {
        return new FileStatus(
                type,
                mode,
                links,
                user,
                group,
                deviceMajor,
                deviceMinor,
                0,
                inode,
                bytes,
                0,
                modifiedSeconds,
                modifiedNanos,
                changedSeconds,
                changedNanos);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(path);
    }

    @Override
    public String toString() {
        return RawName.show(path);
    }
}
