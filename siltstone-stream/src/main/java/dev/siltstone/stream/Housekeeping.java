package dev.siltstone.stream;

import dev.siltstone.journal.GroupCommit;
import dev.siltstone.journal.Journal;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What is due now and then, and nobody waits for.
///
/// Streams in memory are timed there; those that are not are found by the catalog's index, and brought into
/// memory to end.
///
/// One thread at a time: its own, once started, or whoever calls [#run].
final class Housekeeping implements AutoCloseable {
    private static final long PERIOD_SECONDS = 1;
    private static final long CLOSE_SECONDS = 30;

    /// Streams that are brought into memory to end, at a time.
    private static final int DUE_MAX = 1000;

    private final Journal journal;
    private final Streams streams;
    private final Residents residents;
    private final StreamLookUp lookUp;
    private final LazyCatalog catalog;
    private final InstantSource clock;
    private final int changedWanted;
    private final GroupCommit<Request> commits;
    private final Consumer<String> notices;
    private @Nullable ScheduledExecutorService executor;
    private String lastNotice = "";

    Housekeeping(
            Journal journal,
            Streams streams,
            Residents residents,
            StreamLookUp lookUp,
            LazyCatalog catalog,
            InstantSource clock,
            GroupCommit<Request> commits,
            StreamLogSettings settings) {
        this.journal = journal;
        this.streams = streams;
        this.commits = commits;
        this.residents = residents;
        this.lookUp = lookUp;
        this.catalog = catalog;
        this.clock = clock;
        this.changedWanted = settings.residency().changedWanted();
        this.notices = settings.notices();
    }

    synchronized void start() {
        ScheduledExecutorService own =
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().daemon().name("siltstone-house").factory());
        executor = own;
        var _ =
                own.scheduleWithFixedDelay(
                        this::run, PERIOD_SECONDS, PERIOD_SECONDS, TimeUnit.SECONDS);
    }

    synchronized void run() {
        try {
            loadDue();
            for (LiveStream over : streams.over()) {
                if (!commits.submit(new Request.Expire(over.id()))) {
                    streams.lookAgain(over);
                }
            }
            boolean _ = residents.ask();
            commits.lead();
            commits.whenIdle();
            journal.checkFiles();
            tell(journal.noSpace() ? "the disk has no room for another journal file" : "");
        } catch (IOException | RuntimeException e) {
            tell(String.valueOf(e.getMessage()));
        }
    }

    /// Brings streams into memory whose time is over; [Streams#over] returns them then. Not while many
    /// removals are to be settled: each keeps its stream in memory until then.
    private void loadDue() throws IOException {
        int held = streams.count();
        if (streams.isComplete() || residents.changedCount() >= changedWanted) {
            return;
        }
        // Of those that the catalog tells, some may be in memory and removed already.
        int limit = held + DUE_MAX;
        List<Long> due =
                catalog.read(reader -> reader.due(clock.millis(), streams.startedAt(), limit));
        int loaded = 0;
        for (long streamId : due) {
            if (streams.find(streamId) == null && lookUp.find(streamId) != null) {
                loaded++;
            }
            if (loaded == DUE_MAX) {
                return;
            }
        }
    }

    /// Tells the operator, once for each time that something is wrong.
    private void tell(String notice) {
        if (!notice.isEmpty() && !notice.equals(lastNotice)) {
            notices.accept(notice);
        }
        lastNotice = notice;
    }

    @Override
    public void close() {
        ScheduledExecutorService own;
        synchronized (this) {
            own = executor;
            executor = null;
        }
        if (own != null) {
            own.shutdown();
            try {
                boolean _ = own.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
