package dev.siltstone.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;

/// The live files of a journal by their start, and how many of them are open.
///
/// Thread-safe.
final class JournalFiles {
    private final ConcurrentSkipListMap<Long, JournalFile> byStart = new ConcurrentSkipListMap<>();
    private final AtomicLong uses = new AtomicLong();
    private final int openMax;

    JournalFiles(Collection<JournalFile> files, int openMax) {
        this.openMax = openMax;
        files.forEach(this::add);
    }

    void add(JournalFile file) {
        byStart.put(file.start(), file);
    }

    void remove(JournalFile file) {
        byStart.remove(file.start());
    }

    boolean isEmpty() {
        return byStart.isEmpty();
    }

    /// Returns the newest file, the one that is written.
    JournalFile active() {
        return byStart.lastEntry().getValue();
    }

    /// Returns the file that holds a position.
    ///
    /// @throws IOException if it was dropped
    JournalFile holding(long position) throws IOException {
        var entry = byStart.floorEntry(position);
        if (entry == null) {
            throw new PositionDroppedException(
                    "log position " + position + " is no longer in the journal");
        }
        return entry.getValue();
    }

    /// Returns the position one past the last byte of the log that a file holds, if another file follows it;
    /// otherwise `durableEnd`.
    long endOf(JournalFile file, long durableEnd) {
        Long next = byStart.higherKey(file.start());
        return next == null ? durableEnd : next;
    }

    long firstStart() {
        return byStart.firstKey();
    }

    List<Long> starts() {
        return List.copyOf(byStart.keySet());
    }

    List<JournalFile> all() {
        return List.copyOf(byStart.values());
    }

    void read(JournalFile file, ByteBuffer target, long position) throws IOException {
        boolean wasOpen = file.isOpen();
        file.read(target, position, uses.incrementAndGet());
        if (!wasOpen) {
            closeLeastUsed();
        }
    }

    void scan(JournalFile file, long from, long to, EntryVisitor visitor) throws IOException {
        boolean wasOpen = file.isOpen();
        file.scan(from, to, uses.incrementAndGet(), visitor);
        if (!wasOpen) {
            closeLeastUsed();
        }
    }

    /// Closes full files until no more than the bound are open.
    void closeLeastUsed() throws IOException {
        JournalFile active = active();
        List<JournalFile> open =
                byStart.values().stream()
                        .filter(file -> file != active && file.isOpen())
                        .sorted(Comparator.comparingLong(JournalFile::lastUse))
                        .toList();
        for (JournalFile file : open.subList(0, Math.max(0, open.size() - openMax))) {
            file.close();
        }
    }
}
