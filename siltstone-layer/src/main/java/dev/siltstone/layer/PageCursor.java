package dev.siltstone.layer;

import java.io.IOException;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// All rows of a layer from a page on, pages read as they are needed.
///
/// Not thread-safe.
final class PageCursor implements RowCursor {
    private static final int PAGES_AHEAD = 8;

    private final ManifestReader manifest;
    private final ArrayDeque<ManifestReader.Row> rows = new ArrayDeque<>();
    private int page;
    private int pagesAtOnce = 1;

    PageCursor(ManifestReader manifest, int page) {
        this.manifest = manifest;
        this.page = page;
    }

    @Override
    public ManifestReader.@Nullable Row next() throws IOException {
        while (rows.isEmpty() && page < manifest.pages()) {
            int end = Math.min(manifest.pages(), page + pagesAtOnce);
            rows.addAll(manifest.read(page, end));
            page = end;
            pagesAtOnce = PAGES_AHEAD;
        }
        return rows.poll();
    }
}
