package dev.siltstone.layer.tar;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.siltstone.io.posix.RawName;
import dev.siltstone.io.posix.Xattr;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TarFormatTest {
    private static final byte[] NONE = {};

    private static TarEntry entry(
            byte[] path, EntryType type, long id, long seconds, int nanos, byte[] link) {
        return new TarEntry(path, type, 04755, id, id, 0, seconds, nanos, link, 0, 0, List.of());
    }

    /// One of each kind, and of each reason for an extended header.
    private static List<TarEntry> kinds() {
        byte[] latin = {'c', (byte) 0xe9};
        byte[] longPath = "p/".repeat(80).concat("p").getBytes(ISO_8859_1);
        List<TarEntry> kinds = new ArrayList<>();
        kinds.add(TarEntry.of(NONE, EntryType.DIRECTORY));
        kinds.add(TarEntry.of(RawName.of("a"), EntryType.FILE));
        kinds.add(entry(latin, EntryType.FILE, 7, 1, 1, NONE));
        kinds.add(entry(longPath, EntryType.DIRECTORY, 2_097_151, 0, 0, NONE));
        kinds.add(entry(RawName.of("é"), EntryType.FIFO, 2_097_152, 8_589_934_591L, 0, NONE));
        kinds.add(
                entry(RawName.of("l"), EntryType.SYMLINK, 4_294_967_294L, -2, 499_999_999, latin));
        kinds.add(
                entry(
                        RawName.of("m"),
                        EntryType.SYMLINK,
                        0,
                        8_589_934_592L,
                        500_000_000,
                        longPath));
        kinds.add(TarEntry.of(RawName.of("h"), EntryType.FILE).asHardLinkTo(RawName.of("a")));
        kinds.add(
                new TarEntry(
                        RawName.of("d"),
                        EntryType.BLOCK_DEVICE,
                        0660,
                        0,
                        6,
                        0,
                        0,
                        0,
                        NONE,
                        259,
                        70_000,
                        List.of()));
        kinds.add(
                TarEntry.of(RawName.of("x"), EntryType.DIRECTORY)
                        .withXattrs(
                                List.of(
                                        new Xattr(RawName.of("user.%25=\n%é"), allBytes()),
                                        new Xattr(RawName.of("user.empty"), NONE))));
        return kinds;
    }

    private static byte[] allBytes() {
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        return all;
    }

    private static byte[] tar(List<TarEntry> entries) throws IOException {
        var out = new ByteArrayOutputStream();
        try (TarWriter writer = new TarWriter(out)) {
            for (TarEntry entry : entries) {
                writer.begin(entry);
                writer.writeZeros(entry.bytes());
            }
        }
        return out.toByteArray();
    }

    private static List<TarEntry> read(byte[] tar) throws IOException {
        TarReader reader = new TarReader(new ByteArrayInputStream(tar), "t", TarLimits.DEFAULT);
        List<TarEntry> entries = new ArrayList<>();
        for (TarEntry next = reader.next(); next != null; next = reader.next()) {
            entries.add(next);
        }
        return entries;
    }

    @Test
    void keepsTheBytesOfVersion1() throws IOException {
        String golden;
        try (InputStream in =
                Objects.requireNonNull(
                        TarFormatTest.class.getResourceAsStream("/golden/tar-v1/kinds.tar.hex"),
                        "golden file; the bytes now are\n" + lines(tar(kinds())))) {
            golden = new String(in.readAllBytes(), ISO_8859_1);
        }
        assertThat(lines(tar(kinds()))).isEqualTo(golden);
    }

    /// Hex of 32 bytes a line; lines of zeros are counted.
    private static String lines(byte[] bytes) {
        var text = new StringBuilder();
        int zeros = 0;
        for (int at = 0; at < bytes.length; at += 32) {
            byte[] line = Arrays.copyOfRange(bytes, at, at + 32);
            if (Arrays.equals(line, new byte[32])) {
                zeros++;
                continue;
            }
            if (zeros > 0) {
                text.append(zeros).append(" x zeros\n");
                zeros = 0;
            }
            text.append(HexFormat.of().formatHex(line)).append('\n');
        }
        return text.append(zeros).append(" x zeros\n").toString();
    }

    @Test
    void readsBackEachKindAndWritesTheSameBytesAgain() throws IOException {
        byte[] tar = tar(kinds());

        List<TarEntry> entries = read(tar);

        assertThat(entries).isEqualTo(kinds());
        assertThat(tar(entries)).isEqualTo(tar);
    }

    @Test
    void readsBackWhateverAnEntryCanBe() throws IOException {
        long seed = Long.getLong("siltstone.tar.seed", 1);
        SplittableRandom random = new SplittableRandom(seed);
        List<TarEntry> entries = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            entries.add(random(random));
        }

        byte[] tar = tar(entries);

        assertThat(read(tar)).as("-Dsiltstone.tar.seed=%d", seed).isEqualTo(entries);
        assertThat(tar(read(tar))).isEqualTo(tar);
    }

    private static TarEntry random(SplittableRandom random) {
        EntryType[] types = EntryType.values();
        EntryType type = types[random.nextInt(types.length)];
        int bits = random.nextInt(1, 62);
        List<Xattr> xattrs = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0 && type != EntryType.HARD_LINK; i--) {
            xattrs.add(new Xattr(name(random, random.nextInt(1, 200)), bytes(random)));
        }
        xattrs.sort((a, b) -> Arrays.compareUnsigned(a.name(), b.name()));
        return new TarEntry(
                path(random),
                type,
                random.nextInt(010000),
                random.nextLong(1L << random.nextInt(1, 33)),
                random.nextLong(1L << random.nextInt(1, 33)),
                type == EntryType.FILE ? random.nextInt(2000) : 0,
                random.nextLong(-(1L << bits), 1L << bits),
                random.nextBoolean() ? 0 : random.nextInt(1_000_000_000),
                type.isLink() ? path(random) : NONE,
                type.isDevice() ? random.nextInt(1 << random.nextInt(1, 21)) : 0,
                type.isDevice() ? random.nextInt(1 << random.nextInt(1, 21)) : 0,
                xattrs);
    }

    private static byte[] path(SplittableRandom random) {
        byte[] path = name(random, random.nextInt(1, 256));
        for (int i = random.nextInt(5); i > 0; i--) {
            path = RawName.join(path, name(random, random.nextInt(3, 256)));
        }
        return path;
    }

    private static byte[] name(SplittableRandom random, int length) {
        byte[] name = new byte[length];
        for (int i = 0; i < length; i++) {
            do {
                name[i] = (byte) random.nextInt(random.nextInt(8) == 0 ? 256 : 128);
            } while (name[i] == 0 || name[i] == '/' || name[i] == '.');
        }
        return name;
    }

    private static byte[] bytes(SplittableRandom random) {
        byte[] bytes = new byte[random.nextInt(300)];
        random.nextBytes(bytes);
        return bytes;
    }

    @Test
    void saysWhatNoTarHasAPlaceFor() {
        TarEntry device =
                new TarEntry(
                        RawName.of("d"),
                        EntryType.CHARACTER_DEVICE,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        NONE,
                        1,
                        -1,
                        List.of());

        assertThatThrownBy(() -> TarFormat.encode(device))
                .isInstanceOf(TarException.class)
                .hasMessageContaining("d: tar has no place for device 1:-1");
    }

    @Test
    void refusesContentThatIsLongerOrShorterThanTheHeaderSays() throws IOException {
        TarEntry file =
                new TarEntry(
                        RawName.of("f"), EntryType.FILE, 0, 0, 0, 10, 0, 0, NONE, 0, 0, List.of());
        TarWriter writer = new TarWriter(new ByteArrayOutputStream());
        writer.begin(file);
        assertThatThrownBy(() -> writer.writeZeros(11)).hasMessageContaining("1 bytes more");
        writer.writeZeros(9);
        assertThatThrownBy(() -> writer.begin(file)).hasMessageContaining("1 bytes less");
    }

    @Test
    void noPathOfAnEntryLeadsOut() {
        for (String path : List.of("..", "a/..", "/a", "a//b", ".", "a/./b", "a/", "a\0b")) {
            assertThatThrownBy(() -> TarEntry.of(RawName.of(path), EntryType.DIRECTORY))
                    .as(path)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
