package dev.siltstone.layer.directory;

import dev.siltstone.io.Disk;
import dev.siltstone.io.DiskLock;
import dev.siltstone.io.DiskLockedException;
import dev.siltstone.layer.Digest;
import dev.siltstone.layer.PushedEntry;
import dev.siltstone.layer.RawFrame;
import dev.siltstone.layer.TarMemory;
import dev.siltstone.layer.tree.ChangeCache;
import dev.siltstone.layer.tree.ChangeCacheWriter;
import dev.siltstone.layer.tree.WalkedEntry;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What is remembered of the last push of a directory: its change cache, whose notes lead to known frames. Reads the
/// old while it writes the new; the new counts once [#commit] says so. A failure to keep it is told, and costs the
/// next push its reads, not this one its success.
///
/// Not thread-safe; owned by the thread that pushes.
final class TreeMemory implements TarMemory, Closeable {
    /// A run whose place is known once the data of its last entry are.
    private static final class Pending {
        private final List<PushedEntry> run;
        private final RawFrame frame;
        private List<RawFrame> data = List.of();
        private boolean complete;

        Pending(List<PushedEntry> run, RawFrame frame) {
            this.run = run;
            this.frame = frame;
        }
    }

    private final Disk disk;
    private final Path cachePath;
    private final Path framesPath;
    private final InstantSource clock;
    private final Consumer<String> warnings;
    private final DiskLock lock;
    private final @Nullable KnownFramesReader frames;
    private final @Nullable Digest identity;

    private @Nullable ChangeCache cache;
    private @Nullable ChangeCacheWriter newCache;
    private @Nullable KnownFramesWriter newFrames;
    private final Deque<Pending> pending = new ArrayDeque<>();
    private long walked;
    private long added;
    private long missed; // what the old could not tell

    /// @param place where it is kept: a path to which endings are added, in a directory that exists
    /// @throws DiskLockedException if another push has it
    TreeMemory(Disk disk, Path place, InstantSource clock, Consumer<String> warnings)
            throws IOException {
        this.disk = disk;
        this.clock = clock;
        this.warnings = warnings;
        cachePath = place.resolveSibling(place.getFileName() + ".changes");
        framesPath = place.resolveSibling(place.getFileName() + ".frames");
        lock = disk.lock(place.resolveSibling(place.getFileName() + ".lock"));
        KnownFramesReader known = null;
        try (ChangeCache old = ChangeCache.open(disk, cachePath, warnings)) {
            known = KnownFramesReader.open(disk, framesPath);
            byte[] basis = old.basis();
            boolean fits =
                    known != null
                            && basis.length == Digest.BYTES
                            && known.identity().equals(Digest.of(basis));
            identity = fits && known != null ? known.identity() : null;
            frames = known;
        } catch (IOException | RuntimeException e) {
            if (known != null) {
                known.close();
            }
            lock.close();
            throw e;
        }
    }

    /// Begins a walk, or begins it anew.
    void begin() throws IOException {
        closeWalk();
        walked = 0;
        added = 0;
        missed = 0;
        pending.clear();
        if (identity != null) {
            cache = ChangeCache.open(disk, cachePath, warnings);
        }
        newCache = new ChangeCacheWriter(disk, cachePath, clock.instant());
        newFrames = new KnownFramesWriter(disk, framesPath);
    }

    /// Returns the note of a name that did not change. To be asked of each name, in the order of the walk.
    OptionalLong find(WalkedEntry entry) throws IOException {
        walked++;
        OptionalLong note = cache == null ? OptionalLong.empty() : cache.find(entry);
        missed += note.isPresent() ? 0 : 1;
        return note;
    }

    /// Takes back a name that turned out not to be there.
    void vanished() {
        walked--;
    }

    @Override
    public @Nullable Digest identity() {
        return identity;
    }

    @Override
    public @Nullable RawFrame run(List<PushedEntry> run) {
        RawFrame frame = remembered(run);
        missed += frame == null ? 1 : 0;
        return frame;
    }

    private @Nullable RawFrame remembered(List<PushedEntry> run) {
        long row = row(run.getFirst());
        for (PushedEntry entry : run) {
            if (row < 0 || row(entry) != row) {
                return null;
            }
        }
        KnownFrame frame = known(row);
        return frame != null && frame.entries() == run.size()
                ? new RawFrame(frame.digest(), frame.rawBytes(), 1)
                : null;
    }

    private static long row(PushedEntry entry) {
        OptionalLong note = ((TreeEntry) entry).note();
        return note.isPresent() ? KnownFramesFormat.row(note.getAsLong()) : -1;
    }

    private @Nullable KnownFrame known(long row) {
        try {
            return frames == null ? null : frames.row(row);
        } catch (IOException e) {
            warnings.accept(framesPath + " cannot be read, so files are: " + e.getMessage());
            return null;
        }
    }

    @Override
    public List<RawFrame> data(PushedEntry large) {
        List<RawFrame> data = remembered(large);
        missed += data.isEmpty() ? 1 : 0;
        return data;
    }

    private List<RawFrame> remembered(PushedEntry large) {
        long row = row(large);
        KnownFrame run = row < 0 ? null : known(row);
        List<RawFrame> data = new ArrayList<>();
        for (long i = 1; run != null && i <= run.dataFrames(); i++) {
            KnownFrame frame = known(row + i);
            if (frame == null || frame.entries() != 0) {
                return List.of();
            }
            data.add(new RawFrame(frame.digest(), frame.rawBytes(), frame.repeat()));
        }
        return data;
    }

    @Override
    public void ran(List<PushedEntry> run, RawFrame frame) {
        Pending ran = new Pending(run, frame);
        ran.complete = !TreeEntry.isLarge(run.getLast());
        pending.add(ran);
        write();
    }

    @Override
    public void ran(PushedEntry large, List<RawFrame> data) {
        for (Pending each : pending) {
            if (each.run.getLast() == large) {
                each.data = data;
                each.complete = true;
            }
        }
        write();
    }

    private void write() {
        try {
            while (!pending.isEmpty() && pending.getFirst().complete) {
                Pending first = pending.removeFirst();
                if (newCache != null && newFrames != null) {
                    write(first, newCache, newFrames);
                }
            }
        } catch (IOException e) {
            warnings.accept("the next push will read all files: " + e.getMessage());
            walked = -1;
            pending.clear();
        }
    }

    private void write(Pending ran, ChangeCacheWriter toCache, KnownFramesWriter toFrames)
            throws IOException {
        long row = toFrames.rows();
        RawFrame frame = ran.frame;
        toFrames.add(
                new KnownFrame(
                        frame.digest(), frame.rawBytes(), ran.run.size(), 1, ran.data.size()));
        for (RawFrame data : ran.data) {
            toFrames.add(new KnownFrame(data.digest(), data.rawBytes(), 0, data.repeat(), 0));
        }
        for (PushedEntry each : ran.run) {
            TreeEntry entry = (TreeEntry) each;
            entry.remember(toCache, KnownFramesFormat.note(row, entry.headerBytes()));
            added++;
        }
    }

    /// Keeps what was learned, if it is all of the walk; if the old told all of it, the old stays, and nothing has to be
    /// made durable.
    ///
    /// @param pushed identity of the layer that it became
    void commit(Digest pushed) {
        boolean isOld = missed == 0 && pushed.equals(identity);
        if (newCache == null || newFrames == null || added != walked || isOld) {
            return;
        }
        try {
            newFrames.commit(pushed);
            newCache.commit(pushed.toBytes());
        } catch (IOException e) {
            warnings.accept("the next push will read all files: " + e.getMessage());
        }
    }

    private void closeWalk() throws IOException {
        if (cache != null) {
            cache.close();
            cache = null;
        }
        if (newFrames != null) {
            newFrames.close();
            newFrames = null;
        }
        if (newCache != null) {
            newCache.close();
            newCache = null;
        }
    }

    @Override
    public void close() throws IOException {
        try {
            closeWalk();
            if (frames != null) {
                frames.close();
            }
        } finally {
            lock.close();
        }
    }
}
