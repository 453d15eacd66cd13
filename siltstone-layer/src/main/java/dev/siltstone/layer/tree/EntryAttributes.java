package dev.siltstone.layer.tree;

import dev.siltstone.io.posix.Descriptor;
import dev.siltstone.io.posix.DirectoryNames;
import dev.siltstone.io.posix.FileOwnership;
import dev.siltstone.io.posix.FileType;
import dev.siltstone.io.posix.Identity;
import dev.siltstone.io.posix.PosixException;
import dev.siltstone.io.posix.RawName;
import dev.siltstone.io.posix.Xattr;
import dev.siltstone.io.posix.Xattrs;
import dev.siltstone.layer.tar.EntryType;
import dev.siltstone.layer.tar.TarEntry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// Gives names their owner, attributes, mode and times, in the order in which none of them undoes another: owner (a
/// change clears setuid and capabilities), the user's own attributes (which a mode may forbid), mode (which would
/// change an access list), other attributes and access lists, time.
///
/// What this user may not do is gathered, to be told with names.
///
/// Not thread-safe.
final class EntryAttributes {
    private static final int NAMED_MAX = 20;

    private final Ownership ownership;
    private final Consumer<String> warnings;
    private final long user = Identity.user();
    private final long group = Identity.group();
    private final List<String> refused = new ArrayList<>();
    private final List<String> lost = new ArrayList<>();
    private long refusedCount;
    private long lostCount;

    EntryAttributes(Ownership ownership, Consumer<String> warnings) {
        this.ownership = Identity.isRoot() ? Ownership.KEEP : ownership;
        this.warnings = warnings;
    }

    /// Makes a device, or what stands for it. A pipe anybody may make.
    void makeSpecial(Descriptor directory, byte[] name, TarEntry entry) throws IOException {
        FileType type = specialType(entry.type());
        if (entry.type().isDevice() && ownership == Ownership.FAKE_ROOT) {
            directory.createFile(name).close();
            return;
        }
        try {
            DirectoryNames.makeSpecial(
                    directory, name, type, entry.deviceMajor(), entry.deviceMinor());
        } catch (PosixException e) {
            if (!e.isDenied() || Identity.isRoot()) {
                throw e;
            }
            refuse(entry, "a device");
        }
    }

    private static FileType specialType(EntryType type) {
        return switch (type) {
            case CHARACTER_DEVICE -> FileType.CHARACTER_DEVICE;
            case BLOCK_DEVICE -> FileType.BLOCK_DEVICE;
            case FIFO -> FileType.FIFO;
            case FILE, DIRECTORY, SYMLINK, HARD_LINK ->
                    throw new IllegalArgumentException(type + " is nothing special");
        };
    }

    /// Sets all attributes of a name that has all its content, and of a directory all its names.
    void set(Descriptor directory, byte[] name, TarEntry entry) throws IOException {
        if (isRefusedDevice(entry)) {
            return;
        }
        if (ownership == Ownership.FAKE_ROOT) {
            setAside(directory, name, entry);
        } else {
            setOwn(directory, name, entry);
        }
        FileOwnership.setModified(directory, name, entry.modifiedSeconds(), entry.modifiedNanos());
    }

    private boolean isRefusedDevice(TarEntry entry) {
        return refusedCount > 0
                && entry.type().isDevice()
                && ownership != Ownership.FAKE_ROOT
                && !Identity.isRoot();
    }

    private void setOwn(Descriptor directory, byte[] name, TarEntry entry) throws IOException {
        boolean link = entry.type() == EntryType.SYMLINK;
        if (ownership == Ownership.KEEP && (entry.user() != user || entry.group() != group)) {
            setOwner(directory, name, entry);
        }
        for (Xattr attribute : entry.xattrs()) {
            if (isOfUser(attribute)) {
                Xattrs.set(directory, name, attribute);
            }
        }
        if (!link) {
            FileOwnership.setMode(directory, name, entry.mode());
        }
        for (Xattr attribute : entry.xattrs()) {
            if (!isOfUser(attribute)) {
                setForeign(directory, name, entry, attribute);
            }
        }
    }

    private void setOwner(Descriptor directory, byte[] name, TarEntry entry) throws IOException {
        try {
            FileOwnership.setOwner(directory, name, entry.user(), entry.group());
        } catch (PosixException e) {
            if (!e.isDenied() || Identity.isRoot()) {
                throw e;
            }
            refuse(entry, "owner %d:%d".formatted(entry.user(), entry.group()));
        }
    }

    private void setForeign(Descriptor directory, byte[] name, TarEntry entry, Xattr attribute)
            throws IOException {
        try {
            Xattrs.set(directory, name, attribute);
        } catch (PosixException e) {
            if (!e.isDenied() || Identity.isRoot()) {
                throw e;
            }
            refuse(entry, "attribute " + RawName.show(attribute.name()));
        }
    }

    private void setAside(Descriptor directory, byte[] name, TarEntry entry) throws IOException {
        boolean holds = entry.type() != EntryType.SYMLINK && entry.type() != EntryType.FIFO;
        boolean folder = entry.type() == EntryType.DIRECTORY;
        int mode = entry.mode() | (folder ? 0700 : 0600);
        boolean asItIs =
                entry.user() == user
                        && entry.group() == group
                        && (mode == entry.mode() || !holds)
                        && !entry.type().isDevice();
        if (!asItIs && holds) {
            Xattrs.set(directory, name, FakeRoot.original(entry));
        } else if (!asItIs) {
            lose(entry, "owner %d:%d".formatted(entry.user(), entry.group()));
        }
        for (Xattr attribute : entry.xattrs()) {
            if (isOfUser(attribute)) {
                Xattrs.set(directory, name, attribute);
            } else if (!isAccessList(attribute) && holds) {
                Xattrs.set(directory, name, FakeRoot.aside(attribute));
            } else if (!isAccessList(attribute)) {
                lose(entry, "attribute " + RawName.show(attribute.name()));
            }
        }
        if (entry.type() != EntryType.SYMLINK) {
            FileOwnership.setMode(directory, name, holds ? mode : entry.mode());
        }
        for (Xattr attribute : entry.xattrs()) {
            if (isAccessList(attribute)) {
                Xattrs.set(directory, name, attribute);
            }
        }
    }

    private static boolean isOfUser(Xattr attribute) {
        return begins(attribute, "user.");
    }

    private static boolean isAccessList(Xattr attribute) {
        return begins(attribute, "system.posix_acl_");
    }

    private static boolean begins(Xattr attribute, String prefix) {
        return new String(attribute.name(), StandardCharsets.ISO_8859_1).startsWith(prefix);
    }

    private void refuse(TarEntry entry, String what) {
        refusedCount++;
        if (refused.size() < NAMED_MAX) {
            refused.add(RawName.show(entry.path()) + " (" + what + ")");
        }
    }

    private void lose(TarEntry entry, String what) {
        lostCount++;
        if (lost.size() < NAMED_MAX) {
            lost.add(RawName.show(entry.path()) + " (" + what + ")");
        }
    }

    boolean hasRefused() {
        return refusedCount > 0;
    }

    /// Says whether this user may set attributes of the name space `trusted.`, or has them put aside.
    boolean isTrusted() {
        return Identity.isRoot() || ownership == Ownership.FAKE_ROOT;
    }

    /// Says whether as many things could not be set as are named; going on would only find more.
    boolean isHopeless() {
        return refusedCount >= NAMED_MAX;
    }

    /// Tells what was lost, and fails if anything could not be set.
    void requireNoneRefused() throws IOException {
        if (lostCount > 0) {
            warnings.accept(
                    "%d things no other user than root can keep, among them: %s"
                            .formatted(lostCount, String.join(", ", lost)));
        }
        if (refusedCount > 0) {
            throw new IOException(
                    "only root can set %d things, among them: %s; be root, leave owners out (--no-owner),"
                                    .formatted(refusedCount, String.join(", ", refused))
                            + " or put all of it aside in attributes (--fake-root)");
        }
    }
}
