package dev.siltstone.layer;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Finds one entry and opens the tar there, reading no frame that is not its own.
///
/// Not thread-safe.
final class EntrySearch {
    private final FrameFetch fetch;
    private final ManifestReader manifest;
    private final boolean sorted;

    EntrySearch(FrameFetch fetch, ManifestReader manifest, boolean sorted) {
        this.fetch = fetch;
        this.manifest = manifest;
        this.sorted = sorted;
    }

    @Nullable TarStream open(TarPath path) throws IOException {
        TarPath plain = path.plain();
        RowCursor rows = new PageCursor(manifest, sorted ? manifest.pageOf(path) : 0);
        for (ManifestReader.Row row = rows.next(); row != null; row = rows.next()) {
            List<FrameEntry> entries = row.frame().entries();
            for (FrameEntry entry : entries) {
                int order = entry.path().plain().compareTo(plain);
                if (order == 0) {
                    return open(row, rows, entry.offset(), entry == entries.getLast());
                }
                if (sorted && order > 0) {
                    return null;
                }
            }
        }
        return null;
    }

    private TarStream open(ManifestReader.Row first, RowCursor rest, int offset, boolean isLast)
            throws IOException {
        RowCursor own = new EntryRows(first, isLast ? rest : () -> null);
        TarStream stream =
                new TarStream(new FrameWindows(fetch, own, PullSettings.defaults(), false));
        stream.skipNBytes(offset);
        return stream;
    }

    /// The row in which an entry begins, and those after it that only hold data.
    private static final class EntryRows implements RowCursor {
        private final ManifestReader.Row first;
        private final RowCursor rest;
        private boolean begun;
        private boolean ended;

        EntryRows(ManifestReader.Row first, RowCursor rest) {
            this.first = first;
            this.rest = rest;
        }

        @Override
        public ManifestReader.@Nullable Row next() throws IOException {
            if (!begun) {
                begun = true;
                return first;
            }
            ManifestReader.Row row = ended ? null : rest.next();
            ended = row == null || !row.frame().entries().isEmpty();
            return ended ? null : row;
        }
    }
}
