package dev.siltstone.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// A catalog whose whole content follows from the number of passes it has seen.
final class CatalogHistory {
    private static final long PASS_BYTES = 1000;

    private final int streams;

    CatalogHistory(int streams) {
        this.streams = streams;
    }

    /// Brings in pass `number`, from 1: every third stream grows, one goes, one comes.
    void settle(Catalog catalog, int number) throws IOException {
        List<RunRow> runs = new ArrayList<>();
        List<StoredStream> changed = new ArrayList<>();
        for (int i = 0; i < streams; i++) {
            if (changes(i, number)) {
                runs.add(new RunRow(id(i), 10L * (changesBefore(i, number)), 10, number));
                changed.add(stream(i, number));
            }
        }
        changed.add(passing(number));
        SegmentRow segment =
                new SegmentRow(
                        number,
                        0,
                        (number - 1) * PASS_BYTES,
                        number * PASS_BYTES,
                        SegmentRow.Kind.SEGMENT,
                        1,
                        10L * runs.size(),
                        0);
        catalog.settle(
                new Settled(
                        point(number),
                        segment,
                        runs.iterator(),
                        (number == 1 ? List.<Long>of() : List.of(passing(number - 1).id()))
                                .iterator(),
                        changed.iterator()));
    }

    static CatalogPoint point(int number) {
        return number == 0
                ? CatalogPoint.NEW
                : new CatalogPoint(number * PASS_BYTES, 7L * number, 1, 99);
    }

    private static boolean changes(int stream, int number) {
        return (stream + number) % 3 == 0;
    }

    private static long changesBefore(int stream, int number) {
        return java.util.stream.IntStream.range(1, number)
                .filter(before -> changes(stream, before))
                .count();
    }

    private static long id(int stream) {
        return 1_000_000 + stream;
    }

    private static StoredStream stream(int stream, int number) {
        return CatalogTest.stream(
                id(stream),
                "/a path that takes some room/" + stream * 7919 % 1009 + "/" + stream,
                10L * changesBefore(stream, number + 1));
    }

    private static StoredStream passing(int number) {
        return CatalogTest.stream(2_000_000 + number, "/passing", 0);
    }

    /// Compares all rows with what they are after `number` passes.
    void check(Catalog catalog, int number) throws IOException {
        assertThat(catalog.point()).isEqualTo(point(number));
        try (CatalogReader reader = catalog.reader()) {
            List<StoredStream> expected = new ArrayList<>();
            List<RunRow> runs = new ArrayList<>();
            for (int i = 0; i < streams; i++) {
                if (changesBefore(i, number + 1) > 0) {
                    expected.add(stream(i, number));
                }
                for (int pass = 1; pass <= number; pass++) {
                    if (changes(i, pass)) {
                        runs.add(new RunRow(id(i), 10L * changesBefore(i, pass), 10, pass));
                    }
                }
            }
            if (number > 0) {
                expected.add(passing(number));
            }
            assertThat(reader.streams(-1, Integer.MAX_VALUE)).isEqualTo(expected);
            assertThat(reader.list("", null, Integer.MAX_VALUE))
                    .containsExactlyInAnyOrderElementsOf(expected);
            List<RunRow> found = new ArrayList<>();
            for (int i = 0; i < streams; i++) {
                found.addAll(reader.runs(id(i), 0, Integer.MAX_VALUE));
            }
            assertThat(found).isEqualTo(runs);
            assertThat(reader.segments()).hasSize(number);
            assertThat(reader.connection().number("SELECT count(*) FROM pragma_integrity_check"))
                    .isEqualTo(1);
        }
    }

    /// Finds out how many passes a catalog has seen.
    static int passes(Catalog catalog) {
        return (int) (catalog.point().recoveryPoint() / PASS_BYTES);
    }
}
