package dev.siltstone.stream;

import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Where requests wait while their streams are looked up, before the log's queue: those whose streams are
/// not in memory, and those whose streams left it while they were queued.
///
/// Thread-safe. A thread that looks up takes many requests, and leads the log once for all of them.
final class RequestLookUps {
    /// Where a request goes on.
    interface Log {
        /// Queues a request, waiting for room; refuses it if the log is closed.
        void queue(Request request);

        /// Works on what is queued.
        void lead();

        /// Tells who waits for a request that the log is closed.
        void refuse(Request request);
    }

    static final int THREADS_MAX = 2;

    private static final int TAKEN_MAX = 256;

    /// A request whose streams leave memory that often has bad luck.
    private static final int LOOK_UPS_MAX = 100;

    private final Streams streams;
    private final StreamLookUp lookUp;
    private final Executor threads;
    private final Log log;
    private final int capacity;
    private final Queue<Request> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger count = new AtomicInteger();
    private final AtomicInteger running = new AtomicInteger();

    /// @param threads runs [#THREADS_MAX] tasks at once; they wait for the disk
    /// @param capacity requests that may wait
    RequestLookUps(Streams streams, StreamLookUp lookUp, Executor threads, Log log, int capacity) {
        this.streams = streams;
        this.lookUp = lookUp;
        this.threads = threads;
        this.log = log;
        this.capacity = capacity;
    }

    /// @return false if too many wait; nothing was queued
    boolean submit(Request request) {
        if (count.get() >= capacity) {
            return false;
        }
        again(request);
        return true;
    }

    /// Takes back what the log's queue had; that bounds it.
    void again(Request request) {
        count.incrementAndGet();
        waiting.add(request);
        startThread();
    }

    /// Has a thread lead the log that may: not every caller may.
    void leadSoon() {
        try {
            threads.execute(log::lead);
        } catch (RejectedExecutionException e) {
            // Many are queued there, each of which leads; or the log is closing.
        }
    }

    private void startThread() {
        int now = running.get();
        while (now < THREADS_MAX && !running.compareAndSet(now, now + 1)) {
            now = running.get();
        }
        if (now >= THREADS_MAX) {
            return;
        }
        try {
            threads.execute(this::lookUpAll);
        } catch (RejectedExecutionException e) {
            running.decrementAndGet();
            for (Request next = poll(); next != null; next = poll()) {
                log.refuse(next);
            }
        }
    }

    private @Nullable Request poll() {
        Request next = waiting.poll();
        if (next != null) {
            count.decrementAndGet();
        }
        return next;
    }

    private void lookUpAll() {
        try {
            while (lookUpSome()) {
                log.lead();
            }
        } finally {
            running.decrementAndGet();
        }
        if (!waiting.isEmpty()) {
            startThread();
        }
    }

    private boolean lookUpSome() {
        Request next = poll();
        for (int taken = 1; next != null; taken++) {
            lookUp(next);
            if (taken == TAKEN_MAX) {
                return true;
            }
            next = poll();
            if (next == null) {
                return true;
            }
        }
        return false;
    }

    private void lookUp(Request request) {
        switch (request) {
            case Request.Client client -> log.queue(lookUp(client));
            case Request.Touch(long streamId) -> {
                if (isThere(streamId)) {
                    log.queue(request);
                }
            }
            case Request.Expire _, Request.Refused _, Request.Tidy _ -> log.queue(request);
        }
    }

    private Request lookUp(Request.Client client) {
        if (client.lookUps() >= LOOK_UPS_MAX) {
            return refused(
                    client,
                    new Outcome.TryAgain("too many streams leave memory; try again in a second"));
        }
        try {
            long epoch = streams.epoch();
            LiveStream _ = lookUp.find(client.command().path());
            String source = client.sourcePath();
            if (source != null) {
                LiveStream _ = lookUp.find(source);
            }
            return client.lookedUp(epoch);
        } catch (LogBusyException e) {
            return refused(client, new Outcome.TryAgain(String.valueOf(e.getMessage())));
        } catch (IOException | RuntimeException e) {
            return refused(client, new Outcome.Unavailable(String.valueOf(e.getMessage())));
        }
    }

    private static Request refused(Request.Client client, Outcome outcome) {
        return new Request.Refused(outcome, client.completion());
    }

    /// A use that cannot be persisted now is tried again with the next.
    private boolean isThere(long streamId) {
        try {
            return lookUp.find(streamId) != null;
        } catch (IOException e) {
            return false;
        }
    }
}
