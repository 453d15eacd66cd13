package dev.siltstone.layer;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one record of the log says.
sealed interface RecordBody {
    /// From now on `name` is this layer. Whatever of its packs was condemned is rescued.
    ///
    /// @param identity digest of the manifest's canonical form: [ManifestFormat]
    /// @param diffId SHA-256 of the whole tar, where it was computed
    /// @param tarBytes of the whole tar
    /// @param sorted whether paths ascend, so that pages can be searched
    /// @param packs all that its frames and pages lie in
    record Commit(
            String name,
            Digest identity,
            @Nullable Digest diffId,
            long tarBytes,
            long entries,
            long frames,
            boolean sorted,
            List<PageRef> pages,
            PackSet packs)
            implements RecordBody {
        public Commit {
            pages = List.copyOf(pages);
        }
    }

    /// The name is no more.
    record Remove(String name) implements RecordBody {}

    /// These packs were referenced by nothing; if it stays so they will be deleted.
    record Condemn(PackSet packs) implements RecordBody {}

    /// From now on these packs are lost: nothing referenced them. Who needs one sends its frames again.
    record Delete(PackSet packs) implements RecordBody {}

    /// The objects of these deleted packs are gone.
    record Gone(PackSet packs) implements RecordBody {}
}
