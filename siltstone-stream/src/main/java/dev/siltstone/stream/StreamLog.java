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
///        journal/<start %020d>.runs        run index of each full journal file
/// ```
///
/// Commands go through [#submit] (or, waiting, [#execute]) and are answered once everything the answer
/// rests on is durable. Reads go through [#find] and see durable state only.
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
    private static final int LOOK_UPS_WAITING_MAX = 1024;
    private static final long LOOK_UP_IDLE_SECONDS = 10;
    private static final long CLOSE_SECONDS = 10;

    private final DiskLock lock;
    private final Journal journal;
    private final Streams streams;
    private final LogLeader leader;
    private final GroupCommit<Request> commits;
    private final Executor lookUps;
    private final ForkPlaces forkPlaces;
    private final Housekeeping housekeeping;
    private final long writerEpoch;

    private StreamLog(
            DiskLock lock,
            Journal journal,
            Streams streams,
            LogLeader leader,
            GroupCommit<Request> commits,
            StreamLogSettings settings,
            Executor lookUps,
            long writerEpoch) {
        this.lock = lock;
        this.journal = journal;
        this.streams = streams;
        this.leader = leader;
        this.commits = commits;
        this.writerEpoch = writerEpoch;
        this.lookUps = lookUps;
        this.forkPlaces = new ForkPlaces(streams, lookUps);
        this.housekeeping = new Housekeeping(journal, streams, commits, settings.notices());
    }

    /// Opens a data directory on the disk of this machine, creating it if needed.
    ///
    /// @throws IOException if it is in use, damaged, or cannot be read or written; the message says what
    ///     and where. Nothing was changed unless it says so
    public static StreamLog open(Path directory, StreamLogSettings settings) throws IOException {
        var lookUps =
                new ThreadPoolExecutor(
                        1,
                        1,
                        LOOK_UP_IDLE_SECONDS,
                        TimeUnit.SECONDS,
                        new ArrayBlockingQueue<>(LOOK_UPS_WAITING_MAX),
                        Thread.ofPlatform().daemon().name("siltstone-forks").factory());
        lookUps.allowCoreThreadTimeOut(true);
        StreamLog log =
                new Opening(
                                new RealDisk(),
                                directory,
                                settings,
                                InstantSource.system(),
                                NanoClock.system(),
                                new SecureRandom(),
                                lookUps)
                        .open();
        log.housekeeping.start();
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
        return new Opening(disk, directory, settings, clock, nanos, random, Runnable::run).open();
    }

    /// How a log comes to life: lock, replay, publish, say that it was opened.
    private record Opening(
            Disk disk,
            Path directory,
            StreamLogSettings settings,
            InstantSource clock,
            NanoClock nanos,
            RandomGenerator random,
            Executor lookUps) {

        StreamLog open() throws IOException {
            disk.createDirectories(directory);
            DiskLock lock = disk.lock(directory.resolve("lock"));
            try {
                return open(lock);
            } catch (IOException | RuntimeException e) {
                lock.close();
                throw e;
            }
        }

        private StreamLog open(DiskLock lock) throws IOException {
            Path journalDirectory = directory.resolve("journal");
            disk.createDirectories(journalDirectory);
            var reads = new Reads(Reads.Settled.NOTHING);
            var touches = new Touches();
            var streams = new Streams(reads, clock, touches);
            var state = new LogState(0, 0);
            Journal journal =
                    Journal.open(
                            disk,
                            journalDirectory,
                            settings.journal(),
                            random,
                            new Recovery(state, streams));
            try {
                reads.from(journal);
                sayOpened(journal, state);
                state.streams().forEach(streams::publish);
                var leader =
                        new LogLeader(
                                journal,
                                state,
                                new CommandRules(state, settings.producersPerStreamMax()),
                                streams,
                                clock,
                                settings.journal().entryBytesMax());
                var commits =
                        new GroupCommit<Request>(
                                leader,
                                settings.queueCapacity(),
                                settings.leader(),
                                Thread.ofPlatform().daemon().name("siltstone-log").factory(),
                                nanos);
                touches.to(commits);
                return new StreamLog(
                        lock,
                        journal,
                        streams,
                        leader,
                        commits,
                        settings,
                        lookUps,
                        state.writerEpoch());
            } catch (IOException | RuntimeException e) {
                journal.close();
                throw e;
            }
        }

        /// A log that cannot take one more entry for want of room still opens, for reading.
        private void sayOpened(Journal journal, LogState state) throws IOException {
            var opened =
                    new Entry.Opened(
                            Math.max(clock.millis(), state.time()), state.writerEpoch() + 1);
            int bytesMax = EntryFormat.bytesMax(opened);
            switch (journal.room(bytesMax)) {
                case FITS -> {
                    EntryFormat.encode(opened, journal.beginEntry(bytesMax));
                    state.apply(journal.endEntry(), opened);
                    journal.commit();
                }
                case NO_SPACE, AFTER_COMMIT ->
                        settings.notices()
                                .accept(
                                        "the disk has no room for another journal file: reads only");
            }
        }
    }

    /// Sends touches on, once there is a queue to send them to.
    private static final class Touches implements LastUse.Listener {
        private volatile @Nullable GroupCommit<Request> commits;

        void to(GroupCommit<Request> queue) {
            commits = queue;
        }

        @Override
        public void touched(long streamId) {
            GroupCommit<Request> queue = commits;
            if (queue != null) {
                // A full queue loses it: the next read in a while tries again.
                boolean _ = queue.submit(new Request.Touch(streamId));
            }
        }
    }

    /// Queues a command. Does not start the work: call [#lead] after the last command of an I/O pass.
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
        return commits.submit(new Request.Client(command, null, completion));
    }

    /// Queues what was looked up, waiting for room: its client was promised an outcome.
    private void submitResolved(Request request) {
        while (!commits.submit(request)) {
            if (commits.isClosed()) {
                refuse(request);
                return;
            }
            LockSupport.parkNanos(FULL_QUEUE_NANOS);
        }
        lead();
    }

    private static void refuse(Request request) {
        var closed = new Outcome.Unavailable("the log is closed");
        switch (request) {
            case Request.Client client -> client.completion().complete(closed);
            case Request.Refused refused -> refused.completion().complete(closed);
            case Request.Expire _, Request.Touch _ -> {}
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

    /// Looks a path up. An expired stream is not found. Does not count as a use of the stream.
    public Found find(String path) {
        LiveStream stream = streams.find(path);
        if (stream == null) {
            return new Found.None();
        }
        return switch (stream.state()) {
            case LIVE -> new Found.Stream(stream);
            case SOFT_DELETED -> new Found.SoftDeleted();
            case GONE -> new Found.None();
        };
    }

    /// Returns the streams whose paths begin with `prefix`, in order.
    ///
    /// @param after path to begin after, or `null`
    /// @param limit 1 to [#LISTING_MAX]
    public Listing list(String prefix, @Nullable String after, int limit) {
        if (limit < 1 || limit > LISTING_MAX) {
            throw new IllegalArgumentException("a page has 1 to " + LISTING_MAX + " streams");
        }
        return streams.list(prefix, after, limit);
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
    /// writes run indexes, looks after the files. Called every second by the log's own thread, or by tests.
    public void keepHouse() {
        housekeeping.run();
    }

    private void endLookUps() {
        if (lookUps instanceof ThreadPoolExecutor threads) {
            threads.shutdown();
            try {
                boolean _ = threads.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /// Refuses new commands, finishes the accepted ones, marks the tail, and lets go of the directory.
    @Override
    public void close() throws IOException {
        housekeeping.close();
        endLookUps();
        commits.close();
        try {
            journal.close();
        } finally {
            lock.close();
        }
    }
}
