package dev.siltstone.stream;

import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the catalog keeps of one stream: the values of a [StreamState], without anything that lives. Bytes:
/// [StateFormat].
///
/// @param id position of its create entry
/// @param lineage id of its root
/// @param fork how it came from another; `null` for a root
/// @param status `LIVE` or `SOFT_DELETED`: what is removed is not kept
/// @param tail wire bytes, those inherited included
/// @param closedBy who closed it; `null` if it is open or nobody with a name did
/// @param streamSeq the last sequence text, or `null`
/// @param producers in the order of their last use, the latest last
/// @param forks streams forked from it that are not removed
/// @param lastUse entry time of the last write or persisted read
record StoredStream(
        long id,
        String path,
        String contentType,
        Lifetime lifetime,
        long lineage,
        Entry.@Nullable Fork fork,
        StreamState.Status status,
        long tail,
        boolean closed,
        @Nullable Producer closedBy,
        @Nullable String streamSeq,
        List<ProducerStates.Named> producers,
        int forks,
        long lastUse) {
    /// The deadline of a stream that does not end by itself.
    static final long NEVER = Long.MAX_VALUE;

    /// The order of listings: by code points, as SQLite compares text. (`String.compareTo` is another one, where
    /// a path has characters beyond 16 bits.)
    static final Comparator<String> PATH_ORDER = StoredStream::comparePaths;

    /// @throws IllegalArgumentException if no stream can be like that
    StoredStream {
        producers = List.copyOf(producers);
        long forkByte = fork == null ? 0 : fork.forkByte();
        if (id < 0 || lineage < 0 || lineage > id || (fork == null && lineage != id)) {
            throw new IllegalArgumentException("stream " + id + " of lineage " + lineage);
        }
        if (status == StreamState.Status.REMOVED) {
            throw new IllegalArgumentException("stream " + id + " is removed");
        }
        if (status == StreamState.Status.SOFT_DELETED && forks == 0) {
            throw new IllegalArgumentException(
                    "stream " + id + " is deleted, and nobody was forked from it");
        }
        if (tail < forkByte || forks < 0) {
            throw new IllegalArgumentException(
                    "stream %d has tail %d, fork byte %d, %d forks"
                            .formatted(id, tail, forkByte, forks));
        }
        if (closedBy != null && !closed) {
            throw new IllegalArgumentException("stream " + id + " is open, closed by somebody");
        }
    }

    /// Returns where the stream's own bytes begin; 0 for a root.
    long forkByte() {
        return fork == null ? 0 : fork.forkByte();
    }

    /// Returns when the lifetime ends if nothing but what is stored used the stream, in milliseconds since 1970;
    /// [#NEVER] if it does not, or the stream is deleted already.
    long deadline() {
        if (status != StreamState.Status.LIVE) {
            return NEVER;
        }
        return switch (lifetime) {
            case Lifetime.Forever _ -> NEVER;
            case Lifetime.IdleFor _ -> lastUse + idleMillis();
            case Lifetime.Until until -> until.time().toEpochMilli();
        };
    }

    /// Returns how long it may be idle, in milliseconds; 0 if that is not what ends it.
    long idleMillis() {
        return lifetime instanceof Lifetime.IdleFor idle ? 1000 * idle.seconds() : 0;
    }

    private static int comparePaths(String one, String other) {
        int length = Math.min(one.length(), other.length());
        for (int i = 0; i < length; i++) {
            char a = one.charAt(i);
            char b = other.charAt(i);
            if (a != b) {
                boolean sameKind = Character.isSurrogate(a) == Character.isSurrogate(b);
                return sameKind ? Character.compare(a, b) : Character.isSurrogate(a) ? 1 : -1;
            }
        }
        return Integer.compare(one.length(), other.length());
    }
}
