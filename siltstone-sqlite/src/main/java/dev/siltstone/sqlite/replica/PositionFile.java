package dev.siltstone.sqlite.replica;

import dev.siltstone.io.Disk;
import dev.siltstone.io.DiskFile;
import dev.siltstone.sqlite.ltx.Txid;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// A small file beside the captures that says how a database was left: which transaction its file holds, and
/// what the file looked like then. It is written when that is certain, and removed before anything changes.
///
/// | offset | bytes | field         | meaning                                                            |
/// |-------:|------:|---------------|--------------------------------------------------------------------|
/// |      0 |     8 | magic         | `SILTPOSN`                                                         |
/// |      8 |     4 | version       | 1                                                                  |
/// |     12 |     4 | crc           | CRC-32C of bytes 16 to 80                                          |
/// |     16 |     8 | txid          | the transaction after which the database file was as it is         |
/// |     24 |     8 | pages         | of the database                                                    |
/// |     32 |     4 | pageSize      | bytes                                                              |
/// |     36 |     4 | reserved      | 0                                                                  |
/// |     40 |    40 | source        | device, inode, bytes, modified, changed ([SourceIdentity])         |
final class PositionFile {
    static final String NAME = "position";

    private static final long MAGIC = 0x53494C54504F534EL;
    private static final int VERSION = 1;
    private static final int BYTES = 80;
    private static final int CRC_START = 16;

    /// How a database was left.
    record Position(Txid txid, long pages, int pageSize, SourceIdentity source) {}

    private PositionFile() {}

    /// Writes the file, durably.
    static void write(Disk disk, Path directory, Position position) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(BYTES);
        SourceIdentity source = position.source();
        bytes.putLong(MAGIC).putInt(VERSION).putInt(0);
        bytes.putLong(position.txid().value()).putLong(position.pages());
        bytes.putInt(position.pageSize()).putInt(0);
        bytes.putLong(source.device()).putLong(source.inode()).putLong(source.bytes());
        bytes.putLong(source.modifiedNanos()).putLong(source.changedNanos());
        bytes.putInt(12, crc(bytes));
        disk.createDirectories(directory);
        Path staging = directory.resolve(NAME + ".tmp");
        if (disk.exists(staging)) {
            disk.delete(staging);
        }
        try (DiskFile file = disk.create(staging)) {
            file.write(bytes.clear(), 0);
            file.force();
        }
        disk.rename(staging, directory.resolve(NAME));
        disk.forceDirectory(directory);
    }

    /// Reads the file; null if there is none, or it says nothing that can be believed.
    static @Nullable Position read(Disk disk, Path directory) throws IOException {
        Path path = directory.resolve(NAME);
        if (!disk.exists(path)) {
            return null;
        }
        ByteBuffer bytes = ByteBuffer.allocate(BYTES);
        try (DiskFile file = disk.openForReading(path)) {
            file.read(bytes, 0);
        }
        if (bytes.hasRemaining()
                || bytes.getLong(0) != MAGIC
                || bytes.getInt(8) != VERSION
                || bytes.getInt(12) != crc(bytes)) {
            return null;
        }
        return new Position(
                new Txid(bytes.getLong(16)),
                bytes.getLong(24),
                bytes.getInt(32),
                new SourceIdentity(
                        bytes.getLong(40),
                        bytes.getLong(48),
                        bytes.getLong(56),
                        bytes.getLong(64),
                        bytes.getLong(72)));
    }

    /// Removes the file, durably: from now on the database changes.
    static void remove(Disk disk, Path directory) throws IOException {
        Path path = directory.resolve(NAME);
        if (disk.exists(path)) {
            disk.delete(path);
            disk.forceDirectory(directory);
        }
    }

    private static int crc(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.slice(CRC_START, BYTES - CRC_START));
        return (int) crc.getValue();
    }
}
