package dev.siltstone.sqlite.replica;

import dev.siltstone.io.NanoClock;
import dev.siltstone.sqlite.ltx.Txid;
import dev.siltstone.sqlite.wal.WalFrame;
import dev.siltstone.sqlite.wal.WalHeader;
import dev.siltstone.sqlite.wal.WalHeaderFound;
import dev.siltstone.sqlite.wal.WalPosition;
import dev.siltstone.sqlite.wal.WalRead;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Holds the WAL of a database that others write, so that no frame is lost before it is captured.
///
/// A *holder* is a connection of ours with an open read transaction. SQLite restarts a WAL only when all of it
/// is in the database file and no reader is left in it, so what was committed after a holder's begin stays
/// until its end.
///
/// **Invariant.** Every page that changed is in a forced capture file before the frame that carried it can be
/// lost. **Rule.** A holder ends only when everything committed up to its own begin is captured and forced, and
/// another holder, or the write lock, is in place.
///
/// | Step | Held before → after | What | Why it is safe |
/// |---|---|---|---|
/// | [#look()] | H | header, NOOP, header again (equal, or once more); capture up to what NOOP said | frames up to there are immutable and held; a new generation's header is written before its first commit is published |
/// | [#roll()] | Ha → Ha+Hb → Hb | begin Hb, look, force, end Ha | the rule; no write lock |
/// | [#passive()] | H fresh | PASSIVE at once after a roll | copies up to the holder's mark; no restart while it is held |
/// | [#seal()] | H → W → W+H → H | rounds of the above until little is left; then write lock, look, force, end H, PASSIVE, begin H, unlock | W reads and writes: nobody can append, restart or truncate |
/// | [#attach] | W → W+H → H | write lock, begin H, decide, capture what is there, force, unlock | without W, H may begin where nothing is left to hold, with frames uncaptured |
///
/// What NOOP says is believed, never the checksum chain alone: a writer that was killed between its frames and
/// its commit leaves a valid chain that the next writer overwrites.
///
/// Not thread-safe; belongs to one platform thread that nothing interrupts.
final class WalHold implements Closeable {
    private static final int LOOKS_MAX = 100;
    private static final int NOOPS_MAX = 1000;

    /// How much more than wanted may be left where a quick writer allows no less.
    private static final long REST_FACTOR = 4;

    /// Which part of a WAL may be left in any case: one that grows without end is worse than a longer stop.
    private static final long REST_PART = 8;

    /// What was done just now.
    enum Step {
        /// A holder has begun.
        BEGUN,
        /// It is decided how a database that was not held goes on.
        DECIDED,
        /// What was committed is captured and forced.
        CAPTURED,
        /// A holder has ended.
        ENDED,
        /// Frames were copied to the database file.
        CHECKPOINTED,
        /// The write lock is held.
        LOCKED,
        /// The write lock was let go.
        UNLOCKED
    }

    /// Is told of each step, between which others may do anything.
    interface Steps {
        Steps IGNORED = step -> {};

        void done(Step step) throws IOException;
    }

    private final Path database;
    private final Captures captures;
    private final HoldSettings settings;
    private final NanoClock clock;
    private final Steps steps;
    private final ByteBuffer batch;
    private final SourceConnection writeLock;
    private final SourceConnection checkpointer;
    private final WalFile wal;
    private SourceConnection holder;
    private SourceConnection idle;

    /// How the WAL stood before the holder began.
    private WalIndex rolledAt = WalIndex.UNKNOWN;

    private long rolledNanos;
    private long lockNanosMax;
    private long unchained;

    /// @param buffers shared by all that run on this thread
    /// @param steps told of each step
    WalHold(
            Path database,
            Captures captures,
            HoldSettings settings,
            NanoClock clock,
            HoldBuffers buffers,
            Steps steps)
            throws IOException {
        this.steps = steps;
        this.database = database;
        this.captures = captures;
        this.settings = settings;
        this.clock = clock;
        this.batch = buffers.batch();
        this.holder = SourceConnection.open(database);
        this.idle = SourceConnection.open(database);
        this.writeLock = SourceConnection.open(database);
        this.checkpointer = SourceConnection.open(database);
        requireWal();
        this.wal = new WalFile(database, buffers.wal());
    }

    /// The first read of a database creates its `-wal` file.
    private void requireWal() throws IOException {
        String mode = holder.journalMode();
        if (!mode.equals("wal")) {
            throw new SourceException(
                    "%s is in journal mode %s; replication needs WAL: PRAGMA journal_mode=WAL"
                            .formatted(database, mode));
        }
        if (holder.begin()) {
            holder.end();
        }
    }

    /// Returns how far the WAL is.
    ///
    /// @throws WalBusyException if others keep that from being read; the hold is what it was
    /// @throws SourceException if the database has no WAL any more
    WalIndex noop() throws IOException {
        WalIndex index = checkpointer.noop();
        for (int attempt = 1; index == null; attempt++) {
            if (attempt == NOOPS_MAX) {
                throw new WalBusyException(
                        database + ": the index of its WAL is being written; a retry helps");
            }
            Thread.onSpinWait();
            index = checkpointer.noop();
        }
        if (index.frames() < 0) {
            throw new SourceException(
                    database + " is not in WAL mode any more: PRAGMA journal_mode=WAL");
        }
        return index;
    }

    WalIndex rolledAt() {
        return rolledAt;
    }

    long rolledNanos() {
        return rolledNanos;
    }

    /// Returns the longest time the write lock was held since the last call, in nanoseconds.
    long takeLockNanosMax() {
        long max = lockNanosMax;
        lockNanosMax = 0;
        return max;
    }

    /// Captures everything that is committed now; not durable before [#force()].
    ///
    /// @return how the WAL stood
    /// @throws LostHoldException if captured frames changed or are gone
    WalIndex look() throws IOException {
        for (int attempt = 0; attempt < LOOKS_MAX; attempt++) {
            WalHeaderFound before = wal.header();
            WalIndex index = noop();
            if (!before.equals(wal.header())) {
                continue;
            }
            switch (before) {
                case WalHeaderFound.Valid(WalHeader header) -> {
                    captureUpTo(header, index.frames());
                    return index;
                }
                case WalHeaderFound.Absent _, WalHeaderFound.Damaged _ -> {
                    if (index.frames() == 0) {
                        return index;
                    }
                }
            }
        }
        throw new LostHoldException(
                database + "-wal changes its header each time that it is looked at");
    }

    private void captureUpTo(WalHeader header, long frame) throws IOException {
        WalPosition position = captures.last().end();
        if (!header.isSameGeneration(position.header())) {
            captures.beginGeneration(header);
            position = captures.last().end();
        }
        if (frame == 0) {
            return;
        }
        if (frame < position.frame()) {
            throw new LostHoldException(
                    "%s-wal ends at frame %d, but frame %d was committed before"
                            .formatted(database, frame, position.frame()));
        }
        Capture.Batch sink = captures.last().new Batch(batch);
        long pages = 0;
        while (position.frame() < frame) {
            if (sink.room() == 0) {
                sink.append(position, pages);
                sink = captures.last().new Batch(batch);
            }
            long to = Math.min(frame, position.frame() + sink.room());
            switch (wal.reader().read(position, to, sink)) {
                case WalRead.Reached(WalPosition reached, long commitPages) -> {
                    position = reached;
                    pages = commitPages;
                }
                case WalRead.Restarted restarted ->
                        throw new LostHoldException(
                                "%s-wal was restarted while it was held; found %s"
                                        .formatted(database, restarted.now()));
                case WalRead.Damaged damaged -> {
                    Unchecked rest = unchecked(damaged.position(), to, sink);
                    position = rest.reached();
                    pages = rest.commitPages();
                }
            }
        }
        if (!sink.isEmpty()) {
            if (pages == 0) {
                throw new LostHoldException(
                        "%s-wal: frame %d should end a commit".formatted(database, frame));
            }
            sink.append(position, pages);
        }
    }

    /// @param commitPages pages of the database behind the last frame; 0 if it ends no commit
    private record Unchecked(WalPosition reached, long commitPages) {}

    /// Committed frames whose chain is broken: other processes read these pages, so they are what the database is.
    private Unchecked unchecked(WalPosition position, long to, Capture.Batch sink)
            throws IOException {
        long[] pages = {0};
        WalPosition reached =
                wal.reader()
                        .readUnchecked(
                                position,
                                to,
                                (frame, pgno, commitPages, page) -> {
                                    sink.frame(frame, pgno, commitPages, page);
                                    pages[0] = commitPages;
                                });
        unchained++;
        return new Unchecked(reached, pages[0]);
    }

    /// Returns how often committed frames were found whose checksums do not chain.
    long unchained() {
        return unchained;
    }

    /// Makes durable what was captured.
    void force() throws IOException {
        captures.last().force();
    }

    /// Renews the holder, and captures everything up to now.
    ///
    /// @return false if the new one could not begin; the old one stays
    boolean roll() throws IOException {
        WalIndex before = noop();
        if (!idle.begin()) {
            return false;
        }
        try {
            steps.done(Step.BEGUN);
            look();
            force();
            steps.done(Step.CAPTURED);
        } catch (IOException | RuntimeException e) {
            idle.end();
            throw e;
        }
        SourceConnection ended = holder;
        holder = idle;
        idle = ended;
        rolled(before);
        end(ended);
        return true;
    }

    private void end(SourceConnection connection) throws IOException {
        connection.end();
        steps.done(Step.ENDED);
    }

    private void rolled(WalIndex before) {
        rolledAt = before;
        rolledNanos = clock.nanoTime();
    }

    /// Copies frames to the database file, up to the holder's mark.
    ///
    /// @return whether all that is committed is in the database file now; false as well if another process is at it
    boolean passive() throws IOException {
        WalIndex index = checkpointer.passive();
        steps.done(Step.CHECKPOINTED);
        return index != null && index.isAllBackfilled();
    }

    /// Restarts a WAL that a writer fills faster than it can be copied: the write lock is held for one small
    /// copy, so that the next writer finds everything in the database file. What SQLite would force beside the
    /// lock is forced before it as far as can be.
    ///
    /// @return false if it was not worth the lock, or did not get it; nothing is lost then
    boolean seal() throws IOException {
        WalIndex index = WalIndex.UNKNOWN;
        for (int round = 0; round < settings.preludes(); round++) {
            wal.force();
            if (!roll()) {
                return false;
            }
            passive();
            DatabaseFiles.of(database).force();
            index = look();
            force();
            steps.done(Step.CAPTURED);
            if (index.notBackfilled() <= settings.restFrames()) {
                break;
            }
        }
        long most = Math.max(REST_FACTOR * settings.restFrames(), index.frames() / REST_PART);
        if (index.notBackfilled() > most || !lock()) {
            return false;
        }
        long locked = clock.nanoTime();
        try {
            return checkpointLocked(locked);
        } finally {
            unlock(locked);
        }
    }

    private void unlock(long locked) throws IOException {
        writeLock.end();
        lockNanosMax = Math.max(lockNanosMax, clock.nanoTime() - locked);
        steps.done(Step.UNLOCKED);
    }

    private boolean checkpointLocked(long locked) throws IOException {
        look();
        force();
        steps.done(Step.CAPTURED);
        end(holder);
        boolean whole = false;
        long until = locked + settings.insideMax().toNanos();
        do {
            whole = passive();
        } while (!whole && clock.nanoTime() < until);
        WalIndex before = noop();
        begin(holder);
        rolled(before);
        return whole;
    }

    /// Beside the write lock nothing restarts, so a begin may be tried as often as it takes.
    private void begin(SourceConnection connection) throws IOException {
        for (int attempt = 0; attempt < LOOKS_MAX; attempt++) {
            if (connection.begin()) {
                steps.done(Step.BEGUN);
                return;
            }
        }
        throw new LostHoldException(database + ": a reader cannot begin beside the write lock");
    }

    private boolean lock() throws IOException {
        long until = clock.nanoTime() + settings.spin().toNanos();
        do {
            if (writeLock.beginImmediate()) {
                steps.done(Step.LOCKED);
                return true;
            }
            Thread.onSpinWait();
        } while (clock.nanoTime() < until);
        return false;
    }

    /// Takes hold of a database that was not held, and decides how it goes on. Beside the write lock, because a
    /// holder that begins when everything is in the database file holds nothing of what was before.
    ///
    /// @param exact whether it may go on behind what was captured
    /// @param cleanEnd how the database was left; null if it was not left cleanly
    /// @param next the transaction that comes next; if nobody knows what was missed, it is left free for an image
    ///     of the database, and captures belong to the one after it
    /// @return nothing if the write lock was not to be had; try again
    Optional<Attached> attach(boolean exact, PositionFile.@Nullable Position cleanEnd, Txid next)
            throws IOException {
        holder.end();
        idle.end();
        if (!lock()) {
            return Optional.empty();
        }
        long locked = clock.nanoTime();
        try {
            WalIndex before = noop();
            begin(holder);
            rolled(before);
            boolean goesOn = exact && continues(before);
            boolean unchanged = !goesOn && before.frames() == 0 && isUnchangedSince(cleanEnd);
            steps.done(Step.DECIDED);
            if (goesOn) {
                look();
                force();
                return Optional.of(Attached.EXACT);
            }
            writeLock.bumpAndCommit();
            startAnew(unchanged ? next : next.next(), unchanged ? cleanEnd : null);
            return Optional.of(unchanged ? Attached.UNCHANGED : Attached.UNKNOWN);
        } finally {
            unlock(locked);
        }
    }

    /// Makes a small commit of our own, which is then captured like any other.
    ///
    /// @return false if the write lock was not to be had
    boolean bump() throws IOException {
        if (!lock()) {
            return false;
        }
        try {
            writeLock.bumpAndCommit();
            return true;
        } finally {
            writeLock.end();
        }
    }

    private boolean continues(WalIndex index) throws IOException {
        WalPosition position = captures.end();
        if (position == null
                || !(wal.header() instanceof WalHeaderFound.Valid(WalHeader header))
                || !header.isSameGeneration(position.header())
                || index.frames() < position.frame()) {
            return false;
        }
        return position.frame() == 0
                || wal.frame(header, position.frame()).filter(position::isAfter).isPresent();
    }

    private boolean isUnchangedSince(PositionFile.@Nullable Position cleanEnd) throws IOException {
        return cleanEnd != null && cleanEnd.source().equals(SourceIdentity.of(database));
    }

    /// Captures begin behind what is committed now, or, if nothing was missed, with the first frame there is.
    private void startAnew(Txid next, PositionFile.@Nullable Position cleanEnd) throws IOException {
        for (int attempt = 0; attempt < LOOKS_MAX; attempt++) {
            if (wal.header() instanceof WalHeaderFound.Valid(WalHeader header)) {
                WalIndex index = noop();
                WalPosition start = header.start();
                long pagesBefore = cleanEnd == null ? 0 : cleanEnd.pages();
                if (cleanEnd == null && index.frames() > 0) {
                    Optional<WalFrame> last = wal.frame(header, index.frames());
                    if (last.isEmpty()) {
                        continue;
                    }
                    WalFrame frame = last.get();
                    start =
                            new WalPosition(
                                    header, frame.number(), frame.checksum1(), frame.checksum2());
                    pagesBefore = last.get().commitPages();
                }
                if (!wal.header().equals(new WalHeaderFound.Valid(header))) {
                    continue;
                }
                captures.restart(next, start, pagesBefore);
                return;
            }
        }
        throw new LostHoldException(database + "-wal has no header though there was a commit");
    }

    @Override
    public void close() throws IOException {
        wal.close();
        for (SourceConnection connection : List.of(idle, writeLock, checkpointer, holder)) {
            connection.close();
        }
    }
}
