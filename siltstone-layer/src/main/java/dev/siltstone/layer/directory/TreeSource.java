package dev.siltstone.layer.directory;

import dev.siltstone.io.posix.Errno;
import dev.siltstone.io.posix.FileType;
import dev.siltstone.io.posix.PosixException;
import dev.siltstone.layer.TarFramer;
import dev.siltstone.layer.TarSource;
import dev.siltstone.layer.tree.WalkSettings;
import dev.siltstone.layer.tree.WalkedEntry;
import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/// A directory as a source of a push.
///
/// Not thread-safe; owned by a platform thread.
final class TreeSource implements TarSource, Closeable {
    private static final int BUFFER_BYTES = 256 << 10;

    private final Path directory;
    private final WalkSettings settings;
    private final TreeMemory memory;
    private final Consumer<String> warnings;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment buffer = arena.allocate(BUFFER_BYTES);
    private final Deque<TreeEntry> open = new ArrayDeque<>(); // the framer may still ask

    TreeSource(
            Path directory, WalkSettings settings, TreeMemory memory, Consumer<String> warnings) {
        this.directory = directory;
        this.settings = settings;
        this.memory = memory;
        this.warnings = warnings;
    }

    @Override
    public void writeTo(TarFramer framer) throws IOException {
        releaseAll();
        memory.begin();
        try (WalkAhead walk = new WalkAhead(directory, settings, warnings)) {
            for (WalkedEntry walked = walk.next(); walked != null; walked = walk.next()) {
                TreeEntry entry = entry(walked);
                open.add(entry);
                if (isThere(entry, walked)) {
                    framer.entry(entry);
                } else {
                    entry.done();
                    memory.vanished();
                }
                while (!open.isEmpty() && open.getFirst().isDone()) {
                    open.removeFirst();
                }
            }
        }
    }

    private TreeEntry entry(WalkedEntry walked) throws IOException {
        try {
            return new TreeEntry(walked, memory.find(walked), buffer);
        } catch (IOException | RuntimeException e) {
            walked.release();
            throw e;
        }
    }

    /// Loads what the framer needs first; false if the name went since the walk met it, and nobody links to it.
    private static boolean isThere(TreeEntry entry, WalkedEntry walked) throws IOException {
        try {
            if (entry.note().isPresent()) {
                entry.findHoles();
            } else {
                entry.load();
            }
            return true;
        } catch (PosixException e) {
            boolean linked =
                    walked.status().links() > 1 && walked.status().type() != FileType.DIRECTORY;
            if (e.errno() == Errno.ENOENT && !linked) {
                return false;
            }
            throw e;
        }
    }

    private void releaseAll() {
        open.forEach(TreeEntry::done);
        open.clear();
    }

    @Override
    public void close() {
        releaseAll();
        arena.close();
    }
}
