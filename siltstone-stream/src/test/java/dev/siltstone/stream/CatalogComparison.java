package dev.siltstone.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;

/// Compares two catalogs that were made of the same log in different passes: the same point, the same streams, the
/// same bytes of them, in whatever segments.
final class CatalogComparison {
    private CatalogComparison() {}

    static void assertSame(CatalogReader one, CatalogReader other) throws IOException {
        assertThat(one.point()).isEqualTo(other.point());
        List<StoredStream> streams = one.streams(-1, Integer.MAX_VALUE);
        assertThat(streams).isEqualTo(other.streams(-1, Integer.MAX_VALUE));
        for (StoredStream stream : streams) {
            assertThat(settledTo(one, stream)).isEqualTo(settledTo(other, stream));
        }
        assertThat(one.due(Long.MAX_VALUE / 2, 0, Integer.MAX_VALUE))
                .containsExactlyInAnyOrderElementsOf(
                        other.due(Long.MAX_VALUE / 2, 0, Integer.MAX_VALUE));
    }

    /// Returns where the runs of a stream end, which have no gaps.
    private static long settledTo(CatalogReader catalog, StoredStream stream) throws IOException {
        long at = stream.forkByte();
        for (RunRow run : catalog.runs(stream.id(), 0, Integer.MAX_VALUE)) {
            assertThat(run.base()).isEqualTo(at);
            at = run.end();
        }
        return at;
    }
}
