package dev.siltstone.sqlite.replica;

import dev.siltstone.rangestore.RangeFile;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The states that a set of files can make, and of which files each is made with the fewest bytes.
///
/// A state is the end of a file. From state `s` (0: nothing) a file leads to its own end if it begins at `s + 1`
/// or before and ends behind `s`: what it repeats does no harm, because each of its pages is of its end.
///
/// It takes n log n steps: states are found in their order, and of those found only the ones matter that no
/// later one makes as cheaply.
final class Chains {
    /// Fewest bytes first, then fewest files.
    private static final Comparator<Step> BY_COST =
            Comparator.comparingLong(Step::bytes).thenComparingInt(Step::files);

    /// A state, and the file that leads to it.
    private record Step(
            long end, long bytes, int files, @Nullable RangeFile file, @Nullable Step before) {}

    private final NavigableMap<Long, Step> steps = new TreeMap<>(Long::compareUnsigned);

    Chains(Collection<RangeFile> files) {
        List<Step> cheap = new ArrayList<>();
        cheap.add(new Step(0, 0, 0, null, null));
        NavigableMap<Long, List<RangeFile>> byEnd = new TreeMap<>(Long::compareUnsigned);
        for (RangeFile file : files) {
            byEnd.computeIfAbsent(file.id().last(), end -> new ArrayList<>()).add(file);
        }
        byEnd.forEach((end, ending) -> {
            Optional<Step> best =
                    ending.stream()
                            .sorted(Comparator.comparing(RangeFile::id))
                            .flatMap(file -> after(cheap, file).stream())
                            .min(BY_COST);
            if (best.isPresent()) {
                steps.put(end, best.get());
                while (BY_COST.compare(cheap.getLast(), best.get()) >= 0) {
                    cheap.removeLast();
                }
                cheap.add(best.get());
            }
        });
    }

    /// Appends a file to the cheapest state that it goes on from.
    private static Optional<Step> after(List<Step> cheap, RangeFile file) {
        long from = file.id().first() - 1;
        int low = 0;
        int high = cheap.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (Long.compareUnsigned(cheap.get(middle).end(), from) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        if (low == cheap.size()) {
            return Optional.empty();
        }
        Step before = cheap.get(low);
        return Optional.of(
                new Step(
                        file.id().last(),
                        before.bytes() + file.bytes(),
                        before.files() + 1,
                        file,
                        before));
    }

    /// Returns the files that make a state, oldest first, or nothing if it cannot be made.
    Optional<List<RangeFile>> to(long end) {
        Step step = steps.get(end);
        if (step == null) {
            return Optional.empty();
        }
        List<RangeFile> files = new ArrayList<>();
        for (Step each = step; each != null; each = each.before()) {
            if (each.file() != null) {
                files.addFirst(each.file());
            }
        }
        return Optional.of(files);
    }

    Optional<Long> newest() {
        return steps.isEmpty() ? Optional.empty() : Optional.of(steps.lastKey());
    }

    Optional<Long> oldest() {
        return steps.isEmpty() ? Optional.empty() : Optional.of(steps.firstKey());
    }

    /// Returns the newest state before another.
    Optional<Long> below(long end) {
        return Optional.ofNullable(steps.lowerKey(end));
    }

    /// Returns the oldest state behind another.
    Optional<Long> above(long end) {
        return Optional.ofNullable(steps.higherKey(end));
    }
}
