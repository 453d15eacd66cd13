package dev.siltstone.sqlite.wal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class WalChecksumTest {
    private static final int BYTES = 4096;

    /// As SQLite's file format says: "for i from 0 to n-1 step 2: s0 += x(i) + s1; s1 += x(i+1) + s0".
    @Test
    void addsWordsOfBothOrdersInBuffersOfBothKinds() {
        SplittableRandom random = new SplittableRandom(11);
        byte[] content = new byte[BYTES + 24];
        random.nextBytes(content);
        for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
            ByteBuffer words = ByteBuffer.wrap(content).order(order);
            int first = 7;
            int second = -9;
            for (int at = 24; at < content.length; at += 8) {
                first += words.getInt(at) + second;
                second += words.getInt(at + 4) + first;
            }
            ByteBuffer direct = ByteBuffer.allocateDirect(content.length).put(content).clear();
            for (ByteBuffer buffer : List.of(words, direct.order(order))) {
                WalChecksum checksum = new WalChecksum();
                checksum.seed(7, -9);
                checksum.add(buffer, 24, BYTES);
                assertThat(checksum.is(first, second)).as("%s", buffer).isTrue();
            }
        }
    }
}
