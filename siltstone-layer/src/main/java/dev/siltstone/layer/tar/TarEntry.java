package dev.siltstone.layer.tar;

import dev.siltstone.io.posix.RawName;
import dev.siltstone.io.posix.Xattr;
import java.util.Arrays;
import java.util.List;

/// One entry of a tar, without its content. None of the arrays may be changed.
///
/// @param path relative, components divided by one `/`, none of them `.` or `..`; empty for the root of the tree
/// @param mode 0 to 07777
/// @param user 0 to 2³²−1
/// @param group 0 to 2³²−1
/// @param bytes of a file: its length, holes included; 0 for all others
/// @param modifiedSeconds since 1970, negative before
/// @param modifiedNanos 0 to 999,999,999, counted upwards
/// @param linkTarget of a symbolic link: what it says; of a hard link: the path in the tree; else empty
/// @param deviceMajor of a device; else 0
/// @param deviceMinor of a device; else 0
/// @param xattrs sorted by name, none twice; none at a hard link
public record TarEntry(
        byte[] path,
        EntryType type,
        int mode,
        long user,
        long group,
        long bytes,
        long modifiedSeconds,
        int modifiedNanos,
        byte[] linkTarget,
        int deviceMajor,
        int deviceMinor,
        List<Xattr> xattrs) {
    private static final byte[] NONE = {};
    private static final long ID_MAX = 0xffffffffL;

    public TarEntry {
        boolean possible =
                mode >= 0
                        && mode <= 07777
                        && user >= 0
                        && user <= ID_MAX
                        && group >= 0
                        && group <= ID_MAX
                        && bytes >= 0
                        && (bytes == 0 || type == EntryType.FILE)
                        && modifiedNanos >= 0
                        && modifiedNanos < 1_000_000_000
                        && (linkTarget.length > 0) == type.isLink()
                        && (path.length > 0 || type == EntryType.DIRECTORY)
                        && TarPaths.isProper(path)
                        && (type != EntryType.HARD_LINK || TarPaths.isProper(linkTarget));
        if (!possible) {
            throw new IllegalArgumentException("impossible entry " + RawName.show(path));
        }
        xattrs = List.copyOf(xattrs);
    }

    /// Returns an entry of root with an ordinary mode, of 1970-01-01.
    public static TarEntry of(byte[] path, EntryType type) {
        int mode = type == EntryType.DIRECTORY ? 0755 : 0644;
        return new TarEntry(path, type, mode, 0, 0, 0, 0, 0, NONE, 0, 0, List.of());
    }

    /// Returns an entry that makes a second name of what `target` made.
    public TarEntry asHardLinkTo(byte[] target) {
        return new TarEntry(
                path,
                EntryType.HARD_LINK,
                mode,
                user,
                group,
                0,
                modifiedSeconds,
                modifiedNanos,
                target,
                0,
                0,
                List.of());
    }

    public TarEntry withXattrs(List<Xattr> attributes) {
        return new TarEntry(
                path,
                type,
                mode,
                user,
                group,
                bytes,
                modifiedSeconds,
                modifiedNanos,
                linkTarget,
                deviceMajor,
                deviceMinor,
                attributes);
    }

    /// Returns an entry of mode 0 and 1970-01-01 that is a file or device of its own kind.
    static TarEntry marker(byte[] path, EntryType type) {
        return new TarEntry(path, type, 0, 0, 0, 0, 0, 0, NONE, 0, 0, List.of());
    }

    /// Says whether it is the device 0:0, by which OverlayFS says that a name is gone.
    public boolean isWhiteout() {
        return type == EntryType.CHARACTER_DEVICE && deviceMajor == 0 && deviceMinor == 0;
    }

    /// Returns the last component of the path; empty for the root.
    public byte[] name() {
        return Arrays.copyOfRange(path, lastSlash() + 1, path.length);
    }

    /// Returns the path of the directory that holds it; empty for the root and what lies in it.
    public byte[] parent() {
        return Arrays.copyOf(path, Math.max(0, lastSlash()));
    }

    private int lastSlash() {
        int at = path.length - 1;
        while (at >= 0 && path[at] != '/') {
            at--;
        }
        return at;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TarEntry that
                && Arrays.equals(path, that.path)
                && type == that.type
                && mode == that.mode
                && user == that.user
                && group == that.group
                && bytes == that.bytes
                && modifiedSeconds == that.modifiedSeconds
                && modifiedNanos == that.modifiedNanos
                && Arrays.equals(linkTarget, that.linkTarget)
                && deviceMajor == that.deviceMajor
                && deviceMinor == that.deviceMinor
                && xattrs.equals(that.xattrs);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(path) + type.hashCode();
    }

    @Override
    public String toString() {
        return type + " " + (path.length == 0 ? "." : RawName.show(path));
    }
}
