package dev.siltstone.layer.tree;

import dev.siltstone.io.posix.Descriptor;
import dev.siltstone.io.posix.Errno;
import dev.siltstone.io.posix.FileOwnership;
import dev.siltstone.io.posix.FileStatus;
import dev.siltstone.io.posix.FileType;
import dev.siltstone.io.posix.Identity;
import dev.siltstone.io.posix.PosixException;
import dev.siltstone.io.posix.RawName;
import dev.siltstone.layer.tar.TarEntry;
import dev.siltstone.layer.tar.TarException;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/// What a hard link is to be a second name of, found component by component from the root of the tree, without
/// following a link. Directories that this user locked are unlocked until it is closed.
final class LinkSource implements Closeable {
    private record Unlocked(Descriptor above, byte[] name, int mode) {}

    private final Deque<Descriptor> opened = new ArrayDeque<>();
    private final Deque<Unlocked> unlocked = new ArrayDeque<>();
    private Descriptor directory;
    private final byte[] name;

    private LinkSource(Descriptor root, byte[] target) throws IOException {
        directory = root;
        int start = 0;
        for (int at = 0; at < target.length; at++) {
            if (target[at] == '/') {
                descend(Arrays.copyOfRange(target, start, at));
                start = at + 1;
            }
        }
        name = Arrays.copyOfRange(target, start, target.length);
    }

    /// Finds the target of a hard link.
    ///
    /// @throws TarException if it is not there, or is a directory
    static LinkSource find(Descriptor root, TarEntry link) throws IOException {
        LinkSource source = null;
        try {
            source = new LinkSource(root, link.linkTarget());
            FileStatus status = FileStatus.at(source.directory, source.name);
            if (status.type() == FileType.DIRECTORY) {
                throw refused(link, "a directory");
            }
            return source;
        } catch (PosixException e) {
            close(source);
            throw switch (e.errno()) {
                case Errno.ENOENT -> refused(link, "which does not come before it");
                case Errno.ENOTDIR, Errno.ELOOP ->
                        refused(link, "which lies below what is no directory");
                default -> e;
            };
        } catch (IOException e) {
            close(source);
            throw e;
        }
    }

    private static TarException refused(TarEntry link, String why) {
        return new TarException(
                "%s is a hard link to %s, %s"
                        .formatted(
                                RawName.show(link.path()), RawName.show(link.linkTarget()), why));
    }

    private static void close(@Nullable LinkSource source) throws IOException {
        if (source != null) {
            source.close();
        }
    }

    private void descend(byte[] component) throws IOException {
        Descriptor below;
        try {
            below = open(component);
        } catch (IOException e) {
            close();
            throw e;
        }
        opened.add(below);
        directory = below;
    }

    private Descriptor open(byte[] component) throws IOException {
        FileStatus status = FileStatus.at(directory, component);
        boolean locked = status.type() == FileType.DIRECTORY && (status.mode() & 0500) != 0500;
        if (locked && !Identity.isRoot()) {
            FileOwnership.setMode(directory, component, status.mode() | 0700);
            unlocked.add(new Unlocked(directory, component, status.mode()));
        }
        return directory.openDirectory(component);
    }

    Descriptor directory() {
        return directory;
    }

    byte[] name() {
        return name;
    }

    @Override
    public void close() throws IOException {
        while (!unlocked.isEmpty()) {
            Unlocked last = unlocked.removeLast();
            FileOwnership.setMode(last.above, last.name, last.mode);
        }
        opened.forEach(Descriptor::close);
        opened.clear();
    }
}
