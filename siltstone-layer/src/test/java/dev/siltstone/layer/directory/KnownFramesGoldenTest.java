package dev.siltstone.layer.directory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.siltstone.io.SimulatedDisk;
import dev.siltstone.layer.Digest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/// The bytes of version 1; whatever lies between the second row and the checksum are zeros.
class KnownFramesGoldenTest {
    private static final Path FILE = Path.of("/memory/a.frames");
    private static final int SHOWN_BYTES =
            KnownFramesFormat.HEADER_BYTES + 2 * KnownFramesFormat.ROW_BYTES;
    private static final String GOLDEN =
            "53494c5446524d5300000001000000000000000000000002"
                    + "0303030303030303030303030303030303030303030303030303030303030303"
                    + "00000000ac08317c"
                    + "0101010101010101010101010101010101010101010101010101010101010101"
                    + "000080000000000700000000000000010000000000000001"
                    + "0202020202020202020202020202020202020202020202020202020202020202"
                    + "001000000000000000000000000000090000000000000000";
    private static final String CRC = "bae53651";

    private static Digest digest(int value) {
        byte[] bytes = new byte[Digest.BYTES];
        Arrays.fill(bytes, (byte) value);
        return Digest.of(bytes);
    }

    private static final KnownFrame RUN = new KnownFrame(digest(1), 1 << 15, 7, 1, 1);
    private static final KnownFrame DATA = new KnownFrame(digest(2), 1 << 20, 0, 9, 0);

    @Test
    void writesWhatItAlwaysWroteAndReadsIt() throws IOException {
        SimulatedDisk disk = new SimulatedDisk();
        disk.createDirectories(FILE.getParent());
        try (KnownFramesWriter writer = new KnownFramesWriter(disk, FILE)) {
            writer.add(RUN);
            writer.add(DATA);
            writer.commit(digest(3));
        }
        byte[] bytes = disk.bytes(FILE);

        assertThat(HexFormat.of().formatHex(bytes, 0, SHOWN_BYTES)).isEqualTo(GOLDEN);
        assertThat(HexFormat.of().formatHex(bytes, bytes.length - 4, bytes.length)).isEqualTo(CRC);
        for (int i = SHOWN_BYTES; i < bytes.length - 4; i++) {
            assertThat(bytes[i]).isZero();
        }
        try (KnownFramesReader reader = KnownFramesReader.open(disk, FILE)) {
            assertThat(reader.identity()).isEqualTo(digest(3));
            assertThat(reader.row(0)).isEqualTo(RUN);
            assertThat(reader.row(1)).isEqualTo(DATA);
            assertThat(reader.row(2)).isNull();
        }
    }
}
