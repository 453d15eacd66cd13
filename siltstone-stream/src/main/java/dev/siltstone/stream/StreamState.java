package dev.siltstone.stream;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the log knows of one incarnation of a stream. Changed by [LogState#apply] only.
///
/// ```
///            delete, expire; no forks                     last fork gone
///   LIVE ---------------------------------> REMOVED <------------------------ SOFT_DELETED
///     |                                                                            ^
///     +----------------------------- delete, expire; forks ------------------------+
/// ```
///
/// The fields that never change may be read by any thread, the others only by whoever applies entries.
final class StreamState {
    enum Status {
        LIVE,
        /// Deleted, but forks need its bytes: the path stays taken.
        SOFT_DELETED,
        REMOVED
    }

    private static final long NEVER_CHANGED = -1;

    final long id;
    final String path;
    final String contentType;
    final boolean json;
    final Lifetime lifetime;

    /// Of the stream's root; first half of its offsets.
    final long lineage;

    /// What this was forked from; `null` for a root.
    final @Nullable StreamState source;

    /// The rest of what is known of the fork; `null` for a root.
    final Entry.@Nullable Fork fork;

    private Status status = Status.LIVE;
    private long tail;
    private boolean closed;
    private @Nullable Producer closedBy;
    private @Nullable String streamSeq;
    private @Nullable ProducerStates producers;
    private int forks;
    private long lastUse;
    private long changedAt = NEVER_CHANGED;

    StreamState(long id, Entry.Created created, @Nullable StreamState source) {
        this.id = id;
        this.path = created.path();
        this.contentType = created.contentType();
        this.json = ContentTypes.isJson(contentType);
        this.lifetime = created.lifetime();
        this.source = source;
        this.fork = created.fork();
        this.lineage = source == null ? id : source.lineage;
        this.tail = forkByte() + created.content().length();
        this.closed = created.closed();
        this.lastUse = created.time();
    }

    private StreamState(StoredStream stored, @Nullable StreamState source) {
        this.id = stored.id();
        this.path = stored.path();
        this.contentType = stored.contentType();
        this.json = ContentTypes.isJson(contentType);
        this.lifetime = stored.lifetime();
        this.source = source;
        this.fork = stored.fork();
        this.lineage = stored.lineage();
        this.status = stored.status();
        this.tail = stored.tail();
        this.closed = stored.closed();
        this.closedBy = stored.closedBy();
        this.streamSeq = stored.streamSeq();
        this.producers =
                stored.producers().isEmpty() ? null : ProducerStates.of(stored.producers());
        this.forks = stored.forks();
        this.lastUse = stored.lastUse();
    }

    /// Returns a stream as the catalog knows it.
    ///
    /// @param source what it was forked from; `null` for a root
    static StreamState of(StoredStream stored, @Nullable StreamState source) {
        return new StreamState(stored, source);
    }

    /// Returns the values of now, for the catalog. Not of a removed stream.
    StoredStream stored() {
        ProducerStates known = producers;
        return new StoredStream(
                id,
                path,
                contentType,
                lifetime,
                lineage,
                fork,
                status,
                tail,
                closed,
                closedBy,
                streamSeq,
                known == null ? List.of() : known.named(),
                forks,
                lastUse);
    }

    /// Returns where the stream's own bytes begin; 0 for a root.
    long forkByte() {
        Entry.Fork of = fork;
        return of == null ? 0 : of.forkByte();
    }

    Status status() {
        return status;
    }

    long tail() {
        return tail;
    }

    Offset tailOffset() {
        return new Offset(lineage, tail);
    }

    boolean closed() {
        return closed;
    }

    /// Returns who sent the append that closed the stream; `null` if it is open, or was closed by nobody
    /// with a name.
    @Nullable Producer closedBy() {
        return closedBy;
    }

    @Nullable String streamSeq() {
        return streamSeq;
    }

    ProducerStates.@Nullable State producer(String producerId) {
        ProducerStates known = producers;
        return known == null ? null : known.find(producerId);
    }

    boolean isFullOfProducers(int producersMax, long time) {
        ProducerStates known = producers;
        return known != null && known.isFull(producersMax, time);
    }

    @Nullable ProducerStates producers() {
        return producers;
    }

    /// Returns how many streams were forked from this one and are not removed.
    int forks() {
        return forks;
    }

    /// Returns the entry time of the last write or persisted read.
    long lastUse() {
        return lastUse;
    }

    /// Returns the log position of the last entry that changed this; -1 for what came from the catalog and
    /// did not change since.
    long changedAt() {
        return changedAt;
    }

    void changedAt(long position) {
        changedAt = position;
    }

    void append(Entry.Appended appended) {
        tail += appended.content().length();
        lastUse = appended.time();
        Producer producer = appended.producer();
        if (producer != null) {
            ProducerStates known = producers;
            if (known == null) {
                known = new ProducerStates();
                producers = known;
            }
            known.accept(producer, appended.time());
        }
        if (appended.streamSeq() != null) {
            streamSeq = appended.streamSeq();
        }
        if (appended.close()) {
            closed = true;
            closedBy = producer;
        }
    }

    void touch(long time) {
        lastUse = time;
    }

    void forked() {
        forks++;
    }

    /// @return whether nobody needs the bytes any more
    boolean forkRemoved() {
        forks--;
        return forks == 0 && status == Status.SOFT_DELETED;
    }

    void remove() {
        status = forks == 0 ? Status.REMOVED : Status.SOFT_DELETED;
        producers = null;
        streamSeq = null;
        closedBy = null;
    }
}
