package dev.siltstone.stream;

import dev.siltstone.stream.segment.RunEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/// One incarnation of a stream in the running server: what readers may see of it, where its bytes lie, who
/// watches it and when it was last used.
///
/// It is *resident* as long as [Streams] finds it; whoever holds it afterwards still has the only one of its
/// stream ([Streams#load]).
///
/// The leader publishes after a force; any thread reads.
final class LiveStream implements StreamReader {
    /// What is durable.
    private record View(long tail, boolean closed, StreamState.Status status) {}

    /// A [#isHot] read is at most this long.
    private static final int HOT_BYTES = 1 << 16;

    private final StreamState state;
    private final @Nullable LiveStream source;
    private final Streams streams;
    private final Reads reads;
    private final LastUse lastUse;
    private final RunList runs = new RunList();
    private volatile View view;
    private volatile @Nullable Set<Watcher> watchers;
    private volatile long nextLook;
    private volatile boolean resident = true;
    private volatile boolean used = true;
    private volatile boolean shown;

    /// Resident streams that were forked from this one; guarded by the lock of the streams.
    int residentForks;

    // the leader's, by way of StreamList
    @Nullable StreamList list;
    @Nullable LiveStream before;
    @Nullable LiveStream after;

    LiveStream(
            StreamState state,
            @Nullable LiveStream source,
            Streams streams,
            Reads reads,
            LastUse lastUse) {
        this.state = state;
        this.source = source;
        this.streams = streams;
        this.reads = reads;
        this.lastUse = lastUse;
        this.view = new View(state.forkByte(), false, StreamState.Status.LIVE);
    }

    long id() {
        return state.id;
    }

    String path() {
        return state.path;
    }

    boolean isJson() {
        return state.json;
    }

    String contentType() {
        return state.contentType;
    }

    RunList runs() {
        return runs;
    }

    LastUse lastUse() {
        return lastUse;
    }

    /// Returns when housekeeping looks next whether the stream's time is over.
    long nextLook() {
        return nextLook;
    }

    void lookNextAt(long time) {
        nextLook = time;
    }

    @Nullable LiveStream source() {
        return source;
    }

    /// Says whether its lifetime has an end.
    boolean endsByItself() {
        return !(state.lifetime instanceof Lifetime.Forever);
    }

    /// Says whether its removal is durable.
    boolean isRemoved() {
        return view.status == StreamState.Status.REMOVED;
    }

    /// Says whether [Streams] finds it.
    boolean isResident() {
        return resident;
    }

    /// Says whether [Streams] has it under its path: from when it was shown there until it leaves.
    boolean isShown() {
        return shown;
    }

    void shown(boolean now) {
        shown = now;
    }

    /// Takes note that somebody wants this stream.
    void use() {
        if (!used) {
            used = true;
        }
    }

    // --- the leader ---

    /// Returns what the log knows of it.
    StreamState known() {
        return state;
    }

    /// Says whether somebody wanted it since the last call.
    boolean wasUsed() {
        boolean was = used;
        used = false;
        return was;
    }

    /// Leaves memory, unless that would lose something: somebody who watches, a use that the log does not
    /// tell of, an end that is due. Whoever uses it at the same time is seen here, or sees that it has left.
    boolean leave() {
        resident = false;
        if (isWatched() || !lastUse.isPersisted() || lastUse.isOver()) {
            resident = true;
        }
        return !resident;
    }

    /// Is found again.
    void enter() {
        resident = true;
        used = true;
    }

    /// Remembers where an entry's bytes lie. Readers do not see them before [#publish].
    void add(long fileStart, RunEntry entry) {
        runs.add(fileStart, entry);
    }

    /// Shows readers the state as it is now, which must be durable.
    ///
    /// @return whether they see a difference
    boolean publish() {
        View next = new View(state.tail(), state.closed(), state.status());
        if (next.equals(view)) {
            return false;
        }
        view = next;
        return true;
    }

    void wakeWatchers() {
        Set<Watcher> now = watchers;
        if (now != null) {
            now.forEach(Watcher::changed);
        }
    }

    // --- any thread ---

    @Override
    public StreamInfo info() {
        View now = view;
        return new StreamInfo(
                state.path,
                state.id,
                state.contentType,
                new Offset(state.lineage, now.tail),
                now.closed,
                state.lifetime);
    }

    @Override
    public State state() {
        return switch (view.status) {
            case LIVE -> lastUse.isOver() ? State.GONE : State.LIVE;
            case SOFT_DELETED -> State.SOFT_DELETED;
            case REMOVED -> State.GONE;
        };
    }

    @Override
    public void renew() {
        lastUse.renew();
        if (!resident) {
            streams.usedOutside(this);
        }
    }

    @Override
    public Offset resolve(Offset offset) throws InvalidOffsetException {
        if (offset.isBeginning()) {
            return new Offset(state.lineage, 0);
        }
        if (offset.lineage() != state.lineage) {
            boolean gone = offset.lineage() < reads.durableEnd();
            throw new InvalidOffsetException(
                    gone
                            ? "offset "
                                    + offset
                                    + " belongs to another incarnation of this stream, which is gone;"
                                    + " begin again at -1"
                            : "offset " + offset + " was never given out by this server",
                    gone);
        }
        long tail = view.tail;
        if (offset.wireByte() > tail) {
            throw new InvalidOffsetException(
                    "offset " + offset + " lies past the tail, " + new Offset(state.lineage, tail),
                    false);
        }
        return offset;
    }

    @Override
    public boolean isHot(Offset start) {
        long at = start.wireByte();
        if (view.tail - at > HOT_BYTES || at < state.forkByte()) {
            return false;
        }
        return runs.find(at) != null || view.tail == at;
    }

    @Override
    public Chunk read(Offset start, @Nullable Offset watermark, IntFunction<ByteBuffer> memory)
            throws InvalidOffsetException, IOException {
        View now = view;
        long end = watermark == null ? now.tail : Math.min(now.tail, watermark.wireByte());
        return new ChunkRead(this, reads).read(start, end, now.tail, now.closed, memory);
    }

    @Override
    public @Nullable StoredChunk readStored(Offset start)
            throws InvalidOffsetException, IOException {
        View now = view;
        return new ChunkRead(this, reads).readStored(start, now.tail, now.closed);
    }

    /// Returns the wire byte at which a fork leaves this stream.
    ///
    /// @throws InvalidOffsetException if the offset or the sub-offset names no place in the stream
    long forkPlace(Offset anchor, long subOffset) throws InvalidOffsetException, IOException {
        Offset resolved = resolve(anchor);
        return new ChunkRead(this, reads).resolve(resolved.wireByte(), subOffset, view.tail);
    }

    @Override
    public synchronized void watch(Watcher watcher) {
        Set<Watcher> now = watchers;
        if (now == null) {
            now = ConcurrentHashMap.newKeySet();
            watchers = now;
        }
        if (now.isEmpty()) {
            streams.hold(this);
        }
        now.add(watcher);
    }

    @Override
    public synchronized void unwatch(Watcher watcher) {
        Set<Watcher> now = watchers;
        if (now != null && now.remove(watcher) && now.isEmpty()) {
            streams.release(this);
        }
    }

    private boolean isWatched() {
        Set<Watcher> now = watchers;
        return now != null && !now.isEmpty();
    }

    /// Returns the stream of the fork chain whose own bytes include `wireByte`.
    LiveStream ownerOf(long wireByte) {
        LiveStream owner = this;
        LiveStream next = source;
        while (next != null && wireByte < owner.state.forkByte()) {
            owner = next;
            next = owner.source;
        }
        return owner;
    }

    /// Returns where the bytes that this stream and its chain take from `owner` end: the fork byte of the
    /// stream that was forked from it, or `end` if that is this stream.
    long ownedEnd(LiveStream owner, long end) {
        long limit = end;
        for (LiveStream s = this; s != null && s != owner; s = s.source) {
            limit = Math.min(limit, s.state.forkByte());
        }
        return limit;
    }
}
