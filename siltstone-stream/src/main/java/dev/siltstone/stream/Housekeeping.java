package dev.siltstone.stream;

import dev.siltstone.journal.GroupCommit;
import dev.siltstone.journal.Journal;
import java.io.IOException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What is due now and then, and nobody waits for.
///
/// One thread at a time: its own, once started, or whoever calls [#run].
final class Housekeeping implements AutoCloseable {
    private static final long PERIOD_SECONDS = 1;
    private static final long CLOSE_SECONDS = 30;

    private final Journal journal;
    private final Streams streams;
    private final GroupCommit<Request> commits;
    private final Consumer<String> notices;
    private @Nullable ScheduledExecutorService executor;
    private String lastNotice = "";

    Housekeeping(
            Journal journal,
            Streams streams,
            GroupCommit<Request> commits,
            Consumer<String> notices) {
        this.journal = journal;
        this.streams = streams;
        this.commits = commits;
        this.notices = notices;
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
            for (LiveStream over : streams.over()) {
                if (!commits.submit(new Request.Expire(over.id()))) {
                    streams.lookAgain(over);
                }
            }
            commits.lead();
            commits.whenIdle();
            journal.checkFiles();
            tell(journal.noSpace() ? "the disk has no room for another journal file" : "");
        } catch (IOException | RuntimeException e) {
            tell(String.valueOf(e.getMessage()));
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
