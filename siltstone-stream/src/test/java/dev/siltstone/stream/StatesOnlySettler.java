package dev.siltstone.stream;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;

/// Settles the states of streams, and leaves their bytes in the journal: what the tests of residency need.
final class StatesOnlySettler {
    private final StreamLog log;

    StatesOnlySettler(StreamLog log) {
        this.log = log;
    }

    /// Settles everything that is durable.
    void settle() throws IOException {
        settle(log.durablePosition());
    }

    private void settle(long end) throws IOException {
        Catalog catalog = log.catalog().open();
        for (long from = catalog.point().recoveryPoint(); from < end; ) {
            long to = Math.min(end, log.journal().fileEnd(from));
            pass(catalog, from, to);
            from = to;
        }
        log.settled(end);
    }

    private void pass(Catalog catalog, long from, long to) throws IOException {
        CatalogPoint before = catalog.point();
        var state = new LogState(before.time(), before.writerEpoch());
        var touched = new TreeSet<Long>();
        try (CatalogReader reader = catalog.reader()) {
            log.journal()
                    .scan(
                            from,
                            to,
                            (position, payload) -> {
                                Entry entry = EntryFormat.decode(payload);
                                hold(state, reader, entry);
                                try {
                                    state.apply(position, entry)
                                            .forEach(stream -> touched.add(stream.id));
                                } catch (EntryException e) {
                                    throw new IOException(e);
                                }
                            });
        }
        List<Long> removed =
                touched.stream().filter(id -> id < from && state.find(id) == null).toList();
        catalog.settle(
                new Settled(
                        new CatalogPoint(
                                to, state.time(), state.writerEpoch(), log.journal().logId()),
                        null,
                        Collections.emptyIterator(),
                        removed.iterator(),
                        touched.stream()
                                .map(state::find)
                                .filter(Objects::nonNull)
                                .map(StreamState::stored)
                                .iterator()));
    }

    private static void hold(LogState state, CatalogReader reader, Entry entry)
            throws IOException {
        long id =
                switch (entry) {
                    case Entry.Opened _ -> -1;
                    case Entry.Created created ->
                            created.fork() == null ? -1 : created.fork().sourceId();
                    case Entry.Appended appended -> appended.streamId();
                    case Entry.Deleted deleted -> deleted.streamId();
                    case Entry.Expired expired -> expired.streamId();
                    case Entry.Touched touch -> touch.streamId();
                };
        Deque<StoredStream> chain = new ArrayDeque<>();
        StreamState source = null;
        for (long next = id; next >= 0 && source == null; ) {
            source = state.find(next);
            if (source == null) {
                StoredStream stored = Objects.requireNonNull(reader.find(next));
                chain.push(stored);
                next = stored.fork() == null ? -1 : stored.fork().sourceId();
            }
        }
        for (StoredStream stored : chain) {
            source = StreamState.of(stored, source);
            state.install(source);
        }
    }
}
