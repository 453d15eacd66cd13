package dev.siltstone.sqlite.wal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class WalFormatTest {
    private static final byte[] WAL = Wals.make(0x01020304, 0x0A0B0C0D, 0, 3);

    @Test
    void decodesWhatItEncoded() {
        WalHeaderFound found = WalFormat.decodeHeader(ByteBuffer.wrap(WAL));

        WalHeader header = ((WalHeaderFound.Valid) found).header();
        assertThat(header.wordOrder()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
        assertThat(header.pageSize()).isEqualTo(512);
        assertThat(header.checkpointSequence()).isEqualTo(1);
        assertThat(header.salt1()).isEqualTo(0x01020304);
        assertThat(header.salt2()).isEqualTo(0x0A0B0C0D);
        assertThat(WalFormat.encode(header)).isEqualTo(ByteBuffer.wrap(WAL, 0, 32));
        ByteBuffer frame = ByteBuffer.wrap(WAL, 32 + 536, 24);
        WalFrame second = WalFormat.decodeFrame(2, frame);
        assertThat(second.pgno()).isEqualTo(2);
        assertThat(second.commitPages()).isEqualTo(3);
        assertThat(WalFormat.encode(second)).isEqualTo(frame);
    }

    @Test
    void aFileShorterThanAHeaderHasNone() {
        for (int length = 0; length < 32; length++) {
            assertThat(WalFormat.decodeHeader(ByteBuffer.wrap(WAL, 0, length)))
                    .isEqualTo(new WalHeaderFound.Absent(length));
        }
    }

    @Test
    void findsEveryFlippedBitOfTheHeader() {
        for (int bit = 0; bit < 32 * 8; bit++) {
            byte[] flipped = WAL.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(WalFormat.decodeHeader(ByteBuffer.wrap(flipped)))
                    .as("bit %d", bit)
                    .isInstanceOf(WalHeaderFound.Damaged.class);
        }
    }

    @Test
    void namesWhatIsNoHeader() {
        WalHeaderFound found = WalFormat.decodeHeader(ByteBuffer.allocate(32));

        assertThat(found)
                .isEqualTo(
                        new WalHeaderFound.Damaged(
                                0, "no header of a WAL", "magic 377f0682 or 377f0683", "00000000"));
    }

    @Test
    void refusesAPageSizeThatSqliteRefuses() {
        for (int pageSize : new int[] {0, 1, 256, 1000, 131072, -1}) {
            ByteBuffer bytes = ByteBuffer.wrap(WAL.clone(), 0, 32).putInt(8, pageSize);
            WalChecksum sum = new WalChecksum();
            sum.add(bytes, 0, 24, ByteOrder.LITTLE_ENDIAN);
            bytes.putInt(24, sum.sum1()).putInt(28, sum.sum2());
            assertThat(WalFormat.decodeHeader(bytes))
                    .isInstanceOfSatisfying(
                            WalHeaderFound.Damaged.class,
                            damaged -> assertThat(damaged.filePosition()).isEqualTo(8));
        }
    }
}
