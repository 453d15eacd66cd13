package dev.siltstone.stream;

import dev.siltstone.io.Disk;
import dev.siltstone.journal.JournalFact;
import dev.siltstone.journal.JournalInspection;
import dev.siltstone.stream.Verification.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Reads the journal: each byte, and whether the recovery point lies in it; and applies what is behind that to the
/// catalog's states, in memory.
///
/// Made for one data directory.
final class JournalVerification {
    private static final long NONE = -1;

    private final Disk disk;
    private final Path directory;
    private final boolean settled;
    private final CatalogPoint point;
    private final @Nullable SettledStates states;
    private final Consumer<Problem> problems;
    private long start = NONE;
    private long end = NONE;
    private long writerEpoch;
    private long time;
    private long unsettledEntries;
    private boolean sound = true;

    /// @param catalog that has all before `point`; `null` if there is none that can be read
    JournalVerification(
            Disk disk,
            Path directory,
            @Nullable CatalogReader catalog,
            CatalogPoint point,
            Consumer<Problem> problems) {
        this.disk = disk;
        this.directory = directory;
        this.settled = catalog != null;
        this.point = point;
        this.states = catalog == null ? null : new SettledStates(point, catalog);
        this.problems = problems;
    }

    /// Returns the log position at which it ends.
    long end() {
        return Math.max(0, end);
    }

    long unsettledEntries() {
        return unsettledEntries;
    }

    private void tell(Path file, String wrong) {
        sound = false;
        problems.accept(new Problem(file, wrong));
    }

    void verify() throws IOException {
        try {
            JournalInspection.inspectDirectory(disk, directory, this::take);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        long from = point.recoveryPoint();
        if (start == NONE) {
            if (from > 0) {
                tell(directory, "is empty; the recovery point is %d".formatted(from));
            }
        } else if (from < start) {
            tell(
                    directory,
                    (settled
                                            ? "begins at position %d, and the recovery point is %d"
                                            : "begins at position %d, and there is no catalog that can be read; recovery point %d")
                                    .formatted(start, from)
                            + ": what lies between is lost");
        } else if (sound && from > end) {
            tell(
                    directory,
                    "ends at position %d, before the recovery point %d".formatted(end, from));
        }
    }

    private void take(JournalFact fact) {
        switch (fact) {
            case JournalFact.Header header -> take(header);
            case JournalFact.Batch _ -> {}
            case JournalFact.Entry entry -> take(entry);
            case JournalFact.End last -> end = last.position();
            case JournalFact.Torn torn -> end = torn.position(); // the next start cuts it
            case JournalFact.Damaged damaged -> tell(damaged.file(), text(damaged));
        }
    }

    private void take(JournalFact.Header header) {
        start = start == NONE ? header.start() : start;
        if (point.logId() != 0 && header.logId() != point.logId()) {
            tell(
                    header.file(),
                    "is of log %016x; the catalog is of log %016x"
                            .formatted(header.logId(), point.logId()));
        }
    }

    private void take(JournalFact.Entry fact) {
        try {
            Entry entry = EntryFormat.decode(fact.payload());
            if (entry.time() < time) {
                tell(
                        fact.file(),
                        "entry at position %d has time %d, the one before it %d"
                                .formatted(fact.position(), entry.time(), time));
            }
            time = entry.time();
            if (entry instanceof Entry.Opened(_, var epoch)) {
                if (epoch <= writerEpoch) {
                    tell(
                            fact.file(),
                            "entry at position %d opens writer epoch %d after %d"
                                    .formatted(fact.position(), epoch, writerEpoch));
                }
                writerEpoch = epoch;
            }
            if (fact.position() >= point.recoveryPoint()) {
                unsettledEntries++;
                apply(fact.position(), entry);
            }
        } catch (EntryException e) {
            tell(
                    fact.file(),
                    "entry at position %d: %s".formatted(fact.position(), e.getMessage()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// After something was wrong the states are not what they were; what follows would only repeat it.
    private void apply(long position, Entry entry) throws IOException, EntryException {
        if (states != null && sound) {
            states.apply(position, entry);
        }
    }

    static String text(JournalFact.Damaged damaged) {
        return "position %d, file position %d: %s: expected %s, actual %s"
                .formatted(
                        damaged.position(),
                        damaged.filePosition(),
                        damaged.reason(),
                        damaged.expected(),
                        damaged.actual());
    }
}
