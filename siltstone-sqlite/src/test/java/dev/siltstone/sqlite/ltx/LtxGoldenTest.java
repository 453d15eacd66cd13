package dev.siltstone.sqlite.ltx;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Files that the format's own programs wrote, in both encodings. See `golden/README.md`.
class LtxGoldenTest {
    static Stream<String> files() {
        return Stream.of("ltx-frame/", "ltx-block/")
                .flatMap(form -> Arrays.stream(LtxFixture.GOLDEN).map(name -> form + name));
    }

    @Test
    void readsWhatIsInThem() throws IOException {
        for (String form : new String[] {"ltx-frame/", "ltx-block/"}) {
            LtxFixture.Content increment =
                    LtxFixture.read(LtxFixture.golden(form + "increment-1024.ltx"));
            LtxHeader header = LtxHeader.of(1024, 9, new Txid(2), new Txid(5), 1700000000005L);
            assertThat(increment.header())
                    .isEqualTo(header.withWal(32, 3144, 0xAABBCCDD, 0x11223344));
            assertThat(increment.pages().keySet()).containsExactly(2L, 5L, 9L);
            assertThat(increment.pages().get(9L)).containsOnly(0);
            assertThat(new String(increment.pages().get(2L), 0, 10, US_ASCII))
                    .isEqualTo("siltstone ");

            LtxFixture.Content tracked =
                    LtxFixture.read(LtxFixture.golden(form + "tracked-snapshot-512.ltx"));
            assertThat(tracked.header().noChecksum()).isFalse();
            assertThat(tracked.header().nodeId()).isEqualTo(7);
            DatabaseChecksum sum = new DatabaseChecksum(512);
            tracked.pages().forEach((pgno, page) -> sum.add(pgno, ByteBuffer.wrap(page)));
            assertThat(tracked.postApplyChecksum()).isEqualTo(sum.value());

            LtxFixture.Content none =
                    LtxFixture.read(LtxFixture.golden(form + "no-pages-4096.ltx"));
            assertThat(none.pages()).isEmpty();
            assertThat(none.header().commit()).isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void aFileWrittenAnewSaysTheSame(String name) throws IOException {
        LtxFixture.Content content = LtxFixture.read(LtxFixture.golden(name));

        byte[] anew =
                LtxFixture.write(
                        content.header(),
                        PageCoverage.UNKNOWN,
                        content.pages(),
                        content.postApplyChecksum());

        assertThat(LtxFixture.read(anew).isSameAs(content)).isTrue();
    }

    static Stream<Arguments> filesAndBlocks() {
        return Arrays.stream(LtxFixture.GOLDEN)
                .map(name -> Arguments.of("ltx-frame/" + name, "ltx-block/" + name));
    }

    @ParameterizedTest
    @MethodSource("filesAndBlocks")
    void bothEncodingsSayTheSame(String frames, String blocks) throws IOException {
        assertThat(
                        LtxFixture.read(LtxFixture.golden(frames))
                                .isSameAs(LtxFixture.read(LtxFixture.golden(blocks))))
                .isTrue();
    }

    @ParameterizedTest
    @MethodSource("files")
    void namesEveryFlippedBit(String name) throws IOException {
        byte[] golden = LtxFixture.golden(name);
        LtxFixture.Content content = LtxFixture.read(golden);
        int harmless = 0;
        for (int bit = 0; bit < golden.length * 8; bit++) {
            byte[] flipped = golden.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            if (isSameOrNamed(flipped, content, name + ", bit " + bit)) {
                harmless++;
            }
        }
        // Bits of a LZ4 block that say the same in other words: a match from further back in a run.
        assertThat(harmless).isLessThan(golden.length * 8 / 20);
    }

    @ParameterizedTest
    @MethodSource("files")
    void namesEveryTruncation(String name) {
        byte[] golden = LtxFixture.golden(name);
        for (int length = 0; length < golden.length; length++) {
            byte[] cut = Arrays.copyOf(golden, length);
            assertThatThrownBy(() -> LtxReader.verify("cut", new ByteArrayInputStream(cut)))
                    .as("%d bytes of %s", length, name)
                    .isInstanceOf(LtxDamagedException.class)
                    .hasMessageContaining("cut is damaged at file position");
            assertThatThrownBy(() -> LtxIndex.load(LtxFixture.source("cut", cut)))
                    .as("%d bytes of %s", length, name)
                    .isInstanceOf(LtxDamagedException.class);
        }
        byte[] more = Arrays.copyOf(golden, golden.length + 1);
        assertThatThrownBy(() -> LtxReader.verify("more", new ByteArrayInputStream(more)))
                .isInstanceOf(LtxDamagedException.class)
                .hasMessageContaining("end of the file");
    }

    /// Changes several bytes, moves some, doubles some.
    @ParameterizedTest
    @MethodSource("files")
    void namesWhatChanceDoesToAFile(String name) throws IOException {
        byte[] golden = LtxFixture.golden(name);
        LtxFixture.Content content = LtxFixture.read(golden);
        int rounds = Boolean.getBoolean("siltstone.long") ? 100_000 : 400;
        for (int seed = 0; seed < rounds; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            byte[] mutated = mutate(golden, random);
            isSameOrNamed(mutated, content, name + ", seed " + seed);
        }
    }

    private static byte[] mutate(byte[] golden, SplittableRandom random) {
        byte[] mutated = golden.clone();
        for (int i = random.nextInt(1, 4); i > 0; i--) {
            int length = random.nextInt(1, 9);
            int at = random.nextInt(mutated.length - length);
            switch (random.nextInt(4)) {
                case 0 -> mutated[at] = (byte) random.nextInt(256);
                case 1 -> Arrays.fill(mutated, at, at + length, (byte) -random.nextInt(2));
                case 2 -> {
                    int from = random.nextInt(mutated.length - length);
                    System.arraycopy(mutated, from, mutated, at, length);
                }
                default -> {
                    byte[] moved = Arrays.copyOf(mutated, mutated.length + length);
                    System.arraycopy(mutated, at, moved, at + length, mutated.length - at);
                    mutated = moved;
                }
            }
        }
        return mutated;
    }

    /// Reads a file in one go and in pieces; each time it must say the same as it did or be named.
    ///
    /// @return whether it says the same
    private static boolean isSameOrNamed(byte[] file, LtxFixture.Content content, String what)
            throws IOException {
        boolean same = false;
        try {
            same = LtxFixture.read(file).isSameAs(content);
            assertThat(same).as(what).isTrue();
        } catch (LtxDamagedException e) {
            assertThat(e).as(what).hasMessageContaining("file is damaged at file position");
            assertThat(e.filePosition()).as(what).isBetween(0L, (long) file.length);
            assertThat(e.expected()).as(what).isNotEqualTo(e.actual());
        }
        try {
            LtxFixture.Content pieces = PageRangeReaderTest.readInPieces(file, 600);
            assertThat(same).as(what + ": right in pieces but not in one").isTrue();
            assertThat(pieces.isSameAs(content)).as(what).isTrue();
        } catch (LtxDamagedException e) {
            assertThat(same).as(what + ": right in one but not in pieces, " + e).isFalse();
        }
        return same;
    }
}
