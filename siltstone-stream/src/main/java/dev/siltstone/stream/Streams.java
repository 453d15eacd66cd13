package dev.siltstone.stream;

import dev.siltstone.stream.segment.RunEntry;
import java.io.IOException;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The streams in memory: those that the leader works on, and those that readers find.
///
/// ```
///             create entry                              settled, not in use
///   (nothing) ------------> RESIDENT <------- load -------- EVICTED (a row; an object only
///                              |   `------- evict ------------^      while somebody holds it)
///                 remove entry |
///                              v   removal settled
///                          TOMBSTONE --------------> (nothing)
/// ```
///
/// What is not here is in the catalog as the log left it, or nowhere. Who concludes that from the catalog
/// compares the [#epoch] before and after: it rises before anything leaves memory. So what the catalog said
/// in between holds as long as the epoch stays and nothing is found here.
///
/// A stream has one [LiveStream] as long as anybody holds that: an evicted one is remembered by a weak
/// reference, and by a strong one while somebody watches it.
///
/// The methods under "the leader" belong to it, and to recovery before; the others may be called by any
/// thread.
final class Streams {
    /// Loaded streams that the leader has not taken note of; with so many it cannot keep up.
    private static final int ARRIVALS_MAX = 4096;

    /// When to look whether a stream's time is over; one for each stream that ends by itself.
    private record Deadline(long time, LiveStream stream) implements Comparable<Deadline> {
        @Override
        public int compareTo(Deadline other) {
            int byTime = Long.compare(time, other.time);
            return byTime != 0 ? byTime : Long.compare(stream.id(), other.stream.id());
        }
    }

    private static final class Evicted extends WeakReference<LiveStream> {
        private final long streamId;

        Evicted(LiveStream stream, ReferenceQueue<LiveStream> collected) {
            super(stream, collected);
            this.streamId = stream.id();
        }
    }

    private final Map<Long, LiveStream> byId = new ConcurrentHashMap<>();
    private final ConcurrentSkipListMap<String, LiveStream> byPath =
            new ConcurrentSkipListMap<>(StoredStream.PATH_ORDER);
    private final ConcurrentSkipListSet<Deadline> deadlines = new ConcurrentSkipListSet<>();
    private final Map<Long, Evicted> evicted = new ConcurrentHashMap<>();
    private final ReferenceQueue<LiveStream> collected = new ReferenceQueue<>();
    private final Set<LiveStream> watched = ConcurrentHashMap.newKeySet();
    private final Queue<LiveStream> arrivals = new ConcurrentLinkedQueue<>();
    private final AtomicInteger arrivalCount = new AtomicInteger();

    /// Held while streams come from the catalog, and while they leave.
    private final ReentrantLock lock = new ReentrantLock();

    private final Reads reads;
    private final InstantSource clock;
    private final LastUse.Listener touches;
    private final boolean startedEmpty;
    private final long startedAt;
    private volatile long epoch;

    /// @param startedEmpty whether the catalog had no streams at the start, so that all are in memory until
    ///     one leaves
    Streams(Reads reads, InstantSource clock, LastUse.Listener touches, boolean startedEmpty) {
        this.reads = reads;
        this.clock = clock;
        this.touches = touches;
        this.startedEmpty = startedEmpty;
        this.startedAt = clock.millis();
    }

    // --- the leader ---

    /// Returns the running side of a stream that is resident, or that an entry has just created.
    LiveStream live(StreamState stream) {
        LiveStream live = byId.get(stream.id);
        if (live == null) {
            StreamState source = stream.source;
            live = add(stream, source == null ? null : live(source));
        }
        return live;
    }

    private LiveStream add(StreamState stream, @Nullable LiveStream source) {
        LiveStream live = new LiveStream(stream, source, this, reads, lastUse(stream));
        enter(live);
        return live;
    }

    private void enter(LiveStream live) {
        LiveStream source = live.source();
        if (source != null) {
            lock.lock();
            try {
                source.residentForks++;
            } finally {
                lock.unlock();
            }
        }
        byId.put(live.id(), live);
    }

    /// A restart gives an idle stream its whole time anew: nobody could read while there was no server.
    private LastUse lastUse(StreamState stream) {
        return new LastUse(
                stream.id, stream.lifetime, clock, touches, Math.max(stream.lastUse(), startedAt));
    }

    /// Returns where the stream bytes of an entry lie; `null` if it has none.
    ///
    /// @param dataOffset where the bytes begin within the payload
    @Nullable RunEntry bytesOf(long position, int dataOffset, Entry entry) {
        return switch (entry) {
            case Entry.Created created -> {
                Entry.Fork fork = created.fork();
                yield bytes(
                        fork == null ? 0 : fork.forkByte(),
                        position,
                        dataOffset,
                        created.content(),
                        created.time());
            }
            case Entry.Appended appended ->
                    bytes(
                            appended.wireByte(),
                            position,
                            dataOffset,
                            appended.content(),
                            appended.time());
            case Entry.Opened _, Entry.Deleted _, Entry.Expired _, Entry.Touched _ -> null;
        };
    }

    private static @Nullable RunEntry bytes(
            long wireByte, long position, int dataOffset, Entry.Content content, long time) {
        return content.length() == 0
                ? null
                : new RunEntry(
                        wireByte, position, content.length(), dataOffset, content.messages(), time);
    }

    /// Shows readers a stream as it is now, which must be durable.
    ///
    /// @return whether they see a difference
    boolean publish(StreamState stream) {
        LiveStream live = live(stream);
        boolean news = live.publish();
        if (stream.status() == StreamState.Status.REMOVED) {
            // Its path is known to be free, unless another has it already.
            byPath.putIfAbsent(stream.path, live);
            deadlines.remove(new Deadline(live.nextLook(), live));
        } else {
            show(live);
        }
        return news;
    }

    /// Shows readers all streams as they are now.
    void publishAll() {
        byId.values().forEach(live -> publish(live.known()));
    }

    /// Most streams that are published are shown already, and need not be looked for.
    private void show(LiveStream live) {
        if (live.isShown()) {
            return;
        }
        boolean appeared = byPath.put(live.path(), live) != live;
        live.shown(true);
        if (appeared && live.endsByItself()) {
            lookAt(live.lastUse().deadline(), live);
        }
    }

    /// Lets streams leave memory as long as `evictions` asks for it, unless others are loading some right
    /// now.
    ///
    /// @return false if that was so and nothing happened
    boolean tryEvict(Runnable evictions) {
        if (!lock.tryLock()) {
            return false;
        }
        try {
            evictions.run();
            forgetCollected();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// Has a stream leave memory, within [#tryEvict]. All that the log says of it is in the catalog.
    ///
    /// @return false if it is in use
    boolean evict(LiveStream live) {
        boolean removed = live.known().status() == StreamState.Status.REMOVED;
        if (live.residentForks > 0 || !(removed || live.leave())) {
            return false;
        }
        long risen = epoch + 1;
        epoch = risen; // before anything leaves; nobody else raises it
        if (!removed) {
            evicted.put(live.id(), new Evicted(live, collected));
        }
        byId.remove(live.id());
        byPath.remove(live.path(), live);
        live.shown(false);
        deadlines.remove(new Deadline(live.nextLook(), live));
        LiveStream source = live.source();
        if (source != null) {
            source.residentForks--;
        }
        return true;
    }

    private void forgetCollected() {
        for (Reference<?> next = collected.poll(); next != null; next = collected.poll()) {
            if (next instanceof Evicted gone) {
                evicted.remove(gone.streamId, gone);
            }
        }
    }

    /// Returns a stream that was loaded since the last call; `null` if there is none.
    @Nullable LiveStream pollArrival() {
        LiveStream arrived = arrivals.poll();
        if (arrived != null) {
            arrivalCount.decrementAndGet();
        }
        return arrived;
    }

    // --- any thread ---

    /// Returns how many streams were loaded that the leader did not take note of.
    int arrivals() {
        return arrivalCount.get();
    }

    /// Returns how often something left memory.
    long epoch() {
        return epoch;
    }

    /// Says whether every stream is in memory. Ask after having looked.
    boolean isComplete() {
        return startedEmpty && epoch == 0;
    }

    /// Returns how many streams are in memory, those included whose removal is not settled yet.
    int count() {
        return byId.size();
    }

    /// Returns the time from which idle times count at the earliest, in milliseconds since 1970.
    long startedAt() {
        return startedAt;
    }

    /// Returns who has a path, or had it last; `null` if that is not in memory.
    @Nullable LiveStream find(String path) {
        LiveStream found = byPath.get(path);
        if (found != null) {
            found.use();
        }
        return found;
    }

    @Nullable LiveStream find(long streamId) {
        return byId.get(streamId);
    }

    /// Says whether so many loaded streams wait for the leader that no more are taken.
    boolean isCrowded() {
        return arrivalCount.get() >= ARRIVALS_MAX;
    }

    /// Brings streams of the catalog into memory.
    ///
    /// @param chain a stream, what it was forked from, and so on, up to a root or to a stream that is in
    ///     memory
    /// @param epoch as it was before the chain was read
    /// @return the first of the chain; `null` if something left memory meanwhile, and all must be read again
    /// @throws IOException if the chain does not end as it should
    @Nullable LiveStream load(List<StoredStream> chain, long epoch) throws IOException {
        lock.lock();
        try {
            LiveStream known = byId.get(chain.getFirst().id());
            if (known != null || this.epoch != epoch) {
                return known;
            }
            LiveStream loaded = source(chain.getLast());
            for (StoredStream stored : chain.reversed()) {
                loaded = load(stored, loaded);
            }
            return loaded;
        } finally {
            lock.unlock();
        }
    }

    private @Nullable LiveStream source(StoredStream stored) throws IOException {
        Entry.Fork fork = stored.fork();
        if (fork == null) {
            return null;
        }
        LiveStream source = byId.get(fork.sourceId());
        if (source == null) {
            throw new IOException(
                    "the catalog lacks stream "
                            + fork.sourceId()
                            + ", from which stream "
                            + stored.id()
                            + " ("
                            + stored.path()
                            + ") was forked");
        }
        return source;
    }

    private LiveStream load(StoredStream stored, @Nullable LiveStream source) {
        LiveStream known = byId.get(stored.id());
        if (known != null) {
            return known;
        }
        LiveStream live = revive(stored.id());
        assert live == null || live.known().stored().equals(stored) : "changed unseen: " + stored;
        if (live == null) {
            StreamState state = StreamState.of(stored, source == null ? null : source.known());
            live = new LiveStream(state, source, this, reads, lastUse(state));
            live.publish();
        }
        enter(live);
        show(live);
        arrivals.add(live);
        arrivalCount.incrementAndGet();
        return live;
    }

    private @Nullable LiveStream revive(long streamId) {
        Evicted reference = evicted.remove(streamId);
        LiveStream live = reference == null ? null : reference.get();
        if (live != null) {
            live.enter();
        }
        return live;
    }

    /// Keeps a stream that is watched.
    void hold(LiveStream live) {
        watched.add(live);
    }

    void release(LiveStream live) {
        watched.remove(live);
    }

    /// A stream that left memory was read: that must become durable, nobody else remembers.
    void usedOutside(LiveStream live) {
        if (live.endsByItself()) {
            touches.touched(live.id());
        }
    }

    /// Returns the streams in memory, in the order of their paths, from one path on.
    Collection<LiveStream> from(String path, boolean inclusive) {
        return byPath.tailMap(path, inclusive).values();
    }

    /// Does something while nothing comes or leaves but by entries. Not for the leader.
    <T> T undisturbed(StreamLookUp.Reading<T> reading) throws IOException {
        lock.lock();
        try {
            return reading.read();
        } finally {
            lock.unlock();
        }
    }

    /// Says whether the time of a stream that is not in memory is over.
    boolean isOver(StoredStream stored) {
        return switch (stored.lifetime()) {
            case Lifetime.Forever _ -> false;
            case Lifetime.IdleFor idle ->
                    clock.millis() >= Math.max(stored.lastUse(), startedAt) + 1000 * idle.seconds();
            case Lifetime.Until until -> clock.millis() >= until.time().toEpochMilli();
        };
    }

    /// Returns the streams in memory whose time is over and that still are there. For one thread at a time.
    List<LiveStream> over() {
        long now = clock.millis();
        List<LiveStream> over = new ArrayList<>();
        while (!deadlines.isEmpty() && deadlines.first().time <= now) {
            Deadline next = Objects.requireNonNull(deadlines.pollFirst());
            if (byPath.get(next.stream.path()) != next.stream || next.stream.isRemoved()) {
                continue;
            }
            if (next.stream.lastUse().isOver()) {
                over.add(next.stream);
            } else {
                lookAt(next.stream.lastUse().deadline(), next.stream);
            }
        }
        return over;
    }

    /// Has [#over] return a stream again the next time it is asked.
    void lookAgain(LiveStream stream) {
        lookAt(clock.millis(), stream);
    }

    private void lookAt(long time, LiveStream stream) {
        stream.lookNextAt(time);
        Deadline deadline = new Deadline(time, stream);
        deadlines.add(deadline);
        if (!stream.isResident() || stream.isRemoved()) {
            deadlines.remove(deadline); // it left at this very moment
        }
    }
}
