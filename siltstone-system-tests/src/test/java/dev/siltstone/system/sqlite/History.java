package dev.siltstone.system.sqlite;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Every state that a database was about to be committed in, in order.
///
/// A line is added *before* the commit, while the transaction holds the write lock, so lines have the order of
/// transactions. A transaction that was rolled back, or whose process was killed before its commit, is followed
/// by another one with the same counter. So: once a counter is seen in a database, **the last line with it is
/// what happened**, and the lines before it are states that must never be seen.
///
/// Kept in memory and in a file, so that a failed run can be looked at. Thread-safe.
final class History implements AutoCloseable {
    /// A state that was tried.
    ///
    /// @param counter of the transaction
    /// @param hash see [ContentHash]
    record Line(long counter, String hash) {}

    private final List<Line> lines = new ArrayList<>();
    private final BufferedWriter file;

    private History(BufferedWriter file) {
        this.file = file;
    }

    /// Begins an empty history.
    static History create(Path path) throws IOException {
        return new History(Files.newBufferedWriter(path, StandardOpenOption.CREATE_NEW));
    }

    synchronized void add(long counter, String hash) {
        long last = lines.isEmpty() ? 0 : lines.getLast().counter();
        if (counter != last && counter != last + 1) {
            throw new AssertionError("counter " + counter + " came after counter " + last);
        }
        lines.add(new Line(counter, hash));
        try {
            file.write(counter + " " + hash + "\n");
            file.flush();
        } catch (IOException e) {
            throw new AssertionError("the history could not be written", e);
        }
        notifyAll();
    }

    /// Returns the content hash that belongs to a counter which was seen in the database.
    synchronized Optional<String> hashAt(long counter) {
        for (int i = lines.size() - 1; i >= 0 && lines.get(i).counter() >= counter; i--) {
            if (lines.get(i).counter() == counter) {
                return Optional.of(lines.get(i).hash());
            }
        }
        return Optional.empty();
    }

    /// Says whether a content was that of a transaction which never took place.
    synchronized boolean wasGivenUp(long counter, String hash) {
        return lines.contains(new Line(counter, hash))
                && !hashAt(counter).orElseThrow().equals(hash);
    }

    /// Returns the highest counter that is known to be committed: one below the highest one tried.
    synchronized long committed() {
        return lines.isEmpty() ? 0 : Math.max(0, lines.getLast().counter() - 1);
    }

    /// Returns how many states were tried and given up.
    synchronized long givenUp() {
        return lines.isEmpty() ? 0 : lines.size() - 1 - lines.getLast().counter();
    }

    /// Waits until a counter is known to be committed.
    ///
    /// @return whether it was in time
    synchronized boolean awaitCommitted(long counter, Duration timeout)
            throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (committed() < counter) {
            long millis = (deadline - System.nanoTime()) / 1_000_000;
            if (millis <= 0) {
                return false;
            }
            wait(millis);
        }
        return true;
    }

    @Override
    public synchronized void close() throws IOException {
        file.close();
    }
}
