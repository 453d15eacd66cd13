package dev.siltstone.server.http;

import dev.siltstone.stream.Offset;
import dev.siltstone.stream.StreamLog;
import dev.siltstone.stream.StreamReader;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.util.AsciiString;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the channels of one event loop share: their way to the log and back, and their clock.
///
/// ```
/// channels ── submit ──> log            at the first of an I/O pass: one task that leads the log,
///    ^                    │             run after every channel that is ready was read
///    └── drain <── deliver┘             at the end of a batch: one task, one send per channel; no
///                                       task at all if this loop led
/// ```
///
/// Owned by its event loop, but for [#completed], [#changed] and [#deliver], which the leader calls.
final class Loop {
    private static final Logger LOGGER = LoggerFactory.getLogger(Loop.class);
    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);
    private static final long TICK_MILLIS_MAX = 500;
    private static final long TICK_MILLIS_MIN = 5;
    private static final int TICKS_PER_TIMEOUT = 8;

    private final EventLoop eventLoop;
    private final Shared shared;
    private final RandomGenerator random;
    private final Cursors cursors;
    private final long tickMillis;

    private final Queue<Exchange> completed = new ConcurrentLinkedQueue<>();
    private final Queue<TailGroup> changed = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean drainQueued = new AtomicBoolean();
    private final Queue<ChannelHandlerContext> unflushed = new ArrayDeque<>();
    private final Queue<Exchange> ownCompleted = new ArrayDeque<>();
    private final Runnable lead = this::lead;
    private final PlainRequestParser plainRequests = new PlainRequestParser();
    private final HeadText headText = new HeadText();
    private final DirectSends directSends = new DirectSends();
    private boolean draining;
    private boolean leadQueued;

    private final Set<Timed> channels = new HashSet<>();
    private final Map<Long, List<TailGroup>> tails = new HashMap<>();
    private final Promise<Void> empty;
    private int tick;
    private AsciiString date = AsciiString.EMPTY_STRING;
    private boolean stopping;

    Loop(EventLoop eventLoop, Shared shared, RandomGenerator random) {
        this.eventLoop = eventLoop;
        this.shared = shared;
        this.random = random;
        this.cursors = new Cursors(shared.clock(), random);
        this.tickMillis = tickMillis(shared.limits());
        this.empty = eventLoop.newPromise();
    }

    /// Begins to tick.
    void start() {
        var _ =
                eventLoop.scheduleAtFixedRate(
                        this::tick, tickMillis, tickMillis, TimeUnit.MILLISECONDS);
    }

    EventLoop eventLoop() {
        return eventLoop;
    }

    Shared shared() {
        return shared;
    }

    StreamLog log() {
        return shared.log();
    }

    Cursors cursors() {
        return cursors;
    }

    RandomGenerator random() {
        return random;
    }

    /// Returns the parser of the loop, which is used by one channel after the other.
    PlainRequestParser plainRequests() {
        return plainRequests;
    }

    /// Returns where the head of an answer is put together, which is used for one after the other.
    HeadText headText() {
        return headText;
    }

    /// Returns who sends what need not wait.
    DirectSends directSends() {
        return directSends;
    }

    // --- to the log and back ---

    /// Leads the log once this I/O pass is over.
    void leadSoon() {
        if (!leadQueued) {
            leadQueued = true;
            eventLoop.execute(lead);
        }
    }

    private void lead() {
        leadQueued = false;
        log().lead();
    }

    /// Takes note that `exchange` has its outcome. Called by the leader.
    void completed(Exchange exchange) {
        if (eventLoop.inEventLoop()) {
            ownCompleted.add(exchange);
        } else {
            completed.add(exchange);
        }
    }

    /// Takes note that there is news for `group`. Called by the leader.
    void changed(TailGroup group) {
        changed.add(group);
    }

    /// Brings the loop what was noted for it. Called by the leader at the end of a batch.
    void deliver() {
        if (eventLoop.inEventLoop()) {
            drain();
        } else if (completed.isEmpty() && changed.isEmpty()) {
            return;
        } else if (drainQueued.compareAndSet(false, true)) {
            try {
                eventLoop.execute(this::drainQueued);
            } catch (RejectedExecutionException e) {
                LOGGER.debug("a stopped loop gets no more outcomes", e);
                completed.clear();
                changed.clear();
            }
        }
    }

    private void drainQueued() {
        drainQueued.set(false);
        drain();
    }

    /// Answers first, news second: an append is not held up by those who read it.
    private void drain() {
        if (draining) {
            return;
        }
        draining = true;
        try {
            deliverAll(ownCompleted);
            deliverAll(completed);
            flushAll();
            for (TailGroup next = changed.poll(); next != null; next = changed.poll()) {
                unharmed(next::advance);
            }
        } finally {
            draining = false;
            flushAll();
        }
    }

    private static void deliverAll(Queue<Exchange> exchanges) {
        for (Exchange next = exchanges.poll(); next != null; next = exchanges.poll()) {
            unharmed(next::deliver);
        }
    }

    /// Runs `step` for one of many: a mistake in it must not stop the others, nor the log, whose leader
    /// may be calling.
    private static void unharmed(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException e) {
            LOGGER.error("an answer is lost because of a mistake in this program", e);
        }
    }

    /// Flushes `channel` now, or together with others that are about to be.
    void flush(ChannelHandlerContext channel) {
        if (draining) {
            unflushed.add(channel);
        } else {
            channel.flush();
        }
    }

    private void flushAll() {
        for (var next = unflushed.poll(); next != null; next = unflushed.poll()) {
            next.flush();
        }
    }

    /// Runs `task` on the loop, from any thread.
    ///
    /// @return false if the loop has ended; the task will not run
    boolean run(Runnable task) {
        try {
            eventLoop.execute(task);
            return true;
        } catch (RejectedExecutionException e) {
            LOGGER.debug("a stopped loop runs no more tasks", e);
            return false;
        }
    }

    // --- tails ---

    /// Returns the group of readers that wait at `position`; a new one if need be.
    TailGroup tailGroup(StreamReader reader, long streamId, Offset position) {
        List<TailGroup> groups = tails.computeIfAbsent(streamId, _ -> new ArrayList<>(1));
        for (TailGroup group : groups) {
            if (group.position().equals(position)) {
                return group;
            }
        }
        TailGroup group = new TailGroup(this, reader, streamId, position);
        groups.add(group);
        return group;
    }

    /// Returns another group that waits where `group` does now, if there is one.
    java.util.Optional<TailGroup> twin(TailGroup group) {
        return tails.getOrDefault(group.streamId(), List.of()).stream()
                .filter(other -> other != group && other.position().equals(group.position()))
                .findFirst();
    }

    void forget(TailGroup group) {
        List<TailGroup> groups = tails.get(group.streamId());
        if (groups != null && groups.remove(group) && groups.isEmpty()) {
            tails.remove(group.streamId());
        }
    }

    // --- time ---

    void add(Timed channel) {
        channels.add(channel);
    }

    void remove(Timed channel) {
        if (channels.remove(channel) && stopping && channels.isEmpty()) {
            empty.trySuccess(null);
        }
    }

    /// Returns the number of the last tick.
    int now() {
        return tick;
    }

    /// Returns how many ticks it takes until `duration` is over for certain.
    int ticks(Duration duration) {
        return (int) Math.min(Integer.MAX_VALUE / 4, duration.toMillis() / tickMillis + 1);
    }

    /// Returns the time as answers carry it.
    AsciiString date() {
        if (date.isEmpty()) {
            date = new AsciiString(DATE.format(shared.clock().instant()));
        }
        return date;
    }

    private void tick() {
        tick++;
        date = AsciiString.EMPTY_STRING;
        List<Timed> overdue = new ArrayList<>(0);
        for (Timed channel : channels) {
            if (channel.isOverdue(tick)) {
                overdue.add(channel);
            }
        }
        overdue.forEach(Timed::expire);
    }

    private static long tickMillis(HttpLimits limits) {
        long shortest =
                Math.min(
                        Math.min(
                                limits.idleTimeout().toMillis(),
                                limits.requestTimeout().toMillis()),
                        Math.min(
                                limits.stalledTimeout().toMillis(),
                                limits.eventStreamLifetime().toMillis()));
        return Math.clamp(shortest / TICKS_PER_TIMEOUT, TICK_MILLIS_MIN, TICK_MILLIS_MAX);
    }

    // --- the end ---

    boolean isStopping() {
        return stopping;
    }

    /// Ends every channel as soon as what it accepted is done.
    Future<Void> stop() {
        eventLoop.execute(() -> {
            stopping = true;
            List.copyOf(channels).forEach(Timed::stop);
            if (channels.isEmpty()) {
                empty.trySuccess(null);
            }
        });
        return empty;
    }
}
