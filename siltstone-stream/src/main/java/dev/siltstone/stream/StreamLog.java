package dev.siltstone.stream;

import dev.siltstone.io.Disk;
import dev.siltstone.io.DiskLock;
import dev.siltstone.io.NanoClock;
import dev.siltstone.io.RealDisk;
import dev.siltstone.journal.GroupCommit;
import dev.siltstone.journal.Journal;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The log of all streams of one data directory: the entry class of this room.
///
/// ```
/// <data>/lock                              held while the log is open
///        journal/<start %020d>.journal     what was appended, in order
///        segments/...                      see SegmentFiles
///        catalog.db (-wal), catalog.sums   what the entries before the recovery point add up to
/// ```
///
/// Commands go through [#submit] (or, waiting, [#execute]) and are answered once everything the answer
/// rests on is durable. Reads go through [#find] and see durable state only. Streams are in memory as long as
/// they have entries that are not settled, or are in use, or were a short while ago ([ResidencySettings]);
/// others are brought there when somebody asks for them.
///
/// When a force fails, the log has failed for good: commands are answered [Outcome.Unavailable], reads go
/// on, and a restart finds everything that was acknowledged. When the disk has no room, appends are answered
/// [Outcome.NoSpace] until there is room.
///
/// Thread-safe.
public final class StreamLog implements Closeable {
    /// A page of a listing is at most so long.
    public static final int LISTING_MAX = 1000;

    private static final long FULL_QUEUE_NANOS = 1_000_000;
    private static final int FORKS_WAITING_MAX = 1024;
    private static final long LOOK_UP_IDLE_SECONDS = 10;
    private static final long CLOSE_SECONDS = 10;
    private static final int HELD_MAX = 32_768;
    private static final long HELD_MILLIS_MAX = 10_000;

    private final DiskLock lock;
    private final Journal journal;
    private final LazyCatalog catalog;
    private final Streams streams;
    private final Residents residents;
    private final LogLeader leader;
    private final GroupCommit<Request> commits;
    private final Threads threads;
    private final StreamLookUp lookUp;
    private final RequestLookUps lookUps;
    private final StreamListing listing;
    private final ForkPlaces forkPlaces;
    private final Housekeeping housekeeping;
    private final Segments segments;
    private final Settler settler;
    private final long writerEpoch;

    StreamLog(Opening opening, Opening.Opened opened) {
        StreamLogSettings settings = opening.settings();
        this.lock = opened.lock();
        this.journal = opened.journal();
        this.catalog = opened.catalog();
        this.streams = opened.streams();
        this.residents = opened.residents();
        this.leader = opened.leader();
        this.commits = opened.commits();
        this.threads = opening.threads();
        this.lookUp = opened.lookUp();
        this.lookUps =
                new RequestLookUps(
                        streams, lookUp, threads.requests, new Queue(), settings.queueCapacity());
        this.listing = new StreamListing(streams, catalog);
        this.forkPlaces = new ForkPlaces(streams, lookUp, threads.forks);
        this.housekeeping =
                new Housekeeping(
                        journal,
                        streams,
                        residents,
                        lookUp,
                        catalog,
                        opening.clock(),
                        commits,
                        settings);
        this.segments = opened.settling().segments();
        var compaction =
                new Compaction(
                        catalog,
                        opened.settling().files(),
                        segments,
                        settings.settling().mergedBytesMax());
        this.settler =
                new Settler(
                        journal,
                        catalog,
                        opened.settling().files(),
                        compaction,
                        settings.settling(),
                        opening.pace().clock(),
                        () -> residents.changedCount() >= settings.residency().changedWanted(),
                        leader,
                        this::settled,
                        settings.notices());
        opening.pace()
                .follow(new SettlingDemand(journal, residents, compaction, settler, settings));
        this.writerEpoch = opened.writerEpoch();
        leader.sendBackTo(lookUps::again);
        residents.askBy(() -> commits.submit(new Request.Tidy()));
        opened.touches().to(this::touch);
    }

    /// Who looks things up that may need the disk.
    ///
    /// @param requests the streams of requests
    /// @param forks where forks begin
    record Threads(Executor requests, Executor forks) {
        static Threads own() {
            return new Threads(
                    own("siltstone-look-up", RequestLookUps.THREADS_MAX),
                    own("siltstone-forks", 1));
        }

        private static Executor own(String name, int threads) {
            var own =
                    new ThreadPoolExecutor(
                            threads,
                            threads,
                            LOOK_UP_IDLE_SECONDS,
                            TimeUnit.SECONDS,
                            new ArrayBlockingQueue<>(FORKS_WAITING_MAX),
                            Thread.ofPlatform().daemon().name(name).factory());
            own.allowCoreThreadTimeOut(true);
            return own;
        }

        /// Whoever asks does it.
        static Threads callers() {
            return new Threads(Runnable::run, Runnable::run);
        }

        void end() {
            end(forks);
            end(requests);
        }

        private static void end(Executor executor) {
            if (executor instanceof ThreadPoolExecutor own) {
                own.shutdown();
                try {
                    boolean _ = own.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }

    /// Opens a data directory on the disk of this machine, creating it if needed.
    ///
    /// @throws IOException if it is in use, damaged, or cannot be read or written; the message says what
    ///     and where. Nothing was changed unless it says so
    public static StreamLog open(Path directory, StreamLogSettings settings) throws IOException {
        StreamLog log =
                new Opening(
                                new RealDisk(),
                                directory,
                                directory,
                                settings,
                                CatalogSettings.ofCacheBytes(settings.settling().cacheBytes()),
                                InstantSource.system(),
                                NanoClock.system(),
                                new SecureRandom(),
                                Threads.own(),
                                new Pace(NanoClock.system(), LockSupport::parkNanos),
                                () -> {})
                        .open();
        log.holdRequests(HELD_MAX);
        log.housekeeping.start();
        log.settler.start();
        return log;
    }

    /// Opens a data directory on any disk, with given clocks and chance. Nothing happens by itself:
    /// [#keepHouse] is for the caller to call, and looking up where forks begin is done by who submits
    /// them.
    public static StreamLog open(
            Disk disk,
            Path directory,
            StreamLogSettings settings,
            InstantSource clock,
            NanoClock nanos,
            RandomGenerator random)
            throws IOException {
        return new Opening(
                        disk,
                        directory,
                        directory,
                        settings,
                        CatalogSettings.ofCacheBytes(settings.settling().cacheBytes()),
                        clock,
                        nanos,
                        random,
                        Threads.callers(),
                        new Pace(nanos, _ -> {}),
                        () -> {})
                .open();
    }

    /// Has a read persisted. A full queue loses it: the next read in a while tries again.
    private void touch(long streamId) {
        var touch = new Request.Touch(streamId);
        boolean _ = streams.find(streamId) == null ? lookUps.submit(touch) : commits.submit(touch);
    }

    /// How requests go on that were looked up.
    private final class Queue implements RequestLookUps.Log {
        @Override
        public void queue(Request request) {
            queueWaiting(request);
        }

        @Override
        public void lead() {
            boolean _ = residents.askIfMany();
            StreamLog.this.lead();
        }

        @Override
        public void refuse(Request request) {
            StreamLog.refuse(request);
        }
    }

    /// Queues a command. Does not start the work: call [#lead] after the last command of an I/O pass.
    ///
    /// Commands of streams in memory are decided upon in the order in which they were submitted. One whose
    /// stream must be looked up first may come after others that were submitted later: who needs an order
    /// waits for the outcome.
    ///
    /// @param completion is told the outcome, once, unless this returns false
    /// @return false if the queue is full, or the log closed, and nothing was queued; trying again later
    ///     helps
    public boolean submit(Command command, Completion completion) {
        if (command instanceof Command.Create create
                && create.fork() != null
                && create.fork().offset() != null) {
            return forkPlaces.submit(create, completion, this::submitResolved);
        }
        long epoch = streams.epoch();
        var request = new Request.Client(command, null, epoch, 0, completion);
        String source = request.sourcePath();
        boolean known = isInMemory(command.path()) && (source == null || isInMemory(source));
        return known ? commits.submit(request) : lookUps.submit(request);
    }

    /// Says whether memory tells who has a path.
    private boolean isInMemory(String path) {
        return streams.find(path) != null || streams.isComplete();
    }

    private void submitResolved(Request request) {
        queueWaiting(request);
        lead();
    }

    /// Queues what was looked up, waiting for room: its client was promised an outcome.
    private void queueWaiting(Request request) {
        while (!commits.submit(request)) {
            if (commits.isClosed()) {
                refuse(request);
                return;
            }
            LockSupport.parkNanos(FULL_QUEUE_NANOS);
        }
    }

    private static void refuse(Request request) {
        var closed = new Outcome.Unavailable("the log is closed");
        switch (request) {
            case Request.Client client -> client.completion().complete(closed);
            case Request.Refused refused -> refused.completion().complete(closed);
            case Request.Expire _, Request.Touch _, Request.Tidy _ -> {}
        }
    }

    /// Works on what is queued until nothing is, unless another thread does so already. With a thread of
    /// its own the log only wakes that.
    public void lead() {
        commits.lead();
    }

    /// Has `hook` run at the end of every batch, by the leader, after the watchers and completions of that
    /// batch: the place to send replies. It must return at once and not throw.
    public void afterBatch(Runnable hook) {
        leader.afterBatch(hook);
    }

    /// Carries a command out and waits for its outcome. An interrupt ends the wait, not the command.
    public Outcome execute(Command command) throws InterruptedException {
        var outcome = new CompletableFuture<Outcome>();
        if (!submit(command, outcome::complete)) {
            return new Outcome.Unavailable("too many requests wait, or the log is closed");
        }
        lead();
        try {
            return outcome.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Looks a path up in memory. An expired stream is not found. Does not count as a use of the stream that
    /// prolongs its life.
    ///
    /// @return `null` if memory cannot tell: ask [#find], not on an event loop
    public @Nullable Found findInMemory(String path) {
        LiveStream stream = streams.find(path);
        return stream == null && !streams.isComplete() ? null : found(stream);
    }

    /// Looks a path up, in the catalog if need be. An expired stream is not found. Does not count as a use of
    /// the stream that prolongs its life. May wait for the disk.
    ///
    /// @throws LogBusyException if too many streams are looked up at once; trying again in a while helps
    /// @throws IOException if the catalog cannot be read
    public Found find(String path) throws IOException {
        LiveStream stream = lookUp.find(path);
        if (residents.askIfMany()) {
            lookUps.leadSoon();
        }
        return found(stream);
    }

    private static Found found(@Nullable LiveStream stream) {
        if (stream == null) {
            return new Found.None();
        }
        return switch (stream.state()) {
            case LIVE -> new Found.Stream(stream);
            case SOFT_DELETED -> new Found.SoftDeleted();
            case GONE -> new Found.None();
        };
    }

    /// Returns the streams whose paths begin with `prefix`, in order. May wait for the disk.
    ///
    /// @param after path to begin after, or `null`
    /// @param limit 1 to [#LISTING_MAX]
    /// @throws IOException if the catalog cannot be read
    public Listing list(String prefix, @Nullable String after, int limit) throws IOException {
        if (limit < 1 || limit > LISTING_MAX) {
            throw new IllegalArgumentException("a page has 1 to " + LISTING_MAX + " streams");
        }
        return listing.list(prefix, after, limit);
    }

    /// Settles everything that is durable now, and merges what is to be merged. The log's own threads do so
    /// when it is time; this is for tests, and logs without threads.
    void settleAll() throws IOException {
        settler.settleAll();
        settler.compact();
    }

    /// Has requests wait when too much is unsettled, before the first one comes; otherwise they are refused.
    ///
    /// @param max so many
    void holdRequests(int max) {
        leader.holdIn(new HeldRequests(max, HELD_MILLIS_MAX));
    }

    Settler settler() {
        return settler;
    }

    /// Takes note that all entries before a position are settled: the catalog has them, durably, and tells
    /// where their bytes are.
    void settled(long recoveryPoint) {
        residents.settled(recoveryPoint);
        lead();
    }

    /// Returns what the settler reads.
    Journal journal() {
        return journal;
    }

    /// Returns what the settler writes.
    LazyCatalog catalog() {
        return catalog;
    }

    /// Returns how many streams have entries that are not settled.
    int changedStreams() {
        return residents.changedCount();
    }

    /// Returns how many streams are in memory.
    int streamsInMemory() {
        return streams.count();
    }

    /// Says whether appends are refused for want of room on the disk.
    public boolean noSpace() {
        return journal.noSpace();
    }

    /// Returns why the log has failed for good; `null` while it works.
    public @Nullable Throwable failure() {
        Throwable failed = journal.failure();
        Throwable mistake = commits.failure();
        return failed == null && mistake != null ? broken(mistake) : failed;
    }

    static Throwable broken(Throwable mistake) {
        return new IllegalStateException(
                "the log takes no more requests until it is opened again, because of a mistake in this"
                        + " program: "
                        + mistake,
                mistake);
    }

    /// Returns how many times this data directory was opened.
    public long writerEpoch() {
        return writerEpoch;
    }

    /// Returns the position up to which the log is forced to this machine's disk.
    public long durablePosition() {
        return journal.durableEnd();
    }

    /// Returns the position up to which readers may see: what their `ack` demands. Everything is
    /// `ack = local` so far.
    public long committedPosition() {
        return durablePosition();
    }

    /// Does what is due: ends streams whose time is over, persists reads, marks the tail of an idle log,
    /// looks after the files. Called every second by the log's own thread, or by tests.
    public void keepHouse() {
        housekeeping.run();
    }

    /// Refuses new commands, finishes the accepted ones, marks the tail, and lets go of the directory.
    @Override
    public void close() throws IOException {
        settler.close();
        housekeeping.close();
        threads.end();
        commits.close();
        leader.close();
        try (lock;
                catalog;
                segments) {
            journal.close();
        }
    }
}
