package dev.siltstone.layer.tree;

import dev.siltstone.io.posix.Descriptor;
import dev.siltstone.io.posix.DirectoryListing;
import dev.siltstone.io.posix.DirectoryNames;
import dev.siltstone.io.posix.Errno;
import dev.siltstone.io.posix.FileOwnership;
import dev.siltstone.io.posix.FileStatus;
import dev.siltstone.io.posix.FileType;
import dev.siltstone.io.posix.PosixException;
import dev.siltstone.io.posix.RawName;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Removes trees, locked directories too, without following a link and without a bound on their depth but that of
/// open files.
final class TreeRemoval {
    private record Level(Descriptor directory, byte[] name, List<byte[]> names) {}

    private TreeRemoval() {}

    /// Removes what goes by the name: a tree, a file, or nothing.
    static void remove(Descriptor parent, byte[] name) throws IOException {
        removeAfter(parent, name, null);
    }

    /// Removes from a tree all that comes after a path in canonical order, directories on the way to it excepted.
    ///
    /// @param last path of what is kept, with all before it, the root at least; `null` to keep nothing
    static void removeAfter(Descriptor parent, byte[] name, byte @Nullable [] last)
            throws IOException {
        if (!descend(parent, name)) {
            return;
        }
        Deque<Level> levels = new ArrayDeque<>();
        try {
            levels.add(open(parent, name));
            while (!levels.isEmpty()) {
                step(parent, levels, last);
            }
        } finally {
            levels.forEach(level -> level.directory.close());
        }
    }

    private static boolean isDirectory(Descriptor directory, byte[] name) throws IOException {
        return FileStatus.at(directory, name).type() == FileType.DIRECTORY;
    }

    /// Removes a name that is no directory; says whether it is one.
    private static boolean descend(Descriptor directory, byte[] name) throws IOException {
        FileStatus status;
        try {
            status = FileStatus.at(directory, name);
        } catch (PosixException e) {
            if (e.errno() == Errno.ENOENT) {
                return false;
            }
            throw e;
        }
        if (status.type() == FileType.DIRECTORY) {
            return true;
        }
        DirectoryNames.remove(directory, name);
        return false;
    }

    private static Level open(Descriptor parent, byte[] name) throws IOException {
        Descriptor directory;
        try {
            directory = parent.openDirectory(name);
        } catch (PosixException e) {
            if (e.errno() != Errno.EACCES) {
                throw e;
            }
            FileOwnership.setMode(parent, name, 0700);
            directory = parent.openDirectory(name);
        }
        try {
            if ((FileStatus.of(directory).mode() & 0300) != 0300) {
                FileOwnership.setMode(directory, 0700);
            }
            return new Level(directory, name, DirectoryListing.names(directory));
        } catch (IOException | RuntimeException e) {
            directory.close();
            throw e;
        }
    }

    private static void step(Descriptor parent, Deque<Level> levels, byte @Nullable [] last)
            throws IOException {
        Level level = levels.getLast();
        if (level.names.isEmpty()) {
            levels.removeLast();
            level.directory.close();
            boolean kept = last != null && RawName.compare(path(levels, level.name), last) <= 0;
            if (!kept) {
                Descriptor above = levels.isEmpty() ? parent : levels.getLast().directory;
                DirectoryNames.removeDirectory(above, level.name);
            }
            return;
        }
        byte[] name = level.names.removeLast();
        if (last != null) {
            byte[] path = path(levels, name);
            int order = RawName.compare(path, last);
            if (order < 0 && !isAncestor(path, last)) {
                return; // it and what is in it come before
            }
            if (order == 0 && !isDirectory(level.directory, name)) {
                return;
            }
        }
        if (descend(level.directory, name)) {
            levels.add(open(level.directory, name));
        }
    }

    /// Returns the path, from below the root of the removal, of a name in the last level.
    private static byte[] path(Deque<Level> levels, byte[] name) {
        byte[] path = {};
        boolean root = true;
        for (Level level : levels) {
            path = root ? path : RawName.join(path, level.name);
            root = false;
        }
        return root ? path : RawName.join(path, name);
    }

    private static boolean isAncestor(byte[] path, byte[] of) {
        boolean begins =
                path.length < of.length && Arrays.equals(path, 0, path.length, of, 0, path.length);
        return begins && of[path.length] == '/';
    }
}
