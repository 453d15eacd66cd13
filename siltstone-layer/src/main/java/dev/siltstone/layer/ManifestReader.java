package dev.siltstone.layer;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// Reads the pages of a layer, in windows of a few, each proven against its digest.
///
/// Not thread-safe.
final class ManifestReader {
    private static final int PAGES_AT_ONCE = 16;

    /// A row and where its frame lies.
    record Row(FrameRow frame, Located located) {}

    private final FrameFetch fetch;
    private final RecordBody.Commit commit;

    ManifestReader(FrameFetch fetch, RecordBody.Commit commit) {
        this.fetch = fetch;
        this.commit = commit;
    }

    int pages() {
        return commit.pages().size();
    }

    /// Gives all rows, in the order of the tar.
    void rows(Consumer<Row> rows) throws IOException {
        for (int page = 0; page < pages(); page += PAGES_AT_ONCE) {
            read(page, Math.min(pages(), page + PAGES_AT_ONCE)).forEach(rows);
        }
    }

    /// Gives where everything lies, pages too.
    void placements(Consumer<Located> placements) throws IOException {
        for (PageRef page : commit.pages()) {
            placements.accept(page.manifest());
            placements.accept(page.placement());
        }
        rows(row -> placements.accept(row.located()));
    }

    /// Reads the rows of some pages.
    List<Row> read(int start, int end) throws IOException {
        List<PageRef> pages = commit.pages().subList(start, end);
        List<Located> wanted = new ArrayList<>();
        for (PageRef page : pages) {
            wanted.add(page.manifest());
            wanted.add(page.placement());
        }
        Map<Digest, FrameFetch.Fetched> fetched = fetch.fetch(wanted, false);
        List<Row> rows = new ArrayList<>();
        for (PageRef page : pages) {
            rows.addAll(rows(page, fetched));
        }
        return rows;
    }

    private List<Row> rows(PageRef page, Map<Digest, FrameFetch.Fetched> fetched)
            throws LayerDamagedException {
        List<FrameRow> frames =
                PageFormat.decode(
                        "page " + page.manifest().digest(), raw(page.manifest(), fetched));
        List<Located> located =
                PlacementFormat.decode(
                        "placement " + page.placement().digest(),
                        raw(page.placement(), fetched),
                        frames);
        List<Row> rows = new ArrayList<>(frames.size());
        for (int i = 0; i < frames.size(); i++) {
            rows.add(new Row(frames.get(i), located.get(i)));
        }
        return rows;
    }

    private static byte[] raw(Located frame, Map<Digest, FrameFetch.Fetched> fetched) {
        FrameFetch.Fetched read = fetched.get(frame.digest());
        if (read == null) {
            throw new IllegalStateException("nothing was fetched for " + frame);
        }
        return read.raw();
    }

    /// Returns the page that an entry can be in, of pages whose paths ascend.
    int pageOf(TarPath path) {
        TarPath plain = path.plain();
        int found = 0;
        for (int page = 0; page < pages(); page++) {
            TarPath first = commit.pages().get(page).firstPath();
            if (!first.equals(TarPath.EMPTY) && first.plain().compareTo(plain) <= 0) {
                found = page;
            }
        }
        return found;
    }
}
