package dev.siltstone.layer.tree;

import dev.siltstone.io.posix.Descriptor;
import dev.siltstone.io.posix.DirectoryListing;
import dev.siltstone.io.posix.Errno;
import dev.siltstone.io.posix.FileStatus;
import dev.siltstone.io.posix.FileType;
import dev.siltstone.io.posix.PosixException;
import dev.siltstone.io.posix.RawName;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Walks a tree in canonical order ([RawName#compare]), the root first, and tells of each name what the kernel does.
/// Opens directories only. A name that goes while the walk is on is as if it had never been; sockets are left out with
/// a warning, as nothing of them outlives their process. Mount points in the tree are walked into.
///
/// In memory are the names of the directories on the way down, and one path per inode with several names.
/// Not thread-safe; owned by a platform thread.
public final class TreeWalk implements Closeable {
    private record Inode(long device, long number) {}

    private static final class Links {
        private final byte[] first;
        private long left;

        Links(byte[] first, long left) {
            this.first = first;
            this.left = left;
        }
    }

    private static final class Level {
        private final HeldDirectory directory;
        private final byte[] path;
        private final List<byte[]> names;
        private int next;

        Level(HeldDirectory directory, byte[] path) throws IOException {
            this.directory = directory;
            this.path = path;
            names = DirectoryListing.names(directory.descriptor());
        }
    }

    private final WalkSettings settings;
    private final Consumer<String> warnings;
    private final HeldDirectory root;
    private final Deque<Level> levels = new ArrayDeque<>();
    private final Map<Inode, Links> linked = new HashMap<>();
    private @Nullable WalkedEntry last;
    private boolean closed;

    /// @param warnings told of what is left out
    /// @throws IOException if the root is no directory that can be opened
    public TreeWalk(Path root, WalkSettings settings, Consumer<String> warnings)
            throws IOException {
        this.settings = settings;
        this.warnings = warnings;
        this.root = new HeldDirectory(Descriptor.openDirectory(root));
    }

    /// Goes to the next name.
    ///
    /// @return `null` once all were met
    /// @throws IOException if a directory cannot be read; the walk is over
    public @Nullable WalkedEntry next() throws IOException {
        if (last == null) {
            last =
                    new WalkedEntry(
                            new byte[0],
                            new byte[0],
                            root,
                            FileStatus.of(root.descriptor()),
                            null,
                            settings);
            return last;
        }
        if (last.status().type() == FileType.DIRECTORY) {
            goDown(last);
        }
        while (!levels.isEmpty()) {
            Level level = levels.getLast();
            if (level.next == level.names.size()) {
                levels.removeLast();
                level.directory.release();
                continue;
            }
            byte[] name = level.names.get(level.next++);
            FileStatus status = status(level.directory.descriptor(), name);
            if (status == null) {
                continue;
            }
            byte[] path = RawName.join(level.path, name);
            if (status.type() == FileType.SOCKET) {
                warnings.accept(RawName.show(path) + " is a socket, which no tree can keep");
                continue;
            }
            byte[] target = firstName(path, status);
            last = new WalkedEntry(path, name, level.directory, status, target, settings);
            return last;
        }
        return null;
    }

    private void goDown(WalkedEntry entry) throws IOException {
        if (entry.path().length == 0) {
            root.hold();
            levels.add(new Level(root, entry.path()));
            return;
        }
        if (levels.size() >= settings.depthMax()) {
            throw new IOException(
                    "%s is more than %d directories deep, which nobody could restore"
                            .formatted(RawName.show(entry.path()), settings.depthMax()));
        }
        Descriptor opened = open(entry);
        if (opened == null) {
            return;
        }
        HeldDirectory directory = new HeldDirectory(opened);
        try {
            levels.add(new Level(directory, entry.path()));
        } catch (IOException | RuntimeException e) {
            directory.release();
            throw e;
        }
    }

    private @Nullable Descriptor open(WalkedEntry entry) throws IOException {
        Descriptor parent = levels.getLast().directory.descriptor();
        Descriptor directory;
        try {
            directory = parent.openDirectoryQuietly(entry.name());
        } catch (PosixException e) {
            if (e.errno() == Errno.ENOENT) {
                return null;
            }
            throw e;
        }
        try {
            if (!FileStatus.of(directory).isSameFile(entry.status())) {
                throw new FileChangedException(entry.path(), "another directory has its name now");
            }
            return directory;
        } catch (IOException | RuntimeException e) {
            directory.close();
            throw e;
        }
    }

    private static @Nullable FileStatus status(Descriptor directory, byte[] name)
            throws IOException {
        try {
            return FileStatus.at(directory, name);
        } catch (PosixException e) {
            if (e.errno() == Errno.ENOENT) {
                return null;
            }
            throw e;
        }
    }

    private byte @Nullable [] firstName(byte[] path, FileStatus status) {
        if (status.links() < 2 || status.type() == FileType.DIRECTORY) {
            return null;
        }
        Inode inode = new Inode(status.device(), status.inode());
        Links links = linked.get(inode);
        if (links == null) {
            linked.put(inode, new Links(path, status.links() - 1));
            return null;
        }
        if (--links.left == 0) {
            linked.remove(inode);
        }
        return links.first;
    }

    @Override
    public void close() {
        levels.forEach(level -> level.directory.release());
        levels.clear();
        if (!closed) {
            closed = true;
            root.release();
        }
    }
}
