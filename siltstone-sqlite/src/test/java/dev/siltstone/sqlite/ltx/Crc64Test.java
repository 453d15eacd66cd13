package dev.siltstone.sqlite.ltx;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class Crc64Test {
    private final SplittableRandom random = new SplittableRandom(64);

    @Test
    void hasTheCheckValueOfCrc64GoIso() {
        byte[] bytes = "123456789".getBytes(US_ASCII);

        assertThat(Crc64.value(Crc64.update(Crc64.START, bytes, 0, 9)))
                .isEqualTo(0xB90956C775A41001L);
    }

    @Test
    void isTheSameForAnyKindOfBufferAndAnyCut() {
        byte[] bytes = new byte[5000];
        random.nextBytes(bytes);
        ByteBuffer direct = ByteBuffer.allocateDirect(5000).put(bytes);
        for (int length : new int[] {0, 1, 7, 8, 9, 15, 16, 17, 63, 64, 65, 511, 512, 4097}) {
            for (int from = 0; from < 20; from++) {
                long slow = Crc64.START;
                for (int i = 0; i < length; i++) {
                    slow = bitwise(slow, bytes[from + i]);
                }
                assertThat(Crc64.update(Crc64.START, bytes, from, length)).isEqualTo(slow);
                assertThat(Crc64.update(Crc64.START, ByteBuffer.wrap(bytes), from, length))
                        .isEqualTo(slow);
                assertThat(Crc64.update(Crc64.START, direct, from, length)).isEqualTo(slow);
                int cut = random.nextInt(length + 1);
                long first = Crc64.update(Crc64.START, bytes, from, cut);
                long second = Crc64.update(0, bytes, from + cut, length - cut);
                assertThat(Crc64.shift(first, length - cut) ^ second).isEqualTo(slow);
            }
        }
    }

    @Test
    void addsNumbersAsTheirBytes() {
        byte[] bytes = {0x12, 0x34, (byte) 0xF6, 0x78, (byte) 0x9A, 0x0B};

        assertThat(Crc64.updateBigEndian(Crc64.START, 0x1234F6789A0BL, 6))
                .isEqualTo(Crc64.update(Crc64.START, bytes, 0, 6));
    }

    @Test
    void walksOverAPageOnce() {
        for (int pageSize = 512; pageSize <= 65536; pageSize *= 2) {
            byte[] bytes = new byte[4 + pageSize];
            random.nextBytes(bytes);
            ByteBuffer all = ByteBuffer.wrap(bytes);
            long pgno = Integer.toUnsignedLong(all.getInt(0));
            long crc = Crc64.value(Crc64.update(Crc64.START, bytes, 0, bytes.length));
            ByteBuffer page = all.slice(4, pageSize);
            ByteBuffer direct = ByteBuffer.allocateDirect(pageSize + 30).position(20);
            direct.put(bytes, 4, pageSize).flip().position(20);
            assertThat(PageChecksum.of(pgno, direct)).isEqualTo(PageChecksum.FLAG | crc);

            assertThat(PageChecksum.of(pgno, page)).isEqualTo(PageChecksum.FLAG | crc);
            assertThat(page.remaining()).isEqualTo(pageSize);
        }
    }

    private static long bitwise(long state, byte b) {
        long s = state ^ b & 0xFF;
        for (int i = 0; i < 8; i++) {
            s = (s & 1) != 0 ? s >>> 1 ^ 0xD800000000000000L : s >>> 1;
        }
        return s;
    }
}
