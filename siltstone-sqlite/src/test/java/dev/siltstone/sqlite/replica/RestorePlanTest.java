package dev.siltstone.sqlite.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.siltstone.rangestore.RangeFile;
import dev.siltstone.rangestore.RangeId;
import dev.siltstone.sqlite.ltx.Txid;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Repeat one seed with `-Dsiltstone.seed=N`.
class RestorePlanTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private static final int SEEDS = Boolean.getBoolean("siltstone.long") ? 100_000 : 1_500;

    private static RangeFile file(int level, long first, long last, long bytes) {
        return new RangeFile(
                new RangeId(level, first, last),
                bytes,
                NOON.plusSeconds(Math.clamp(last, 0, 1000)));
    }

    private static ReplicaListing listing(RangeFile... files) {
        return new ReplicaListing("memory:/db/", List.of(files), List.of());
    }

    private static ReplicaListing before(ReplicaListing all, Instant time) {
        return new ReplicaListing(
                all.where(),
                all.files().stream().filter(file -> file.created().isBefore(time)).toList(),
                all.foreign());
    }

    @Test
    void takesASnapshotAndWhatFollows() throws Exception {
        ReplicaListing listing =
                listing(
                        file(9, 1, 10, 1000),
                        file(1, 11, 15, 50),
                        file(0, 14, 14, 20),
                        file(0, 15, 15, 20),
                        file(0, 16, 16, 20));

        RestorePlan plan = RestorePlan.latest(listing);

        assertThat(plan.files())
                .containsExactly(file(9, 1, 10, 1000), file(1, 11, 15, 50), file(0, 16, 16, 20));
        assertThat(plan.txid()).isEqualTo(new Txid(16));
    }

    @Test
    void needsNoSnapshotIfFilesGoOnFromTheFirstTransaction() throws Exception {
        RestorePlan plan = RestorePlan.latest(listing(file(2, 1, 5, 500), file(1, 4, 9, 50)));

        assertThat(plan.files()).hasSize(2);
    }

    @Test
    void prefersFewerBytes() throws Exception {
        RestorePlan plan =
                RestorePlan.latest(
                        listing(
                                file(9, 1, 1, 1000),
                                file(9, 1, 20, 1010),
                                file(0, 2, 2, 400),
                                file(1, 2, 20, 9),
                                file(1, 3, 20, 8)));

        assertThat(plan.files()).containsExactly(file(9, 1, 1, 1000), file(1, 2, 20, 9));
    }

    @Test
    void saysThatAReplicaIsEmptyAndWhatIsThereInstead() {
        ReplicaListing empty =
                new ReplicaListing("s3://b/db/", List.of(), List.of("0000/readme.txt"));

        assertThatThrownBy(() -> RestorePlan.latest(empty))
                .isInstanceOf(NoSuchStateException.class)
                .hasMessage(
                        "s3://b/db/ holds no replica: there are no LTX files; what is there is something else: 0000/readme.txt");
    }

    @Test
    void saysThatATransactionIsInTheFuture() {
        ReplicaListing listing = listing(file(9, 1, 10, 100));

        assertThatThrownBy(() -> RestorePlan.at(listing, new Txid(11)))
                .isInstanceOf(NoSuchStateException.class)
                .hasMessage(
                        "memory:/db/ has no transaction 000000000000000b yet; its newest is 000000000000000a");
    }

    @Test
    void saysThatATransactionLiesInsideAFile() {
        ReplicaListing listing = listing(file(9, 1, 10, 100), file(1, 11, 20, 10));

        assertThatThrownBy(() -> RestorePlan.at(listing, new Txid(15)))
                .isInstanceOf(NoSuchStateException.class)
                .hasMessageContaining("000000000000000f lies inside 1/000000000000000b-")
                .hasMessageContaining("000000000000000a before it and 0000000000000014 after it");
    }

    @Test
    void namesTheTransactionsThatAreMissing() {
        ReplicaListing listing = listing(file(9, 1, 10, 100), file(0, 14, 14, 10));

        assertThatThrownBy(() -> RestorePlan.latest(listing))
                .isInstanceOf(NoSuchStateException.class)
                .hasMessageContaining(
                        "needs transactions 000000000000000b to 000000000000000d, and no file has them")
                .hasMessageContaining("000000000000000a before it");
        ReplicaListing noSnapshot = listing(file(0, 3, 3, 10));
        assertThatThrownBy(() -> RestorePlan.latest(noSnapshot))
                .hasMessageContaining("0000000000000001 to 0000000000000002")
                .hasMessageContaining("nothing there can be restored");
    }

    @Test
    void takesWhatIsStrictlyBeforeATime() throws Exception {
        ReplicaListing all = listing(file(9, 1, 10, 100), file(0, 11, 11, 10));
        Instant time = NOON.plusSeconds(11);

        assertThat(RestorePlan.before(before(all, time), all, time).txid()).isEqualTo(new Txid(10));
        Instant later = time.plusMillis(1);
        assertThat(RestorePlan.before(before(all, later), all, later).txid())
                .isEqualTo(new Txid(11));
    }

    @Test
    void saysThatATimeIsBeforeTheFirstState() {
        ReplicaListing all = listing(file(9, 1, 10, 100), file(1, 5, 8, 10));
        Instant time = NOON.plusSeconds(9);

        assertThatThrownBy(() -> RestorePlan.before(before(all, time), all, time))
                .isInstanceOf(NoSuchStateException.class)
                .hasMessage(
                        "memory:/db/ has no state of before 2026-01-01T12:00:09Z; the oldest that can be restored is 000000000000000a of 2026-01-01T12:00:10Z");
    }

    @Test
    void countsTransactionsWithoutSign() throws Exception {
        RestorePlan plan =
                RestorePlan.latest(
                        listing(file(9, 1, Long.MAX_VALUE, 9), file(0, Long.MIN_VALUE, -1, 1)));

        assertThat(plan.txid()).isEqualTo(Txid.MAX);
    }

    static LongStream seeds() {
        Long only = Long.getLong("siltstone.seed");
        return only == null ? LongStream.of(0) : LongStream.of(only);
    }

    /// Every transaction of every layout: a plan where there is one, of the fewest bytes; else an error.
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void agreesWithTryingEverything(long first) {
        int seeds = Long.getLong("siltstone.seed") == null ? SEEDS : 1;
        for (long seed = first; seed < first + seeds; seed++) {
            ReplicaListing listing = randomListing(new SplittableRandom(seed));
            Map<Long, Long> cheapest = relaxAll(listing.files());
            for (long txid = 1; txid <= 12; txid++) {
                long planned = bytesOf(listing, txid);
                assertThat(planned)
                        .as("txid %d of seed %d: %s", txid, seed, listing.files())
                        .isEqualTo(cheapest.getOrDefault(txid, -1L));
            }
        }
    }

    private static ReplicaListing randomListing(SplittableRandom random) {
        List<RangeFile> files = new ArrayList<>();
        int count = random.nextInt(14);
        for (int i = 0; i < count; i++) {
            int level = random.nextInt(10);
            long a = level == 9 ? 1 : 1 + random.nextInt(12);
            long b = 1 + random.nextInt(12);
            files.add(file(level, Math.min(a, b), Math.max(a, b), 1 + random.nextInt(40)));
        }
        return listing(files.toArray(RangeFile[]::new));
    }

    private static long bytesOf(ReplicaListing listing, long txid) {
        try {
            RestorePlan plan = RestorePlan.at(listing, new Txid(txid));
            long state = 0;
            for (RangeFile file : plan.files()) {
                assertThat(file.id().first()).isLessThanOrEqualTo(state + 1);
                assertThat(file.id().last()).isGreaterThan(state);
                state = file.id().last();
            }
            assertThat(state).isEqualTo(txid);
            return plan.bytes();
        } catch (NoSuchStateException e) {
            assertThat(e).hasMessageContaining("memory:/db/");
            return -1;
        }
    }

    /// Bellman and Ford: the fewest bytes to each state.
    private static Map<Long, Long> relaxAll(List<RangeFile> files) {
        Map<Long, Long> bytes = new HashMap<>();
        bytes.put(0L, 0L);
        for (int round = 0; round <= files.size(); round++) {
            for (RangeFile file : files) {
                for (long from = file.id().first() - 1; from < file.id().last(); from++) {
                    Long before = bytes.get(from);
                    if (before != null) {
                        bytes.merge(file.id().last(), before + file.bytes(), Math::min);
                    }
                }
            }
        }
        return bytes;
    }
}
