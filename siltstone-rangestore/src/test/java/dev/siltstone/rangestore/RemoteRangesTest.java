package dev.siltstone.rangestore;

import static dev.siltstone.rangestore.TextFiles.TIME;
import static dev.siltstone.rangestore.TextFiles.id;
import static dev.siltstone.rangestore.TextFiles.ids;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.siltstone.io.DiskFile;
import dev.siltstone.io.ManualClock;
import dev.siltstone.io.SimulatedDisk;
import dev.siltstone.objectstore.CallKind;
import dev.siltstone.objectstore.FaultyStore;
import dev.siltstone.objectstore.FaultyStore.Fault;
import dev.siltstone.objectstore.MemoryStore;
import dev.siltstone.objectstore.MeteredStore;
import dev.siltstone.objectstore.NoSuchObjectException;
import dev.siltstone.objectstore.ObjectBody;
import dev.siltstone.objectstore.ObjectContent;
import dev.siltstone.objectstore.ObjectKey;
import dev.siltstone.objectstore.PutOptions;
import dev.siltstone.objectstore.PutOutcome;
import dev.siltstone.objectstore.StoreMeter;
import dev.siltstone.objectstore.StoreUnavailableException;
import dev.siltstone.objectstore.StoreUsage;
import dev.siltstone.objectstore.s3.FakeS3;
import dev.siltstone.objectstore.s3.S3Store;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RemoteRangesTest {
    private static final HexNames NAMES = new HexNames(3);
    private static final RemoteSettings SETTINGS =
            RemoteSettings.ofTimeName("test-time").withPartBytes(100_000);

    private final ManualClock clock = new ManualClock();
    private final MemoryStore memory = new MemoryStore(clock);
    private final FaultyStore faulty = new FaultyStore(memory);
    private final StoreMeter meter = new StoreMeter();
    private final MeteredStore store = new MeteredStore(faulty, meter);
    private StoreUsage before = meter.usage();

    @Test
    void readsOneListingPerLevelAndThenAsksNoMore() throws IOException {
        RemoteRanges writer = open("db/");
        put(writer, id(0, 1, 1), "one");
        put(writer, id(0, 2, 2), "two");
        put(writer, id(2, 1, 2), "both");
        forgetRequests();

        RemoteRanges ranges = open("db/");
        assertThat(requests()).isEqualTo(Map.of(CallKind.LIST, 3L));
        forgetRequests();

        assertThat(ids(ranges.known().list(0))).containsExactly(id(0, 1, 1), id(0, 2, 2));
        assertThat(ranges.known().newest(2)).contains(new RangeFile(id(2, 1, 2), 4, TIME));
        assertThat(ranges.known().bytes()).isEqualTo(10);
        assertThat(ranges.known().newestBefore(0, TIME)).isEmpty();
        assertThat(ranges.exact(id(0, 1, 1)).created()).isEqualTo(TIME);
        assertThat(requests()).isEmpty();

        put(ranges, id(0, 3, 3), "three");
        assertThat(ranges.known().newest(0).orElseThrow().id()).isEqualTo(id(0, 3, 3));
        assertThat(ranges.delete(List.of(id(0, 1, 1)))).hasSize(1);
        assertThat(ranges.delete(List.of(id(0, 1, 1)))).isEmpty();
        assertThat(ids(ranges.known().list(0))).containsExactly(id(0, 2, 2), id(0, 3, 3));
        assertThat(requests()).isEqualTo(Map.of(CallKind.PUT_IF_ABSENT, 1L, CallKind.DELETE, 1L));
    }

    @Test
    void keepsNamespacesApart() throws IOException {
        RemoteRanges one = open("db1/");
        RemoteRanges other = open("db10/");
        put(one, id(0, 1, 1), "one");
        put(other, id(0, 1, 1), "other");
        one.refresh(0);

        assertThat(text(one, id(0, 1, 1))).isEqualTo("one");
        assertThat(ids(one.known().list(0))).hasSize(1);
        one.delete(List.of(id(0, 1, 1)));
        assertThat(text(other, id(0, 1, 1))).isEqualTo("other");
        assertThatThrownBy(() -> open("db1")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void namesWhatIsForeign() throws IOException {
        memory.put(ObjectKey.of("db/0/README"), body("x"), PutOptions.NONE);
        memory.put(
                ObjectKey.of("db/0/sub/0000000000000001-0000000000000001.range"),
                body("x"),
                PutOptions.NONE);
        RemoteRanges ranges = open("db/");

        assertThat(ranges.known().list(0)).isEmpty();
        assertThat(ranges.foreignNames(0))
                .containsExactly("0/README", "0/sub/0000000000000001-0000000000000001.range");
        assertThat(ranges.foreignNames(1)).isEmpty();
    }

    @Test
    void readsWholeFilesAndRanges() throws IOException {
        RemoteRanges ranges = open("");
        put(ranges, id(0, 1, 1), "0123456789");

        assertThat(text(ranges, id(0, 1, 1))).isEqualTo("0123456789");
        try (ObjectContent content = ranges.get(id(0, 1, 1), 3, 4)) {
            assertThat(content.readAll()).asString(UTF_8).isEqualTo("3456");
        }
        SimulatedDisk disk = new SimulatedDisk();
        disk.createDirectories(Path.of("/x"));
        try (DiskFile file = disk.create(Path.of("/x/copy"))) {
            assertThat(ranges.fetch(id(0, 1, 1), file)).isEqualTo(10);
        }
        assertThat(disk.bytes(Path.of("/x/copy"))).asString(UTF_8).isEqualTo("0123456789");
        assertThatThrownBy(() -> ranges.get(id(0, 9, 9))).isInstanceOf(NoSuchObjectException.class);
    }

    @Test
    void seesWhatOthersDoAfterARefresh() throws IOException {
        RemoteRanges ranges = open("");
        RemoteRanges other = open("");
        put(ranges, id(0, 1, 1), "one");
        other.refresh(0);
        put(other, id(0, 2, 2), "two");
        other.delete(List.of(id(0, 1, 1)));

        assertThat(ids(ranges.known().list(0))).containsExactly(id(0, 1, 1));
        ranges.refresh(0);
        assertThat(ids(ranges.known().list(0))).containsExactly(id(0, 2, 2));
    }

    @Test
    void aTakenNameStaysAsItIs() throws IOException {
        RemoteRanges ranges = open("");
        RemoteRanges other = open("");
        put(ranges, id(0, 1, 1), "first");

        assertThat(other.put(id(0, 1, 1), body("second"), TIME, Map.of()))
                .isEqualTo(new PutOutcome.AlreadyThere());
        assertThat(other.known().list(0)).isEmpty();
        assertThat(other.holds(id(0, 1, 1), body("first"))).isTrue();
        assertThat(other.holds(id(0, 1, 1), body("firsu"))).isFalse();
        assertThat(other.holds(id(0, 1, 1), body("firs"))).isFalse();
        assertThat(other.holds(id(0, 1, 1), body("firstt"))).isFalse();
    }

    @Test
    void tellsLargeFilesApartByTheirEnds() throws IOException {
        RemoteRanges ranges = open("");
        byte[] bytes = new byte[300_000];
        new Random(1).nextBytes(bytes);
        ranges.put(id(0, 1, 1), ObjectBody.of(bytes), TIME, Map.of());
        assertThat(requests()).containsEntry(CallKind.UPLOAD_PART, 3L);
        forgetRequests();

        assertThat(ranges.resembles(id(0, 1, 1), ObjectBody.of(bytes))).isTrue();
        assertThat(meter.usage().since(before).total().receivedBytes()).isEqualTo(131072);
        for (int changed : new int[] {0, 65535, 299_999}) {
            byte[] other = bytes.clone();
            other[changed]++;
            assertThat(ranges.resembles(id(0, 1, 1), ObjectBody.of(other))).isFalse();
        }
        byte[] longer = Arrays.copyOf(bytes, 300_001);
        assertThat(ranges.resembles(id(0, 1, 1), ObjectBody.of(longer))).isFalse();
    }

    @Test
    void deletesAThousandAtATimeButNothingPinned() throws IOException {
        RemoteRanges ranges = open("");
        for (int i = 1; i <= 2005; i++) {
            put(ranges, id(0, i, i), "x");
        }
        forgetRequests();
        try (Pin pin = ranges.pin(List.of(id(0, 7, 7)))) {
            assertThat(ranges.retain(Retention.upTo(0, 5000, 2))).hasSize(2002);
        }

        assertThat(ids(ranges.known().list(0)))
                .containsExactly(id(0, 7, 7), id(0, 2004, 2004), id(0, 2005, 2005));
        assertThat(requests()).isEqualTo(Map.of(CallKind.DELETE_BATCH, 3L));
        assertThat(memory.list("", null).objects()).hasSize(3);
    }

    @Test
    void knowsAFileStillWhenItCouldNotBeDeleted() throws IOException {
        RemoteRanges ranges = open("");
        put(ranges, id(0, 1, 1), "x");
        put(ranges, id(0, 2, 2), "x");
        faulty.failNext(CallKind.DELETE_BATCH, Fault.LOST_AFTER);

        assertThatThrownBy(() -> ranges.retain(Retention.upTo(0, 2, 0)))
                .isInstanceOf(IOException.class);
        assertThat(ids(ranges.known().list(0))).hasSize(2);
        assertThat(ranges.retain(Retention.upTo(0, 2, 0))).hasSize(2);
    }

    @Test
    void opensNothingWhenAListingFails() {
        faulty.failNext(CallKind.LIST, Fault.UNAVAILABLE);

        assertThatThrownBy(() -> open("")).isInstanceOf(StoreUnavailableException.class);
    }

    @Test
    void deletesByTime() throws IOException {
        RemoteRanges ranges = open("");
        for (int i = 1; i <= 5; i++) {
            ranges.put(id(2, 1, i), body("x"), TIME.plus(Duration.ofHours(i)), Map.of());
        }

        ranges.retain(Retention.before(2, TIME.plus(Duration.ofHours(4)), 1));
        assertThat(ids(ranges.known().list(2))).containsExactly(id(2, 1, 4), id(2, 1, 5));
        ranges.retain(Retention.before(2, TIME.plus(Duration.ofDays(4)), 1));
        assertThat(ids(ranges.known().list(2))).containsExactly(id(2, 1, 5));
    }

    @Test
    void learnsExactTimesFromS3WithOneRequestEach() throws IOException {
        try (FakeS3 s3 = FakeS3.start(clock);
                S3Store s3Store =
                        S3Store.open(
                                s3.settings("p/"),
                                InstantSource.system(),
                                new SplittableRandom(1))) {
            Instant exact = Instant.parse("2025-01-01T00:00:00.123Z");
            RemoteRanges writer = RemoteRanges.open(s3Store, "", NAMES, SETTINGS);
            writer.put(id(0, 1, 1), body("x"), exact, Map.of("checksum", "1"));
            writer.put(id(0, 2, 2), body("x"), exact, Map.of());
            s3Store.put(
                    writer.key(id(0, 3, 3)),
                    body("x"),
                    PutOptions.NONE.and("test-time", "2025-01-01T01:00:00.5+01:00"));
            s3Store.put(writer.key(id(0, 4, 4)), body("x"), PutOptions.NONE);
            RemoteRanges reader = RemoteRanges.open(s3Store, "", NAMES, SETTINGS);
            s3.forgetRequests();

            assertThat(writer.exact(id(0, 1, 1)).created()).isEqualTo(exact);
            assertThat(s3.requests()).isEmpty();
            assertThat(reader.known().find(id(0, 1, 1)).orElseThrow().created())
                    .isEqualTo(clock.instant());
            reader.makeExact(ids(reader.known().list(0)), 3);
            assertThat(reader.known().list(0))
                    .extracting(RangeFile::created)
                    .containsExactly(
                            exact, exact, Instant.parse("2025-01-01T00:00:00.5Z"), clock.instant());
            reader.exact(id(0, 1, 1));
            assertThat(s3.requests()).hasSize(4);
            reader.refresh(0);
            assertThat(reader.known().find(id(0, 1, 1)).orElseThrow().created()).isEqualTo(exact);
            assertThat(reader.head(id(0, 1, 1)).metadata()).containsEntry("checksum", "1");
        }
    }

    @Test
    void listsManyPages() throws IOException {
        try (FakeS3 s3 = FakeS3.start(clock);
                S3Store s3Store =
                        S3Store.open(
                                s3.settings("p/"),
                                InstantSource.system(),
                                new SplittableRandom(1))) {
            RemoteRanges writer = RemoteRanges.open(s3Store, "x/", NAMES, SETTINGS);
            List<RangeId> expected = new ArrayList<>();
            for (int i = 1; i <= 23; i++) {
                expected.add(id(0, i, i));
                put(writer, id(0, i, i), "x");
            }
            s3.pageSize(5);
            assertThat(ids(RemoteRanges.open(s3Store, "x/", NAMES, SETTINGS).known().list(0)))
                    .isEqualTo(expected);
        }
    }

    private RemoteRanges open(String prefix) throws IOException {
        return RemoteRanges.open(store, prefix, NAMES, SETTINGS);
    }

    private void forgetRequests() {
        before = meter.usage();
    }

    private Map<CallKind, Long> requests() {
        return meter.usage().since(before).requests();
    }

    private static void put(RemoteRanges ranges, RangeId id, String text) throws IOException {
        assertThat(ranges.put(id, body(text), TIME, Map.of()))
                .isInstanceOf(PutOutcome.Created.class);
    }

    private static String text(RemoteRanges ranges, RangeId id) throws IOException {
        try (ObjectContent content = ranges.get(id)) {
            return new String(content.readAll(), UTF_8);
        }
    }

    private static ObjectBody body(String text) {
        return ObjectBody.of(text.getBytes(UTF_8));
    }
}
