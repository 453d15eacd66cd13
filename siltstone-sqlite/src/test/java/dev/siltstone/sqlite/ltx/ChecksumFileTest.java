package dev.siltstone.sqlite.ltx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.siltstone.io.RealDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChecksumFileTest {
    private static final int PAGE = 512;

    @TempDir private Path directory;
    private final RealDisk disk = new RealDisk();
    private final SplittableRandom random = new SplittableRandom(12);

    @Test
    void aNewFileMustBeBuilt() throws IOException {
        try (ChecksumFile file = open()) {
            assertThat(file.mustBeRebuilt()).isTrue();
            assertThatThrownBy(() -> file.set(1, PageChecksum.FLAG))
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(file::checksum).isInstanceOf(IllegalStateException.class);
        }
        try (ChecksumFile file = open()) {
            assertThat(file.mustBeRebuilt()).isTrue();
        }
    }

    @Test
    void followsADatabaseThatGrowsAndShrinks() throws IOException {
        Map<Long, byte[]> database = new TreeMap<>();
        ChecksumFile file = open();
        file.rebuild();
        for (long txid = 1; txid <= 200; txid++) {
            long commit = random.nextLong(1, txid < 198 ? 300 : 40_000);
            for (long pgno = 1; pgno <= commit; pgno++) {
                if (!database.containsKey(pgno) || random.nextInt(10) == 0) {
                    byte[] page = new byte[PAGE];
                    page[0] = (byte) random.nextInt();
                    database.put(pgno, page);
                    file.set(pgno, PageChecksum.of(pgno, ByteBuffer.wrap(page)));
                }
            }
            database.keySet().removeIf(pgno -> pgno > commit);
            file.advance(new Txid(txid), commit);
            assertThat(file.checksum()).as("transaction %d", txid).isEqualTo(checksum(database));
            if (txid % 20 == 0) {
                file.close();
                file = open();
                assertThat(file.mustBeRebuilt()).isFalse();
                assertThat(file.txid()).isEqualTo(new Txid(txid));
                assertThat(file.commit()).isEqualTo(commit);
                assertThat(file.checksum()).isEqualTo(checksum(database));
                assertThat(file.page(commit + 1)).isZero();
            }
        }
        file.close();
    }

    private static long checksum(Map<Long, byte[]> database) {
        DatabaseChecksum sum = new DatabaseChecksum(PAGE);
        database.forEach((pgno, page) -> sum.add(pgno, ByteBuffer.wrap(page)));
        return sum.value();
    }

    @Test
    void mustBeRebuiltUnlessItWasClosedCleanly() throws IOException {
        Path path = filled(3);
        byte[] clean = Files.readAllBytes(path);
        try (ChecksumFile file = open()) {
            assertThat(file.mustBeRebuilt()).isFalse();
            assertThat(Files.readAllBytes(path)).as("opened, not changed").isEqualTo(clean);
            file.set(2, PageChecksum.FLAG | 22);
            byte[] dying = Files.readAllBytes(path);
            Files.write(directory.resolve("other"), dying);
            file.advance(new Txid(8), 3);
        }
        try (ChecksumFile other = ChecksumFile.open(disk, directory.resolve("other"), PAGE)) {
            assertThat(other.mustBeRebuilt()).isTrue();
            other.rebuild();
            other.set(1, PageChecksum.FLAG | 1);
            other.advance(new Txid(9), 1);
            assertThat(other.checksum()).isEqualTo(PageChecksum.FLAG | 1);
        }
        try (ChecksumFile file = open()) {
            assertThat(file.txid()).isEqualTo(new Txid(8));
            file.rebuild();
            file.abandon();
        }
        try (ChecksumFile file = open()) {
            assertThat(file.mustBeRebuilt()).isTrue();
        }
    }

    @Test
    void aFileWithUnknownPagesIsNotClean() throws IOException {
        try (ChecksumFile file = open()) {
            file.rebuild();
            file.set(1, PageChecksum.FLAG | 1);
            file.advance(Txid.FIRST, 2);
            assertThat(file.isComplete()).isFalse();
            assertThatThrownBy(file::checksum)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("knows 1 of 2 pages");
        }
        try (ChecksumFile file = open()) {
            assertThat(file.mustBeRebuilt()).isTrue();
        }
    }

    @Test
    void mustBeRebuiltAfterAnyFlippedBit() throws IOException {
        Path path = filled(3);
        byte[] clean = Files.readAllBytes(path);
        int used = 64 + 3 * 8;
        for (int bit = 0; bit < used * 8; bit++) {
            byte[] flipped = clean.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            Files.write(path, flipped);
            try (ChecksumFile file = open()) {
                boolean onlyTheFlag = bit / 8 >= 64 && bit % 64 == 7;
                assertThat(file.mustBeRebuilt() || onlyTheFlag).as("bit %d", bit).isTrue();
            }
        }
        Files.write(path, new byte[10]);
        try (ChecksumFile file = open()) {
            assertThat(file.mustBeRebuilt()).isTrue();
        }
    }

    @Test
    void isOfOnePageSize() throws IOException {
        Path path = filled(3);
        try (ChecksumFile file = ChecksumFile.open(disk, path, 1024)) {
            assertThat(file.mustBeRebuilt()).isTrue();
        }
    }

    @Test
    void leavesTheLockPageOut() throws IOException {
        long lockPage = LtxFormat.lockPage(65536);
        Path path = directory.resolve("large");
        try (ChecksumFile file = ChecksumFile.open(disk, path, 65536)) {
            file.rebuild();
            long sum = 0;
            for (long pgno = 1; pgno <= lockPage + 1; pgno++) {
                file.set(pgno, PageChecksum.FLAG | pgno);
                sum ^= pgno == lockPage ? 0 : pgno;
            }
            file.advance(Txid.FIRST, lockPage + 1);
            assertThat(file.checksum()).isEqualTo(PageChecksum.FLAG | sum);
            assertThat(file.page(lockPage)).isZero();
        }
        try (ChecksumFile file = ChecksumFile.open(disk, path, 65536)) {
            assertThat(file.mustBeRebuilt()).isFalse();
        }
    }

    private Path filled(long pages) throws IOException {
        try (ChecksumFile file = open()) {
            file.rebuild();
            for (long pgno = 1; pgno <= pages; pgno++) {
                file.set(pgno, PageChecksum.FLAG | pgno * 1000);
            }
            file.advance(new Txid(7), pages);
        }
        return directory.resolve("checksums");
    }

    private ChecksumFile open() throws IOException {
        return ChecksumFile.open(disk, directory.resolve("checksums"), PAGE);
    }
}
