package dev.siltstone.layer.directory;

import dev.siltstone.layer.tree.TreeWalk;
import dev.siltstone.layer.tree.WalkSettings;
import dev.siltstone.layer.tree.WalkedEntry;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Walks a tree on a thread of its own, a little ahead of who asks: of a tree that did not change the walk is half of
/// all work.
///
/// Bounded: [#BATCHES] batches of [#BATCH_ENTRIES] names wait, one is being filled and one is being read; each may hold
/// a directory open that nobody else does. What it gives is held ([WalkedEntry#hold]), and released by who takes it.
///
/// Not thread-safe.
final class WalkAhead implements Closeable {
    private static final int BATCH_ENTRIES = 64;
    private static final int BATCHES = 2;

    private static final class Batch {
        private final List<WalkedEntry> entries = new ArrayList<>(BATCH_ENTRIES);
        private final List<String> warnings = new ArrayList<>();
        private boolean isLast;
        private @Nullable Throwable failure;
        private int taken;
    }

    private final TreeWalk walk;
    private final Consumer<String> warnings;
    private final BlockingQueue<Batch> ready = new ArrayBlockingQueue<>(BATCHES);
    private final Thread thread;
    private Batch filling = new Batch();
    private Batch reading = new Batch();

    /// @param warnings told of what is left out, on the thread that asks
    /// @throws IOException if the root is no directory that can be opened
    WalkAhead(Path root, WalkSettings settings, Consumer<String> warnings) throws IOException {
        this.warnings = warnings;
        walk = new TreeWalk(root, settings, warning -> filling.warnings.add(warning));
        thread = Thread.ofPlatform().name("layer-walk").start(this::run);
    }

    private void run() {
        try (walk) {
            while (!filling.isLast) {
                fill();
                ready.put(filling);
                filling = filling.isLast ? filling : new Batch();
            }
        } catch (InterruptedException e) { // closed before the end
            release(filling);
        }
    }

    private void fill() {
        try {
            while (filling.entries.size() < BATCH_ENTRIES) {
                WalkedEntry walked = walk.next();
                if (walked == null) {
                    filling.isLast = true;
                    return;
                }
                walked.hold();
                filling.entries.add(walked);
            }
        } catch (IOException | RuntimeException | Error e) {
            filling.failure = e;
            filling.isLast = true;
        }
    }

    /// Returns the next name, held.
    ///
    /// @return `null` once all were met
    /// @throws IOException what the walk threw behind the names before
    @Nullable WalkedEntry next() throws IOException {
        while (reading.taken == reading.entries.size()) {
            if (reading.isLast) {
                throwFailure();
                return null;
            }
            reading = take();
            reading.warnings.forEach(warnings);
        }
        return reading.entries.get(reading.taken++);
    }

    private Batch take() throws InterruptedIOException {
        try {
            return ready.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while a directory was walked");
        }
    }

    private void throwFailure() throws IOException {
        switch (reading.failure) {
            case null -> {}
            case IOException e -> throw e;
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case Throwable e -> throw new IllegalStateException(e);
        }
    }

    private static void release(Batch batch) {
        while (batch.taken < batch.entries.size()) {
            batch.entries.get(batch.taken++).release();
        }
    }

    /// Ends the walk, and releases what nobody took.
    @Override
    public void close() {
        thread.interrupt();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        release(reading);
        ready.forEach(WalkAhead::release);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
