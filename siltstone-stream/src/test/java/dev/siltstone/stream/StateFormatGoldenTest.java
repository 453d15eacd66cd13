package dev.siltstone.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The bytes of version 1, which must be read for ever.
class StateFormatGoldenTest {
    private static final StoredStream ROOT =
            new StoredStream(
                    64,
                    "/root",
                    "text/plain",
                    Lifetime.FOREVER,
                    64,
                    null,
                    StreamState.Status.SOFT_DELETED,
                    300,
                    false,
                    null,
                    null,
                    List.of(),
                    2,
                    1_700_000_000_000L);
    private static final StoredStream FORK =
            new StoredStream(
                    96,
                    "/fork \u00e9",
                    "application/json",
                    new Lifetime.IdleFor(3600),
                    64,
                    new Entry.Fork(64, 200, new ForkPoint("/root", new Offset(64, 190), 1), true),
                    StreamState.Status.LIVE,
                    1L << 40,
                    true,
                    new Producer("p", 3, 4),
                    "seq 9",
                    List.of(
                            new ProducerStates.Named("q", new ProducerStates.State(1, 2, 5)),
                            new ProducerStates.Named("p", new ProducerStates.State(3, 4, 6))),
                    0,
                    7);
    private static final StoredStream UNTIL =
            new StoredStream(
                    0,
                    "/until",
                    "x/y",
                    new Lifetime.Until(Instant.ofEpochMilli(-5)),
                    0,
                    null,
                    StreamState.Status.LIVE,
                    0,
                    true,
                    null,
                    null,
                    List.of(),
                    0,
                    -1);

    private static final String ROOT_BYTES =
            "3d41d36a011000ac020280d095ffbc310a746578742f706c61696e";
    private static final String FORK_BYTES =
            "fef04dd801ef01901c8080808080200007106170706c69636174696f6e2f6a736f6e4040c80140be0101052f726f6f74017003040573657120390201710102050170030406";
    private static final String UNTIL_BYTES =
            "dfce5f80010102fbffffffffffffffff010000ffffffffffffffffff0103782f79";

    @Test
    void writesAndReadsVersion1() throws Exception {
        check(ROOT, ROOT_BYTES);
        check(FORK, FORK_BYTES);
        check(UNTIL, UNTIL_BYTES);
    }

    private static void check(StoredStream stream, String hex) throws Exception {
        assertThat(HexFormat.of().formatHex(StateFormat.encode(stream))).isEqualTo(hex);
        assertThat(StateFormat.decode(stream.id(), stream.path(), HexFormat.of().parseHex(hex)))
                .isEqualTo(stream);
    }

    @Test
    void everyFlippedBitIsFound() {
        for (StoredStream stream : List.of(ROOT, FORK, UNTIL)) {
            byte[] bytes = StateFormat.encode(stream);
            for (int bit = 0; bit < 8 * bytes.length; bit++) {
                byte[] flipped = bytes.clone();
                flipped[bit / 8] ^= (byte) (1 << bit % 8);
                assertThatThrownBy(() -> StateFormat.decode(stream.id(), stream.path(), flipped))
                        .as("bit %d", bit)
                        .isInstanceOf(CatalogBytesException.class);
            }
        }
    }

    @Test
    void theStateOfAnotherStreamIsFound() {
        byte[] bytes = StateFormat.encode(ROOT);
        assertThatThrownBy(() -> StateFormat.decode(65, ROOT.path(), bytes))
                .hasMessageContaining("crc32c");
        assertThatThrownBy(() -> StateFormat.decode(64, "/other", bytes))
                .hasMessageContaining("crc32c");
    }

    @Test
    void whatIsCutIsFound() {
        byte[] bytes = StateFormat.encode(FORK);
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = java.util.Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> StateFormat.decode(FORK.id(), FORK.path(), cut))
                    .isInstanceOf(CatalogBytesException.class);
        }
    }
}
