package dev.siltstone.stream;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The state that all entries up to a position add up to.
///
/// [#apply] is the only thing that changes it, and it depends on nothing but the state and the entry: no
/// clock, no chance, no file. The live server, recovery and whatever replays the log later get the same
/// state from the same entries. It never refuses an entry that was decided upon by this program; one that
/// cannot have been is an [EntryException], and the log stays shut.
///
/// Not thread-safe; owned by the leader.
final class LogState {
    private final Map<String, StreamState> byPath = new HashMap<>();
    private final Map<Long, StreamState> byId = new HashMap<>();
    private long time;
    private long writerEpoch;

    /// @param time of the newest entry so far, in milliseconds since 1970
    /// @param writerEpoch of the last opening so far
    LogState(long time, long writerEpoch) {
        this.time = time;
        this.writerEpoch = writerEpoch;
    }

    /// Takes over a stream as it was stored, with what it was forked from taken over before.
    void install(StreamState stream) {
        byPath.put(stream.path, stream);
        byId.put(stream.id, stream);
    }

    /// Returns the stream that takes up a path, softly deleted or live; `null` if the path is free.
    @Nullable StreamState find(String path) {
        return byPath.get(path);
    }

    /// Returns a stream that is not removed.
    @Nullable StreamState find(long streamId) {
        return byId.get(streamId);
    }

    /// Returns the time of the newest entry.
    long time() {
        return time;
    }

    /// Returns the number of times the log was opened.
    long writerEpoch() {
        return writerEpoch;
    }

    Iterable<StreamState> streams() {
        return byId.values();
    }

    int streamCount() {
        return byId.size();
    }

    /// Takes over one entry.
    ///
    /// @param position of the entry in the log
    /// @return the streams it changed, the one it names first
    List<StreamState> apply(long position, Entry entry) throws EntryException {
        time = Math.max(time, entry.time());
        return switch (entry) {
            case Entry.Opened opened -> {
                writerEpoch = opened.writerEpoch();
                yield List.of();
            }
            case Entry.Created created -> List.of(create(position, created));
            case Entry.Appended appended -> List.of(append(appended));
            case Entry.Deleted deleted -> remove(existing(deleted.streamId()));
            case Entry.Expired expired -> remove(existing(expired.streamId()));
            case Entry.Touched touched -> {
                StreamState stream = existing(touched.streamId());
                stream.touch(touched.time());
                yield List.of(stream);
            }
        };
    }

    private StreamState create(long position, Entry.Created created) throws EntryException {
        Entry.Fork fork = created.fork();
        StreamState source = fork == null ? null : existing(fork.sourceId());
        StreamState stream = new StreamState(position, created, source);
        if (byPath.putIfAbsent(stream.path, stream) != null) {
            throw new EntryException("creates " + stream.path + ", which is there already");
        }
        byId.put(stream.id, stream);
        if (source != null) {
            source.forked();
        }
        return stream;
    }

    private StreamState append(Entry.Appended appended) throws EntryException {
        StreamState stream = existing(appended.streamId());
        if (stream.tail() != appended.wireByte() || stream.closed()) {
            throw new EntryException(
                    "appends at "
                            + appended.wireByte()
                            + " to "
                            + stream.path
                            + ", whose tail is "
                            + stream.tail()
                            + (stream.closed() ? ", closed" : ""));
        }
        stream.append(appended);
        return stream;
    }

    private List<StreamState> remove(StreamState stream) {
        List<StreamState> changed = new ArrayList<>();
        StreamState next = stream;
        while (next != null) {
            next.remove();
            changed.add(next);
            if (next.status() != StreamState.Status.REMOVED) {
                break;
            }
            byPath.remove(next.path);
            byId.remove(next.id);
            StreamState source = next.source;
            next = source != null && source.forkRemoved() ? source : null;
        }
        return changed;
    }

    private StreamState existing(long streamId) throws EntryException {
        StreamState stream = byId.get(streamId);
        if (stream == null) {
            throw new EntryException("names stream " + streamId + ", which is not there");
        }
        return stream;
    }
}
