package dev.siltstone.stream;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The states that a settling pass works on: what the catalog has of the streams that the entries name, with
/// those entries applied. Nothing else is loaded.
///
/// Not thread-safe; made for one pass.
final class SettledStates {
    private final LogState state;
    private final CatalogReader catalog;
    private final long from;
    private final TreeSet<Long> touched = new TreeSet<>();

    /// @param catalog as it is at the recovery point
    SettledStates(CatalogPoint point, CatalogReader catalog) {
        this.state = new LogState(point.time(), point.writerEpoch());
        this.catalog = catalog;
        this.from = point.recoveryPoint();
    }

    /// Takes over the next entry.
    ///
    /// @throws EntryException if it does not follow from what was before
    void apply(long position, Entry entry) throws IOException, EntryException {
        switch (entry) {
            case Entry.Opened _ -> {}
            case Entry.Created created -> {
                Entry.Fork fork = created.fork();
                if (fork != null) {
                    load(fork.sourceId());
                }
            }
            case Entry.Appended appended -> load(appended.streamId());
            case Entry.Deleted deleted -> load(deleted.streamId());
            case Entry.Expired expired -> load(expired.streamId());
            case Entry.Touched touch -> load(touch.streamId());
        }
        for (StreamState changed : state.apply(position, entry)) {
            touched.add(changed.id);
        }
    }

    /// Loads a stream and all that it was forked from, unless it is here.
    private void load(long streamId) throws IOException {
        if (state.find(streamId) != null) {
            return;
        }
        Deque<StoredStream> chain = new ArrayDeque<>();
        StreamState source = null;
        StoredStream next = catalog.find(streamId);
        while (next != null) {
            chain.push(next);
            Entry.Fork fork = next.fork();
            if (fork == null) {
                break;
            }
            source = state.find(fork.sourceId());
            next = source == null ? catalog.find(fork.sourceId()) : null;
        }
        for (StoredStream stored : chain) {
            source = StreamState.of(stored, source);
            state.install(source);
        }
    }

    /// Returns a stream as it is now; `null` if it is removed.
    @Nullable StreamState find(long streamId) {
        return state.find(streamId);
    }

    /// Returns how far the log is in these states.
    CatalogPoint point(long to, long logId) {
        return new CatalogPoint(to, state.time(), state.writerEpoch(), logId);
    }

    /// Returns the streams that the catalog has and must lose, ascending.
    List<Long> removed() {
        List<Long> removed = new ArrayList<>();
        for (long id : touched) {
            if (id < from && state.find(id) == null) {
                removed.add(id);
            }
        }
        return removed;
    }

    /// Returns the streams that are new or different, ascending.
    Iterator<StoredStream> changed() {
        return touched.stream()
                .map(state::find)
                .filter(java.util.Objects::nonNull)
                .map(StreamState::stored)
                .iterator();
    }
}
