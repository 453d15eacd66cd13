package dev.siltstone.rangestore;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/// What files are there, and which of them must stay because somebody is using them. No method looks at the
/// disk or makes a request.
///
/// Thread-safe; each method sees one moment.
public final class KnownRanges {
    /// By where they end: the order in which a level grows, also where all begin at the same position.
    private static final Comparator<RangeId> BY_LAST =
            Comparator.comparing(RangeId::last, Long::compareUnsigned)
                    .thenComparing(RangeId::first, Long::compareUnsigned);

    private final List<NavigableMap<RangeId, RangeFile>> byLevel = new ArrayList<>();
    private final Map<RangeId, Integer> pins = new HashMap<>();
    private final List<Refresh> refreshes = new ArrayList<>();

    KnownRanges(int levels) {
        for (int level = 0; level < levels; level++) {
            byLevel.add(new TreeMap<>(BY_LAST));
        }
    }

    public int levels() {
        return byLevel.size();
    }

    /// Returns the files of a level, in the order of where they end.
    public synchronized List<RangeFile> list(int level) {
        return List.copyOf(byLevel.get(level).values());
    }

    public synchronized Optional<RangeFile> find(RangeId id) {
        return Optional.ofNullable(byLevel.get(id.level()).get(id));
    }

    /// Returns the files of a level that hold a position, in the order of where they end.
    public synchronized List<RangeFile> covering(int level, long position) {
        RangeId from = new RangeId(level, 0, position);
        return byLevel.get(level).tailMap(from, true).values().stream()
                .filter(file -> file.id().contains(position))
                .toList();
    }

    /// Returns the files of a level that end past a position, in the order of where they end.
    public synchronized List<RangeFile> after(int level, long position) {
        if (position == -1L) {
            return List.of();
        }
        RangeId from = new RangeId(level, 0, position + 1);
        return List.copyOf(byLevel.get(level).tailMap(from, true).values());
    }

    /// Returns the file of a level that ends last.
    public synchronized Optional<RangeFile> newest(int level) {
        return Optional.ofNullable(byLevel.get(level).lastEntry()).map(Map.Entry::getValue);
    }

    /// Returns the file of a level that ends last, of those created before a time.
    public synchronized Optional<RangeFile> newestBefore(int level, Instant time) {
        return byLevel.get(level).descendingMap().values().stream()
                .filter(file -> file.created().isBefore(time))
                .findFirst();
    }

    /// Returns whether the files of all levels together hold every position of a range.
    public synchronized boolean cover(long first, long last) {
        long next = first;
        while (true) {
            Optional<RangeId> best = farthest(next);
            if (best.isEmpty()) {
                return false;
            }
            if (Long.compareUnsigned(best.get().last(), last) >= 0) {
                return true;
            }
            next = best.get().last() + 1;
        }
    }

    private Optional<RangeId> farthest(long position) {
        Optional<RangeId> best = Optional.empty();
        for (int level = 0; level < byLevel.size(); level++) {
            for (RangeFile file : covering(level, position)) {
                if (best.isEmpty() || BY_LAST.compare(best.get(), file.id()) < 0) {
                    best = Optional.of(file.id());
                }
            }
        }
        return best;
    }

    /// Returns how many files a level has.
    public synchronized int count(int level) {
        return byLevel.get(level).size();
    }

    /// Returns the bytes of all files of a level.
    public synchronized long bytes(int level) {
        return byLevel.get(level).values().stream().mapToLong(RangeFile::bytes).sum();
    }

    /// Returns the bytes of all files.
    public synchronized long bytes() {
        long bytes = 0;
        for (int level = 0; level < byLevel.size(); level++) {
            bytes += bytes(level);
        }
        return bytes;
    }

    synchronized void add(RangeFile file) {
        byLevel.get(file.id().level()).put(file.id(), file);
        note(file.id(), Optional.of(file));
    }

    /// Takes better knowledge of a file that is still there.
    synchronized void update(RangeFile file) {
        byLevel.get(file.id().level()).replace(file.id(), file);
    }

    synchronized void remove(RangeId id) {
        byLevel.get(id.level()).remove(id);
        note(id, Optional.empty());
    }

    private void note(RangeId id, Optional<RangeFile> now) {
        for (Refresh refresh : refreshes) {
            if (refresh.level == id.level()) {
                refresh.changes.put(id, now);
            }
        }
    }

    /// Remembers what changes in a level from now on, until [#replace] or [#endRefresh].
    synchronized Refresh beginRefresh(int level) {
        Refresh refresh = new Refresh(level);
        refreshes.add(refresh);
        return refresh;
    }

    /// Replaces what is known of a level, but for what changed since the refresh began.
    synchronized void replace(Refresh refresh, Collection<RangeFile> files) {
        refreshes.remove(refresh);
        byLevel.get(refresh.level).clear();
        files.forEach(this::add);
        refresh.changes.forEach((id, now) -> {
            if (now.isPresent()) {
                add(now.get());
            } else {
                remove(id);
            }
        });
    }

    synchronized void endRefresh(Refresh refresh) {
        refreshes.remove(refresh);
    }

    /// A listing under way, and what changed meanwhile: the file that is there now, or none.
    static final class Refresh {
        private final int level;
        private final Map<RangeId, Optional<RangeFile>> changes = new HashMap<>();

        private Refresh(int level) {
            this.level = level;
        }
    }

    /// Keeps files from being deleted until the pin is closed. Of one file there may be many pins.
    ///
    /// @throws RangeGoneException if one of them is not there (any more); then none is pinned
    synchronized Pin pin(Collection<RangeId> ids) throws RangeGoneException {
        for (RangeId id : ids) {
            if (find(id).isEmpty()) {
                throw new RangeGoneException(id);
            }
        }
        List<RangeId> pinned = List.copyOf(ids);
        pinned.forEach(id -> pins.merge(id, 1, Integer::sum));
        return new Pin(this, pinned);
    }

    synchronized void unpin(Collection<RangeId> ids) {
        ids.forEach(id -> pins.computeIfPresent(id, (i, count) -> count == 1 ? null : count - 1));
    }

    /// Takes files off the list, so that nobody pins them any more; leaves out those that are pinned.
    ///
    /// @return what was taken off, to be deleted now, or put back
    synchronized List<RangeFile> condemn(Collection<RangeId> ids) {
        List<RangeFile> condemned = new ArrayList<>();
        for (RangeId id : ids) {
            if (!pins.containsKey(id)) {
                find(id).ifPresent(condemned::add);
                remove(id);
            }
        }
        return condemned;
    }

    /// Returns the oldest files of a level, as long as they may go and at least `keepNewest` stay.
    synchronized List<RangeId> oldest(int level, int keepNewest, Predicate<RangeFile> mayGo) {
        List<RangeFile> all = list(level);
        return all.subList(0, Math.max(0, all.size() - keepNewest)).stream()
                .takeWhile(mayGo)
                .map(RangeFile::id)
                .toList();
    }
}
