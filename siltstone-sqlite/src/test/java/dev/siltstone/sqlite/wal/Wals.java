package dev.siltstone.sqlite.wal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.TreeMap;

/// WALs to test with: by SQLite itself, or made by hand.
final class Wals {
    private Wals() {}

    /// What SQLite wrote, and what it says about it.
    ///
    /// @param wal bytes of the `-wal` file
    /// @param committed SQLite's number of the last committed frame
    /// @param database bytes of the database once everything was checkpointed
    record Written(byte[] wal, long committed, byte[] database) {}

    /// Lets the SQLite of this process write.
    static Written write(Path database, int pageSize, int transactions) throws Exception {
        try (Connection connection = connect(database)) {
            try (Statement sql = connection.createStatement()) {
                sql.execute("PRAGMA page_size=" + pageSize);
                sql.execute("PRAGMA journal_mode=WAL");
                sql.execute("PRAGMA wal_autocheckpoint=0");
                sql.execute("CREATE TABLE t(n INTEGER PRIMARY KEY, v BLOB)");
                for (int i = 0; i < transactions; i++) {
                    sql.execute(
                            "INSERT INTO t(v) VALUES(randomblob(%d)), (zeroblob(%d))"
                                    .formatted(pageSize * 2 + i, 10 * i));
                    sql.execute("UPDATE t SET v = 'changed' WHERE n = " + (i / 2 + 1));
                }
            }
            long committed = committed(connection);
            byte[] wal = Files.readAllBytes(walOf(database));
            checkpoint(connection, "TRUNCATE");
            return new Written(wal, committed, Files.readAllBytes(database));
        }
    }

    static Connection connect(Path database) throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + database);
    }

    static Path walOf(Path database) {
        return database.resolveSibling(database.getFileName() + "-wal");
    }

    static long committed(Connection connection) throws SQLException {
        return checkpoint(connection, "NOOP");
    }

    static long checkpoint(Connection connection, String mode) throws SQLException {
        try (Statement sql = connection.createStatement();
                ResultSet row = sql.executeQuery("PRAGMA wal_checkpoint(" + mode + ")")) {
            row.next();
            return row.getLong(2);
        }
    }

    /// Collects the last version of each page, up to the last commit's size.
    static final class Pages implements FrameSink {
        final TreeMap<Long, byte[]> pages = new TreeMap<>();
        long frames;
        long commits;
        long size;

        @Override
        public void frame(long frame, long pgno, long commitPages, ByteBuffer page)
                throws IOException {
            byte[] bytes = new byte[page.remaining()];
            page.get(bytes);
            pages.put(pgno, bytes);
            frames++;
            if (commitPages != 0) {
                commits++;
                size = commitPages;
            }
        }
    }

    /// Returns the same log with its checksums over words of the other order.
    static byte[] inOrder(ByteOrder order, byte[] wal) {
        ByteBuffer to = ByteBuffer.wrap(wal.clone());
        int magic =
                order == ByteOrder.BIG_ENDIAN
                        ? WalFormat.MAGIC_BIG_ENDIAN
                        : WalFormat.MAGIC_LITTLE_ENDIAN;
        to.putInt(0, magic);
        WalChecksum sum = new WalChecksum();
        sum.add(to, 0, WalFormat.HEADER_SUMMED_BYTES, order);
        to.putInt(24, sum.sum1()).putInt(28, sum.sum2());
        int pageSize = to.getInt(WalFormat.PAGE_SIZE_OFFSET);
        int frameBytes = WalFormat.FRAME_HEADER_BYTES + pageSize;
        for (int at = WalFormat.HEADER_BYTES; at + frameBytes <= wal.length; at += frameBytes) {
            sum.add(to, at, WalFormat.FRAME_SUMMED_BYTES, order);
            sum.add(to, at + WalFormat.FRAME_HEADER_BYTES, pageSize, order);
            to.putInt(at + 16, sum.sum1()).putInt(at + 20, sum.sum2());
        }
        return to.array();
    }

    /// Makes a log of pages of 512 bytes.
    ///
    /// @param commits which frames end a commit: 0 none, otherwise the pages of the database
    static byte[] make(int salt1, int salt2, long... commits) {
        int frameBytes = WalFormat.FRAME_HEADER_BYTES + 512;
        ByteBuffer wal = ByteBuffer.allocate(WalFormat.HEADER_BYTES + frameBytes * commits.length);
        wal.putInt(WalFormat.MAGIC_LITTLE_ENDIAN).putInt(WalFormat.VERSION).putInt(512).putInt(1);
        wal.putInt(salt1).putInt(salt2).putLong(0);
        for (int i = 0; i < commits.length; i++) {
            wal.putInt(i % 3 + 1).putInt((int) commits[i]);
            wal.putInt(salt1).putInt(salt2).putLong(0);
            for (int b = 0; b < 512; b++) {
                wal.put((byte) (b * 7 + i));
            }
        }
        return inOrder(ByteOrder.LITTLE_ENDIAN, wal.array());
    }
}
