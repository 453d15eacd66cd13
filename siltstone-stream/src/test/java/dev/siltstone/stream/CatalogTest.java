package dev.siltstone.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CatalogTest {
    private static final CatalogSettings SETTINGS = CatalogSettings.defaults().unforced();

    @TempDir Path directory;

    static StoredStream stream(long id, String path, long tail) {
        return stream(id, path, tail, Lifetime.FOREVER, 1_000);
    }

    static StoredStream stream(long id, String path, long tail, Lifetime lifetime, long lastUse) {
        return new StoredStream(
                id,
                path,
                "text/plain",
                lifetime,
                id,
                null,
                StreamState.Status.LIVE,
                tail,
                false,
                null,
                null,
                List.of(),
                0,
                lastUse);
    }

    static SegmentRow segment(long id, long start, long end, long runBytes) {
        return new SegmentRow(
                id, 0, start, end, SegmentRow.Kind.SEGMENT, 100 + runBytes, runBytes, 0);
    }

    static Settled pass(
            long recoveryPoint,
            @Nullable SegmentRow segment,
            List<RunRow> runs,
            List<Long> removed,
            List<StoredStream> changed) {
        return new Settled(
                new CatalogPoint(recoveryPoint, 5, 1, 77),
                segment,
                runs.iterator(),
                removed.iterator(),
                changed.iterator());
    }

    private Catalog open() throws IOException {
        return Catalog.open(directory, SETTINGS);
    }

    @Test
    void aNewOneKnowsNothing() throws IOException {
        try (Catalog catalog = open();
                CatalogReader reader = catalog.reader()) {
            assertThat(catalog.point()).isEqualTo(CatalogPoint.NEW);
            assertThat(reader.find("/a")).isNull();
            assertThat(reader.find(0)).isNull();
            assertThat(reader.list("", null, 10)).isEmpty();
            assertThat(reader.segments()).isEmpty();
            assertThat(reader.findRun(0, 0)).isNull();
        }
    }

    @Test
    void keepsAPass() throws IOException {
        StoredStream a = stream(0, "/a", 10);
        StoredStream b = stream(32, "/b", 5);
        try (Catalog catalog = open();
                CatalogReader reader = catalog.reader()) {
            long id = catalog.nextSegmentId();
            SegmentRow segment = segment(id, 0, 100, 15);
            RunRow runOfA = new RunRow(0, 0, 10, id);
            RunRow runOfB = new RunRow(32, 0, 5, id);
            catalog.settle(pass(100, segment, List.of(runOfA, runOfB), List.of(), List.of(a, b)));
            assertThat(catalog.point()).isEqualTo(new CatalogPoint(100, 5, 1, 77));
            assertThat(reader.point()).isEqualTo(catalog.point());
            assertThat(reader.find("/a")).isEqualTo(a);
            assertThat(reader.find(32)).isEqualTo(b);
            assertThat(reader.segments()).containsExactly(segment);
            assertThat(reader.segment(id)).isEqualTo(segment);
            assertThat(reader.findRun(0, 9)).isEqualTo(runOfA);
            assertThat(reader.findRun(32, 100)).isEqualTo(runOfB);
            assertThat(reader.findRun(33, 0)).isNull();
        }
    }

    @Test
    void whatWasKeptIsThereAfterACleanCloseAndAfterACrash() throws IOException {
        try (Catalog catalog = open()) {
            catalog.settle(pass(100, null, List.of(), List.of(), List.of(stream(0, "/a", 0))));
        }
        Catalog crashed = open();
        assertThat(crashed.point().recoveryPoint()).isEqualTo(100);
        crashed.settle(pass(200, null, List.of(), List.of(), List.of(stream(128, "/b", 0))));
        crashed.abandon();
        try (Catalog catalog = open();
                CatalogReader reader = catalog.reader()) {
            assertThat(catalog.point().recoveryPoint()).isEqualTo(200);
            assertThat(reader.find("/a")).isNotNull();
            assertThat(reader.find("/b")).isNotNull();
        }
    }

    @Test
    void theRunsOfARemovedStreamAreDeadBytes() throws IOException {
        try (Catalog catalog = open();
                CatalogReader reader = catalog.reader()) {
            long one = catalog.nextSegmentId();
            long two = catalog.nextSegmentId();
            catalog.settle(
                    pass(
                            100,
                            segment(one, 0, 100, 15),
                            List.of(new RunRow(0, 0, 10, one), new RunRow(32, 0, 5, one)),
                            List.of(),
                            List.of(stream(0, "/a", 10), stream(32, "/b", 5))));
            catalog.settle(
                    pass(
                            200,
                            segment(two, 100, 200, 3),
                            List.of(new RunRow(0, 10, 3, two)),
                            List.of(),
                            List.of(stream(0, "/a", 13))));
            catalog.settle(pass(300, null, List.of(), List.of(0L), List.of(stream(256, "/a", 0))));
            assertThat(reader.segment(one)).extracting(SegmentRow::deadBytes).isEqualTo(10L);
            assertThat(reader.segment(two)).extracting(SegmentRow::deadBytes).isEqualTo(3L);
            assertThat(reader.runs(0, 0, 10)).isEmpty();
            assertThat(reader.find("/a")).extracting(StoredStream::id).isEqualTo(256L);
            assertThat(reader.find(0)).isNull();
        }
    }

    @Test
    void aCompactionTakesTheRunsWithIt() throws IOException {
        try (Catalog catalog = open();
                CatalogReader reader = catalog.reader()) {
            long one = catalog.nextSegmentId();
            long two = catalog.nextSegmentId();
            catalog.settle(
                    pass(
                            100,
                            segment(one, 0, 100, 15),
                            List.of(new RunRow(0, 0, 10, one), new RunRow(32, 0, 5, one)),
                            List.of(),
                            List.of(stream(0, "/a", 10), stream(32, "/b", 5))));
            catalog.settle(
                    pass(
                            200,
                            segment(two, 100, 200, 3),
                            List.of(new RunRow(0, 10, 3, two)),
                            List.of(),
                            List.of(stream(0, "/a", 13))));
            long merged = catalog.nextSegmentId();
            Iterator<RunRow> runs =
                    List.of(new RunRow(0, 0, 13, merged), new RunRow(32, 0, 5, merged)).iterator();
            // /b is removed after the compaction read it
            catalog.settle(pass(300, null, List.of(), List.of(32L), List.of()));
            catalog.replace(
                    new Replaced(
                            List.of(one, two),
                            new SegmentRow(merged, 1, 0, 200, SegmentRow.Kind.SEGMENT, 50, 18, 0),
                            runs));
            assertThat(reader.segments())
                    .containsExactly(
                            new SegmentRow(merged, 1, 0, 200, SegmentRow.Kind.SEGMENT, 50, 18, 5));
            assertThat(reader.runs(0, 0, 10)).containsExactly(new RunRow(0, 0, 13, merged));
            assertThat(reader.runs(32, 0, 10)).isEmpty();
            assertThat(reader.findRun(0, 12)).isEqualTo(new RunRow(0, 0, 13, merged));
        }
        try (Catalog catalog = open()) {
            assertThat(catalog.nextSegmentId()).isEqualTo(4);
        }
    }

    @Test
    void aSegmentOfDeadBytesGoesWithoutSuccessor() throws IOException {
        try (Catalog catalog = open();
                CatalogReader reader = catalog.reader()) {
            long one = catalog.nextSegmentId();
            catalog.settle(
                    pass(
                            100,
                            segment(one, 0, 100, 10),
                            List.of(new RunRow(0, 0, 10, one)),
                            List.of(),
                            List.of(stream(0, "/a", 10))));
            assertThatThrownBy(() ->
                            catalog.replace(
                                    new Replaced(List.of(one), null, List.<RunRow>of().iterator())))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("10 bytes of runs become 0");
            assertThat(reader.segments()).hasSize(1);
            catalog.settle(pass(200, null, List.of(), List.of(0L), List.of()));
            catalog.replace(new Replaced(List.of(one), null, List.<RunRow>of().iterator()));
            assertThat(reader.segments()).isEmpty();
        }
    }

    @Test
    void aPassThatDoesNotFitChangesNothing() throws IOException {
        try (Catalog catalog = open();
                CatalogReader reader = catalog.reader()) {
            catalog.settle(pass(100, null, List.of(), List.of(), List.of()));
            List<StoredStream> changed = new ArrayList<>();
            LongStream.range(0, 100).forEach(i -> changed.add(stream(i, "/" + i, 1)));
            assertThatThrownBy(() -> catalog.settle(pass(50, null, List.of(), List.of(), changed)))
                    .hasMessageContaining("goes back from 100 to 50");
            assertThatThrownBy(() ->
                            catalog.settle(
                                    pass(
                                            200,
                                            segment(1, 100, 200, 7),
                                            List.of(new RunRow(0, 0, 1, 1)),
                                            List.of(),
                                            changed)))
                    .hasMessageContaining("1 bytes are in runs");
            assertThat(reader.streamCount()).isZero();
            assertThat(reader.segments()).isEmpty();
            assertThat(catalog.point().recoveryPoint()).isEqualTo(100);
            catalog.settle(pass(200, null, List.of(), List.of(), changed));
            assertThat(reader.streamCount()).isEqualTo(100);
        }
    }

    @Test
    void listsByPrefixInTheOrderOfCodePoints() throws IOException {
        List<String> paths =
                List.of("/a", "/a/b", "/a/c", "/b", "/\uFF5E", "/\uD83D\uDE00", "/x?y%#'");
        try (Catalog catalog = open();
                CatalogReader reader = catalog.reader()) {
            List<StoredStream> streams = new ArrayList<>();
            for (String path : paths) {
                streams.add(stream(32L * streams.size(), path, 0));
            }
            catalog.settle(pass(1000, null, List.of(), List.of(), streams));
            assertThat(reader.list("", null, 100))
                    .extracting(StoredStream::path)
                    .containsExactlyElementsOf(
                            paths.stream().sorted(StoredStream.PATH_ORDER).toList());
            assertThat(paths.stream().sorted(StoredStream.PATH_ORDER).toList())
                    .endsWith("/\uFF5E", "/\uD83D\uDE00");
            assertThat(reader.list("/a", null, 2))
                    .extracting(StoredStream::path)
                    .containsExactly("/a", "/a/b");
            assertThat(reader.list("/a", "/a/b", 2))
                    .extracting(StoredStream::path)
                    .containsExactly("/a/c");
            assertThat(reader.list("/b", "/a", 2))
                    .extracting(StoredStream::path)
                    .containsExactly("/b");
        }
    }

    @Test
    void anIdleTimeCountsFromTheStartOfTheProcessAFixedTimeDoesNot() throws IOException {
        try (Catalog catalog = open();
                CatalogReader reader = catalog.reader()) {
            catalog.settle(
                    pass(
                            1000,
                            null,
                            List.of(),
                            List.of(),
                            List.of(
                                    stream(0, "/ever", 0),
                                    stream(32, "/idle", 0, new Lifetime.IdleFor(60), 1_000),
                                    stream(
                                            64,
                                            "/until",
                                            0,
                                            new Lifetime.Until(Instant.ofEpochMilli(50_000)),
                                            1_000))));
            assertThat(reader.due(49_999, 0, 10)).isEmpty();
            assertThat(reader.due(50_000, 0, 10)).containsExactly(64L);
            assertThat(reader.due(61_000, 0, 10)).containsExactly(64L, 32L);
            assertThat(reader.due(61_000, 30_000, 10)).containsExactly(64L);
            assertThat(reader.due(90_000, 30_000, 10)).containsExactly(64L, 32L);
            assertThat(reader.due(90_000, 30_000, 1)).containsExactly(64L);
        }
    }

    @Test
    void aReaderSeesWhatWasCommittedWhenItAsks() throws IOException {
        try (Catalog catalog = Catalog.open(directory, SETTINGS.withWalBytesMax(0));
                CatalogReader reader = catalog.reader()) {
            for (int i = 1; i <= 50; i++) {
                catalog.settle(pass(i, null, List.of(), List.of(), List.of(stream(i, "/" + i, 0))));
                assertThat(reader.point().recoveryPoint()).isEqualTo(i);
                assertThat(reader.find("/" + i)).isNotNull();
            }
        }
    }

    @Test
    void aClosedOneSaysSo() throws IOException {
        Catalog catalog = open();
        catalog.close();
        catalog.close();
        assertThatThrownBy(() -> catalog.settle(pass(1, null, List.of(), List.of(), List.of())))
                .hasMessageContaining("is closed");
    }
}
