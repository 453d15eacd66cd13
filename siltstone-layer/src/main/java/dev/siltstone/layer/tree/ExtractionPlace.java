package dev.siltstone.layer.tree;

import dev.siltstone.io.Disk;
import dev.siltstone.io.DiskFile;
import dev.siltstone.io.DiskLock;
import dev.siltstone.io.posix.Descriptor;
import dev.siltstone.io.posix.DirectoryNames;
import dev.siltstone.io.posix.Errno;
import dev.siltstone.io.posix.FileBytes;
import dev.siltstone.io.posix.FileOwnership;
import dev.siltstone.io.posix.FileStatus;
import dev.siltstone.io.posix.FileType;
import dev.siltstone.io.posix.Identity;
import dev.siltstone.io.posix.PosixException;
import dev.siltstone.io.posix.RawName;
import dev.siltstone.io.posix.Xattr;
import dev.siltstone.io.posix.Xattrs;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// Where a tree is put together, and how it takes its place: a hidden directory beside the destination,
/// `.siltstone-pull-<16 hex digits of the name's SHA-256>`, with a `.state` ([ExtractionState]) and a `.lock` beside
/// it. One extraction per destination at a time.
///
/// Not thread-safe.
final class ExtractionPlace implements Closeable {
    private final Disk disk;
    private final Path destination;
    private final Path parentPath;
    private final byte[] name;
    private final byte[] hidden;
    private final Path stateFile;
    private final Path lockFile;
    private final DiskLock lock;
    private final Descriptor parent;

    ExtractionPlace(Disk disk, Path destination) throws IOException {
        this.disk = disk;
        this.destination = destination;
        Path absolute = destination.toAbsolutePath().normalize();
        Path above = absolute.getParent();
        if (above == null) {
            throw new IOException(destination + " cannot be replaced: it is the root of all");
        }
        parentPath = above;
        byte[] whole = RawName.of(absolute);
        int slash = whole.length - 1;
        while (whole[slash] != '/') {
            slash--;
        }
        name = Arrays.copyOfRange(whole, slash + 1, whole.length);
        String hiddenName = ".siltstone-pull-" + HexFormat.of().formatHex(sha256(name), 0, 8);
        hidden = hiddenName.getBytes(StandardCharsets.US_ASCII);
        stateFile = parentPath.resolve(hiddenName + ".state");
        lockFile = parentPath.resolve(hiddenName + ".lock");
        parent = Descriptor.openDirectory(parentPath);
        try {
            lock = disk.lock(lockFile);
        } catch (IOException | RuntimeException e) {
            parent.close();
            throw e;
        }
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    Descriptor parent() {
        return parent;
    }

    byte[] hiddenName() {
        return hidden;
    }

    /// Fails if something is at the destination that may not be replaced.
    void requireFree(boolean replace) throws IOException {
        FileStatus there = status(name);
        if (there != null && !replace) {
            throw new IOException(
                    "%s is there already; name another directory, or say that it is to be replaced (--replace)"
                            .formatted(destination));
        }
        if (there != null && there.type() != FileType.DIRECTORY) {
            throw new IOException(
                    "%s is no directory but a %s, which a tree does not replace; remove it first"
                            .formatted(destination, there.type()));
        }
    }

    private @Nullable FileStatus status(byte[] of) throws IOException {
        try {
            return FileStatus.at(parent, of);
        } catch (PosixException e) {
            if (e.errno() == Errno.ENOENT) {
                return null;
            }
            throw e;
        }
    }

    /// Returns the state of an earlier extraction of the same layer whose directory is still there.
    @Nullable ExtractionState resumable(byte[] identity) throws IOException {
        FileStatus there = status(hidden);
        if (there == null || !disk.exists(stateFile)) {
            return null;
        }
        ExtractionState state;
        try (DiskFile file = disk.openForReading(stateFile)) {
            if (file.size() > ExtractionState.BYTES_MAX) {
                return null;
            }
            ByteBuffer bytes = ByteBuffer.allocate((int) file.size());
            file.read(bytes, 0);
            state = ExtractionState.decode(bytes.clear());
        }
        boolean same =
                state != null
                        && Arrays.equals(state.identity(), identity)
                        && there.type() == FileType.DIRECTORY
                        && state.inode() == there.inode();
        return same ? state : null;
    }

    /// Makes the hidden directory anew, private and without anything inherited from the one above.
    void create() throws IOException {
        removeHidden();
        DirectoryNames.makeDirectory(parent, hidden);
        FileOwnership.setOwner(parent, hidden, Identity.user(), Identity.group());
        dropInherited(parent, hidden);
        FileOwnership.setMode(parent, hidden, 0700);
    }

    /// Removes access lists, which would pass to all that is made in the directory.
    static void dropInherited(Descriptor directory, byte[] of) throws IOException {
        for (Xattr attribute : Xattrs.of(directory, of)) {
            String attributeName = new String(attribute.name(), StandardCharsets.ISO_8859_1);
            if (attributeName.startsWith("system.posix_acl_")) {
                Xattrs.remove(directory, of, attribute.name());
            }
        }
    }

    long inode() throws IOException {
        return FileStatus.at(parent, hidden).inode();
    }

    /// Makes everything extracted so far durable, then the state that says so.
    void save(ExtractionState state) throws IOException {
        FileBytes.forceFileSystem(parent);
        Path staged = stateFile.resolveSibling(stateFile.getFileName() + ".new");
        if (disk.exists(staged)) {
            disk.delete(staged);
        }
        try (DiskFile file = disk.create(staged)) {
            file.write(state.encode(), 0);
            file.force();
        }
        disk.rename(staged, stateFile);
        disk.forceDirectory(parentPath);
    }

    /// Gives the tree its name in one step, durably, and removes the tree that had it.
    void publish(boolean replace) throws IOException {
        FileBytes.forceFileSystem(parent);
        requireFree(replace);
        if (replace && status(name) != null) {
            DirectoryNames.exchange(parent, hidden, name);
        } else {
            DirectoryNames.renameIfFree(parent, hidden, name);
        }
        FileBytes.force(parent);
        removeHidden();
    }

    /// Removes the hidden directory, whatever it is by now, and the state.
    void removeHidden() throws IOException {
        TreeRemoval.remove(parent, hidden);
        if (disk.exists(stateFile)) {
            disk.delete(stateFile);
        }
    }

    @Override
    public void close() throws IOException {
        try {
            disk.delete(lockFile);
        } finally {
            lock.close();
            parent.close();
        }
    }
}
