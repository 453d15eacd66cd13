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
/// It need not hold every stream: what an entry names is brought in with [#install] before the entry is
/// applied, with all that it was forked from, and may leave with [#forget] once the catalog has it.
///
/// Not thread-safe; the live one is owned by the leader, a settling pass has its own.
final class LogState {
    private final Map<String, StreamState> byPath = new HashMap<>();
    private final Map<Long, StreamState> byId = new HashMap<>();
    private long time;
    private long writerEpoch;

    /// The state before the first entry.
    LogState() {
        this(0, 0);
    }

    /// The state at a recovery point, without its streams.
    LogState(long time, long writerEpoch) {
        this.time = time;
        this.writerEpoch = writerEpoch;
    }

    /// Brings in a stream that is there but was not held. What it was forked from is held already.
    void install(StreamState stream) {
        if (byPath.putIfAbsent(stream.path, stream) != null
                || byId.putIfAbsent(stream.id, stream) != null) {
            throw new IllegalStateException(stream.path + " is held already");
        }
    }

    /// Lets go of a stream that the catalog has as it is. None that is held was forked from it.
    void forget(StreamState stream) {
        byPath.remove(stream.path, stream);
        byId.remove(stream.id, stream);
    }

    /// Returns the stream held that takes up a path, softly deleted or live.
    @Nullable StreamState find(String path) {
        return byPath.get(path);
    }

    /// Returns a stream that is held and not removed.
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
    /// @return the streams it changed, the one it names first; also those that have a fork more or less
    List<StreamState> apply(long position, Entry entry) throws EntryException {
        time = Math.max(time, entry.time());
        List<StreamState> changed = change(position, entry);
        for (StreamState stream : changed) {
            stream.changedAt(position);
        }
        return changed;
    }

    private List<StreamState> change(long position, Entry entry) throws EntryException {
        return switch (entry) {
            case Entry.Opened opened -> {
                writerEpoch = opened.writerEpoch();
                yield List.of();
            }
            case Entry.Created created -> create(position, created);
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

    private List<StreamState> create(long position, Entry.Created created) throws EntryException {
        Entry.Fork fork = created.fork();
        StreamState source = fork == null ? null : existing(fork.sourceId());
        StreamState stream = new StreamState(position, created, source);
        if (byPath.putIfAbsent(stream.path, stream) != null) {
            throw new EntryException("creates " + stream.path + ", which is there already");
        }
        byId.put(stream.id, stream);
        if (source == null) {
            return List.of(stream);
        }
        source.forked();
        return List.of(stream, source);
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
        boolean removes = true;
        while (next != null) {
            if (removes) {
                next.remove();
            }
            changed.add(next);
            if (next.status() != StreamState.Status.REMOVED) {
                break;
            }
            byPath.remove(next.path);
            byId.remove(next.id);
            next = next.source;
            removes = next != null && next.forkRemoved();
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
