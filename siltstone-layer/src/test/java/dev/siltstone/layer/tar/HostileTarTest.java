package dev.siltstone.layer.tar;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.siltstone.io.posix.RawName;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Archives made by somebody who means harm, or broken on the way.
class HostileTarTest {
    private static final TarLimits SMALL = new TarLimits(3, 1000, 1500, 300, 4096, 3);

    /// A header of somebody's, with a right checksum.
    static byte[] header(String path, char type, long bytes, String link) {
        byte[] block = new byte[512];
        put(block, 0, path);
        put(block, 100, "0000644\0");
        put(block, 108, "0000000\0");
        put(block, 116, "0000000\0");
        put(block, 124, "%011o\0".formatted(bytes));
        put(block, 136, "00000000000\0");
        block[156] = (byte) type;
        put(block, 157, link);
        put(block, 257, "ustar\00000");
        return summed(block);
    }

    private static byte[] summed(byte[] block) {
        put(block, 148, "%06o\0 ".formatted(TarFormat.checksum(block, 0)));
        return block;
    }

    private static void put(byte[] block, int at, String text) {
        byte[] bytes = text.getBytes(ISO_8859_1);
        System.arraycopy(bytes, 0, block, at, bytes.length);
    }

    static byte[] tar(byte[]... parts) {
        var out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
            out.writeBytes(new byte[TarFormat.padding(part.length)]);
        }
        out.writeBytes(new byte[1024]);
        return out.toByteArray();
    }

    private static byte[] pax(String... records) {
        var content = new StringBuilder();
        for (String record : records) {
            int length = record.length() + 2;
            int digits = Integer.toString(length + 3).length();
            content.append(length + digits).append(' ').append(record).append('\n');
        }
        byte[] bytes = content.toString().getBytes(ISO_8859_1);
        var out = new ByteArrayOutputStream();
        out.writeBytes(header("pax", 'x', bytes.length, ""));
        out.writeBytes(bytes);
        out.writeBytes(new byte[TarFormat.padding(bytes.length)]);
        return out.toByteArray();
    }

    private static void assertRefused(String why, byte[] tar) {
        assertThatThrownBy(() -> readAll(tar, SMALL))
                .isInstanceOf(TarException.class)
                .hasMessageStartingWith("hostile.tar")
                .hasMessageContaining(why);
    }

    private static void readAll(byte[] tar, TarLimits limits) throws IOException {
        TarReader reader = new TarReader(new ByteArrayInputStream(tar), "hostile.tar", limits);
        byte[] content = new byte[1 << 16];
        while (reader.next() != null) {
            while (reader.left() > 0) {
                reader.read(content, 0, content.length);
            }
        }
    }

    @Test
    void pathsThatLeadOut() {
        assertRefused("the component \"..\"", tar(header("a/../../b", '0', 0, "")));
        assertRefused("the component \"..\"", tar(header("..", '5', 0, "")));
        assertRefused("an absolute path: /etc/passwd", tar(header("/etc/passwd", '0', 0, "")));
        assertRefused("the component \".\"", tar(header("a/./b", '0', 0, "")));
        assertRefused("an empty component", tar(header("a//b", '0', 0, "")));
        assertRefused("an empty path", tar(header("", '0', 0, "")));
        assertRefused("a zero byte", tar(pax("path=a\0b"), header("a", '0', 0, "")));
        assertRefused("the root of the tree as a FILE", tar(header("./.", '0', 0, "")));
        assertRefused("\"..\"", tar(pax("GNU.sparse.name=../a"), header("a", '0', 0, "")));
    }

    @Test
    void linksThatLeadOut() {
        assertRefused("a hard link to an absolute path", tar(header("a", '1', 0, "/etc/passwd")));
        assertRefused("a hard link to a path with", tar(header("a", '1', 0, "../x")));
        assertRefused("a hard link to an empty path", tar(header("a", '1', 0, "")));
        assertRefused("symbolic link of 0 bytes", tar(header("a", '2', 0, "")));
    }

    @Test
    void moreThanTheLimits() {
        byte[] file = header("a", '0', 0, "");
        assertRefused("more than 3 entries", tar(file, file, file, file));
        assertRefused("has 1001 bytes, more than 1000", tar(header("a", '0', 1001, "")));
        assertRefused(
                "all of them together",
                tar(header("a", '0', 900, ""), new byte[900], header("b", '0', 900, "")));
        assertRefused("4 directories deep", tar(header("a/b/c/d", '0', 0, "")));
        assertRefused("extended header of 4097 bytes", tar(header("p", 'x', 4097, "")));
        assertRefused(
                "extended header of %d bytes".formatted(077777777777L),
                tar(header("p", 'x', 077777777777L, "")));
        assertRefused("path of 301 bytes", tar(pax("path=" + "p".repeat(301)), file));
        assertRefused("name of 256 bytes", tar(pax("path=" + "p".repeat(256)), file));
    }

    @Test
    void sizesThatLie() {
        assertRefused(
                "is cut short", Arrays.copyOf(tar(header("a", '0', 600, ""), new byte[600]), 900));
        assertRefused("is cut short", header("a", '0', 0, ""));
        assertRefused("is a SYMLINK with 5 bytes", tar(header("a", '2', 5, "x"), new byte[5]));
        assertRefused("uid is no number", tar(pax("uid=-1"), header("a", '0', 0, "")));
        assertRefused(
                "size is no number",
                tar(pax("size=99999999999999999999"), header("a", '0', 0, "")));
        byte[] negative = header("a", '0', 0, "");
        Arrays.fill(negative, 124, 136, (byte) 0xff);
        assertRefused("size is out of range", tar(summed(negative)));
        byte[] huge = header("a", '0', 0, "");
        Arrays.fill(huge, 124, 136, (byte) 0x7f);
        huge[124] = (byte) 0x80;
        assertRefused("size is out of range", tar(summed(huge)));
    }

    @Test
    void headersThatMakeNoSense() {
        byte[] file = header("a", '0', 0, "");
        byte[] flipped = file.clone();
        flipped[3] ^= 1;
        assertRefused("checksum", tar(flipped));
        assertRefused("of the type Q", tar(header("a", 'Q', 0, "")));
        assertRefused("of the type V", tar(header("volume", 'V', 0, "")));
        assertRefused(
                "that is not `length key=value`",
                tar(header("p", 'x', 5, ""), "4 a=b".getBytes(ISO_8859_1), file));
        assertRefused(
                "longer than its header",
                tar(header("p", 'x', 6, ""), "99 a=b".getBytes(ISO_8859_1), file));
        assertRefused("no decimal time", tar(pax("mtime=1e9"), file));
        assertRefused("ends between a header and its entry", tar(pax("path=x")));
        assertRefused(
                "sets the path of all",
                tar(header("g", 'g', 10, ""), "10 path=x\n".getBytes(ISO_8859_1), file));
        assertRefused("access list as text", tar(pax("SCHILY.acl.access=user::rw-"), file));
        byte[] lone = new byte[1024];
        System.arraycopy(file, 0, lone, 512, 512);
        assertRefused("a single block of zeros", tar(lone));
        byte[] more = Arrays.copyOf(tar(file), 4096);
        more[4000] = 1;
        assertRefused("more bytes after the end", more);
    }

    @Test
    void mapsOfHolesThatLie() {
        byte[] file = header("a", '0', 512, "");
        byte[] content = new byte[512];
        assertRefused(
                "does not fit",
                tar(pax("GNU.sparse.size=900", "GNU.sparse.map=0,100"), file, content));
        assertRefused(
                "does not fit",
                tar(pax("GNU.sparse.size=400", "GNU.sparse.map=0,512"), file, content));
        assertRefused(
                "out of order",
                tar(pax("GNU.sparse.size=900", "GNU.sparse.map=100,10,50,10"), file, content));
        assertRefused(
                "no list of pairs",
                tar(pax("GNU.sparse.size=900", "GNU.sparse.map=1"), file, content));
        assertRefused(
                "no list of numbers",
                tar(pax("GNU.sparse.major=1", "GNU.sparse.realsize=900"), file, content));
    }

    @Test
    void everyFlippedBitOfAHeaderIsRefusedOrKeepsWithinTheTree() throws IOException {
        byte[] tar = tar(header("dir/a", '0', 20, ""), new byte[20]);
        for (int bit = 0; bit < 512 * 8; bit++) {
            byte[] flipped = tar.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            int at = bit;
            try {
                readAll(flipped, SMALL);
                assertThat(bit / 8)
                        .as("bit %d passed", at)
                        .isBetween(148, 155); // spelling of the sum
            } catch (TarException e) {
                assertThat(e).hasMessageContaining("byte 0");
            }
        }
    }

    @Test
    void noiseIsRefusedWithoutAskingForMemory() {
        long seed = Long.getLong("siltstone.tar.seed", 7);
        SplittableRandom random = new SplittableRandom(seed);
        byte[] template =
                tar(
                        pax("path=x", "GNU.sparse.size=900", "GNU.sparse.map=0,512"),
                        header("a", '0', 512, ""),
                        new byte[512]);
        for (int round = 0; round < 3000; round++) {
            byte[] noisy = template.clone();
            for (int i = random.nextInt(1, 6); i > 0; i--) {
                noisy[random.nextInt(noisy.length)] = (byte) random.nextInt(256);
            }
            for (int block = 0; block + 512 < 2048; block += 512) {
                if (noisy[block] != 0 && noisy[block + 156] != 0) {
                    byte[] header = Arrays.copyOfRange(noisy, block, block + 512);
                    System.arraycopy(summed(header), 0, noisy, block, 512);
                }
            }
            try {
                readAll(noisy, SMALL);
            } catch (TarException e) {
                assertThat(e.getMessage())
                        .as("-Dsiltstone.tar.seed=%d", seed)
                        .startsWith("hostile.tar");
            } catch (IOException | RuntimeException e) {
                throw new AssertionError(
                        "-Dsiltstone.tar.seed=%d round %d".formatted(seed, round), e);
            }
        }
    }

    @Test
    void leadingDotsAndClosingSlashesAreTaken() throws IOException {
        byte[] tar =
                tar(
                        header("./", '5', 0, ""),
                        header("./a/", '5', 0, ""),
                        header("old/", '\0', 0, ""));
        TarReader reader = new TarReader(new ByteArrayInputStream(tar), "t", SMALL);
        assertThat(reader.next().path()).isEmpty();
        assertThat(RawName.show(reader.next().path())).isEqualTo("a");
        assertThat(reader.next().type()).isEqualTo(EntryType.DIRECTORY);
        assertThat(reader.next()).isNull();
        assertThat(reader.next()).isNull();
    }
}
