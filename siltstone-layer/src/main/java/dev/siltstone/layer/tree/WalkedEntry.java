package dev.siltstone.layer.tree;

import dev.siltstone.io.posix.DirectoryNames;
import dev.siltstone.io.posix.FileStatus;
import dev.siltstone.io.posix.FileType;
import dev.siltstone.io.posix.RawName;
import dev.siltstone.io.posix.Xattr;
import dev.siltstone.io.posix.Xattrs;
import dev.siltstone.layer.tar.EntryType;
import dev.siltstone.layer.tar.TarEntry;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A name that a walk met. What it tells stays; it can be read until the walk goes on, or as long as it is held.
///
/// Thread-safe, so that others can read what one thread walks.
public final class WalkedEntry {
    private static final byte[] NONE = {};

    private final byte[] path;
    private final byte[] name;
    private final HeldDirectory directory;
    private final FileStatus status;
    private final byte[] hardLinkTarget;
    private final WalkSettings settings;

    /// @param name empty for the root, which `directory` then is itself
    WalkedEntry(
            byte[] path,
            byte[] name,
            HeldDirectory directory,
            FileStatus status,
            byte @Nullable [] hardLinkTarget,
            WalkSettings settings) {
        this.path = path;
        this.name = name;
        this.directory = directory;
        this.status = status;
        this.hardLinkTarget = hardLinkTarget == null ? NONE : hardLinkTarget;
        this.settings = settings;
    }

    /// Returns the path in the tree; empty for the root.
    public byte[] path() {
        return path;
    }

    byte[] name() {
        return name;
    }

    /// Returns what the kernel told of it when the walk met it.
    public FileStatus status() {
        return status;
    }

    /// Returns the path of the first name of the same inode, if this is a later one; else empty.
    public byte[] hardLinkTarget() {
        return hardLinkTarget;
    }

    /// Lets it be read after the walk went on, until [#release()]: its directory stays open. To be called before the
    /// walk goes on; each holding costs nothing but, per directory, a descriptor.
    public void hold() {
        directory.hold();
    }

    /// Ends a [#hold()].
    public void release() {
        directory.release();
    }

    /// Says whether it has content of its own, to be read with [#open()].
    public boolean hasContent() {
        return status.type() == FileType.FILE && hardLinkTarget.length == 0;
    }

    /// Opens a file whose content is of its own.
    ///
    /// @throws FileChangedException if the name leads to another file by now
    public FileContent open() throws IOException {
        if (!hasContent()) {
            throw new IllegalStateException(RawName.show(path) + " has no content of its own");
        }
        return FileContent.open(this, directory.descriptor().openFile(name), settings);
    }

    /// Returns the entry of what has no content of its own.
    public TarEntry entry() throws IOException {
        if (hasContent()) {
            throw new IllegalStateException(RawName.show(path) + " has content; open it");
        }
        if (hardLinkTarget.length > 0) {
            List<Xattr> owner = settings.fakeRoot() ? attributes() : List.of();
            return finished(entry(path, EntryType.FILE, status, NONE, owner), settings)
                    .asHardLinkTo(hardLinkTarget);
        }
        byte[] target =
                status.type() == FileType.SYMLINK
                        ? DirectoryNames.readSymlink(directory.descriptor(), name)
                        : NONE;
        return finished(
                entry(
                        path,
                        type(status.type()),
                        status,
                        target,
                        settings.xattrs().kept(path, attributes())),
                settings);
    }

    private List<Xattr> attributes() throws IOException {
        return name.length == 0
                ? Xattrs.of(directory.descriptor())
                : Xattrs.of(directory.descriptor(), name);
    }

    static TarEntry finished(TarEntry entry, WalkSettings settings) throws IOException {
        return settings.fakeRoot() ? FakeRoot.restored(entry) : entry;
    }

    static TarEntry entry(
            byte[] path,
            EntryType type,
            FileStatus status,
            byte[] linkTarget,
            List<Xattr> attributes) {
        return new TarEntry(
                path,
                type,
                status.mode(),
                status.user(),
                status.group(),
                type == EntryType.FILE && linkTarget.length == 0 ? fileBytes(status) : 0,
                status.modifiedSeconds(),
                status.modifiedNanos(),
                linkTarget,
                type.isDevice() ? status.deviceMajor() : 0,
                type.isDevice() ? status.deviceMinor() : 0,
                attributes);
    }

    private static long fileBytes(FileStatus status) {
        return status.type() == FileType.FILE ? status.bytes() : 0;
    }

    private static EntryType type(FileType type) {
        return switch (type) {
            case FILE -> EntryType.FILE;
            case DIRECTORY -> EntryType.DIRECTORY;
            case SYMLINK -> EntryType.SYMLINK;
            case CHARACTER_DEVICE -> EntryType.CHARACTER_DEVICE;
            case BLOCK_DEVICE -> EntryType.BLOCK_DEVICE;
            case FIFO -> EntryType.FIFO;
            case SOCKET -> throw new IllegalStateException("a walk skips sockets");
        };
    }
}
