package dev.siltstone.stream;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Finds streams wherever they are: in memory, or in the catalog; those it then brings into memory, with all
/// that they were forked from.
///
/// Thread-safe. May wait for the disk: neither for event loops nor for the leader.
final class StreamLookUp {
    /// How often what was read may be out of date before the caller is told to come back.
    private static final int ATTEMPTS_MAX = 1000;

    private final Streams streams;
    private final LazyCatalog catalog;
    private final Runnable afterRead;

    /// @param afterRead runs between reading the catalog and using what it said; for tests
    StreamLookUp(Streams streams, LazyCatalog catalog, Runnable afterRead) {
        this.streams = streams;
        this.catalog = catalog;
        this.afterRead = afterRead;
    }

    /// Something that is read.
    @FunctionalInterface
    interface Reading<T extends @Nullable Object> {
        T read() throws IOException;
    }

    /// Where a look-up begins.
    private interface Start {
        @Nullable LiveStream inMemory();

        @Nullable StoredStream stored(CatalogReader reader) throws IOException;
    }

    /// Returns the stream that has a path, or had it last; `null` if the catalog knows none and none is in
    /// memory. That holds as long as the epoch is what it was before.
    ///
    /// @throws LogBusyException if too many streams come into memory at once
    /// @throws IOException if the catalog cannot be read
    @Nullable LiveStream find(String path) throws IOException {
        return find(
                new Start() {
                    @Override
                    public @Nullable LiveStream inMemory() {
                        return streams.find(path);
                    }

                    @Override
                    public @Nullable StoredStream stored(CatalogReader reader) throws IOException {
                        return reader.find(path);
                    }
                });
    }

    /// The same for a stream that is named by its id.
    @Nullable LiveStream find(long streamId) throws IOException {
        return find(
                new Start() {
                    @Override
                    public @Nullable LiveStream inMemory() {
                        return streams.find(streamId);
                    }

                    @Override
                    public @Nullable StoredStream stored(CatalogReader reader) throws IOException {
                        return reader.find(streamId);
                    }
                });
    }

    private @Nullable LiveStream find(Start start) throws IOException {
        for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
            long epoch = streams.epoch();
            LiveStream known = start.inMemory();
            if (known != null || streams.isComplete()) {
                return known;
            }
            if (streams.isCrowded()) {
                break;
            }
            List<StoredStream> chain = catalog.read(reader -> chain(start, reader));
            afterRead.run();
            LiveStream loaded = chain.isEmpty() ? null : streams.load(chain, epoch);
            if (loaded != null || (chain.isEmpty() && streams.epoch() == epoch)) {
                return loaded;
            }
        }
        throw new LogBusyException("too many streams are being looked up; try again in a second");
    }

    private List<StoredStream> chain(Start start, CatalogReader reader) throws IOException {
        List<StoredStream> chain = new ArrayList<>(1);
        StoredStream next = start.stored(reader);
        while (next != null) {
            chain.add(next);
            Entry.Fork fork = next.fork();
            next =
                    fork == null || streams.find(fork.sourceId()) != null
                            ? null
                            : reader.find(fork.sourceId());
        }
        return chain;
    }
}
