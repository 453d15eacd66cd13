package dev.siltstone.layer;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A layer that is being read. Every byte is proven before it is given.
///
/// Thread-safe; streams that it opens are not.
public final class Layer {
    private final FrameFetch fetch;
    private final LayerInfo info;
    private final RecordBody.Commit commit;

    Layer(FrameFetch fetch, LayerInfo info, RecordBody.Commit commit) {
        this.fetch = fetch;
        this.info = info;
        this.commit = commit;
    }

    public LayerInfo info() {
        return info;
    }

    /// Returns the SHA-256 of the whole tar, if the push computed it.
    public @Nullable Digest diffId() {
        return commit.diffId();
    }

    /// Gives all rows of the manifest, in the order of the tar: for listings and comparisons, without contents.
    public void rows(Consumer<FrameRow> rows) throws IOException {
        manifest().rows(row -> rows.accept(row.frame()));
    }

    ManifestReader manifest() {
        return new ManifestReader(fetch, commit);
    }

    FrameFetch fetch() {
        return fetch;
    }

    /// Opens the whole tar.
    public TarStream tar(PullSettings settings) throws IOException {
        return TarStream.of(fetch, manifest(), settings);
    }

    /// Opens the tar from a byte on; what lies before it is not fetched. Its positions count from there.
    ///
    /// @param start 0 to the tar's bytes
    public TarStream tarAt(long start, PullSettings settings) throws IOException {
        return TarStream.at(fetch, manifest(), start, settings);
    }

    /// Returns whether its paths came in ascending order, none twice.
    public boolean isSorted() {
        return commit.sorted();
    }

    /// Opens the tar from the header of an entry on, or returns null if there is none. The first entry of that name
    /// counts. For one small file of a sorted layer: two requests.
    ///
    /// @param path with or without `./` and a closing slash
    public @Nullable TarStream tarFrom(TarPath path) throws IOException {
        return new EntrySearch(fetch, manifest(), commit.sorted()).open(path);
    }

    /// Writes the layer as it is packed: a `.tar.zst` that every zstd reads, nothing packed anew; each frame is
    /// proven first.
    public Exported exportTo(OutputStream target, PullSettings settings) throws IOException {
        return new Export(fetch, manifest(), settings).writeTo(target, diffId());
    }

    /// Returns what differs in `after`, by path. Reads only frames that are not in both.
    public List<LayerChange> changesTo(Layer after) throws IOException {
        return new LayerDiff(this, after).changes();
    }
}
