package dev.siltstone.stream;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Lists streams by path: those in memory and those in the catalog, each once. What is in memory counts, for
/// it is newer; that includes what was removed.
///
/// Thread-safe; made for the whole log. May wait for the disk.
final class StreamListing {
    /// So often a page is made before others are kept from coming and leaving meanwhile.
    private static final int ATTEMPTS_MAX = 4;

    private final Streams streams;
    private final LazyCatalog catalog;

    StreamListing(Streams streams, LazyCatalog catalog) {
        this.streams = streams;
        this.catalog = catalog;
    }

    /// @param after path to begin after, or `null`
    Listing list(String prefix, @Nullable String after, int limit) throws IOException {
        for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
            long epoch = streams.epoch();
            Listing page = page(prefix, after, limit);
            if (streams.epoch() == epoch) {
                return page; // nothing left memory between a look there and one into the catalog
            }
        }
        return streams.undisturbed(() -> page(prefix, after, limit));
    }

    private Listing page(String prefix, @Nullable String after, int limit) throws IOException {
        List<StreamInfo> page = new ArrayList<>();
        var rows = new Rows(prefix, after, limit + 1);
        Iterator<LiveStream> held = held(prefix, after);
        StoredStream row = rows.next();
        LiveStream live = next(held, prefix);
        while (row != null || live != null) {
            int order = order(row, live);
            StreamInfo info = order < 0 ? info(Objects.requireNonNull(row)) : info(live);
            if (info != null) {
                if (page.size() == limit) {
                    return new Listing(page, page.getLast().path());
                }
                page.add(info);
            }
            if (order <= 0) {
                row = rows.next();
            }
            if (order >= 0) {
                live = next(held, prefix);
            }
        }
        return new Listing(page, null);
    }

    private Iterator<LiveStream> held(String prefix, @Nullable String after) {
        boolean behind = after != null && StoredStream.PATH_ORDER.compare(after, prefix) >= 0;
        return streams.from(behind ? Objects.requireNonNull(after) : prefix, !behind).iterator();
    }

    private static @Nullable LiveStream next(Iterator<LiveStream> held, String prefix) {
        LiveStream next = held.hasNext() ? held.next() : null;
        return next != null && next.path().startsWith(prefix) ? next : null;
    }

    /// @return whose turn it is: below 0 the row, above 0 the stream in memory, 0 both at once
    private static int order(@Nullable StoredStream row, @Nullable LiveStream live) {
        if (row == null) {
            return 1;
        }
        return live == null ? -1 : StoredStream.PATH_ORDER.compare(row.path(), live.path());
    }

    private @Nullable StreamInfo info(StoredStream row) {
        boolean listed = row.status() == StreamState.Status.LIVE && !streams.isOver(row);
        return listed
                ? new StreamInfo(
                        row.path(),
                        row.id(),
                        row.contentType(),
                        new Offset(row.lineage(), row.tail()),
                        row.closed(),
                        row.lifetime())
                : null;
    }

    private static @Nullable StreamInfo info(@Nullable LiveStream live) {
        return live != null && live.state() == StreamReader.State.LIVE ? live.info() : null;
    }

    /// The rows of the catalog, read some at a time.
    private final class Rows {
        private final String prefix;
        private final int atOnce;
        private @Nullable String after;
        private Iterator<StoredStream> read = List.<StoredStream>of().iterator();
        private boolean atEnd;

        Rows(String prefix, @Nullable String after, int atOnce) {
            this.prefix = prefix;
            this.after = after;
            this.atOnce = atOnce;
            this.atEnd = streams.isComplete();
        }

        @Nullable StoredStream next() throws IOException {
            if (!read.hasNext() && !atEnd) {
                List<StoredStream> rows =
                        catalog.read(reader -> reader.list(prefix, after, atOnce));
                atEnd = rows.size() < atOnce;
                read = rows.iterator();
            }
            if (!read.hasNext()) {
                return null;
            }
            StoredStream row = read.next();
            after = row.path();
            return row;
        }
    }
}
