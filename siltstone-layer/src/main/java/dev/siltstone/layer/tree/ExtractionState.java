package dev.siltstone.layer.tree;

import dev.siltstone.layer.tar.TarEntry;
import dev.siltstone.layer.tar.TarFormat;
import dev.siltstone.layer.tar.TarLimits;
import dev.siltstone.layer.tar.TarReader;
import dev.siltstone.layer.tar.TarWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// How far an extraction has come, durably. Everything is big-endian.
///
/// | bytes | field       | meaning                                                                        |
/// |------:|-------------|--------------------------------------------------------------------------------|
/// |     8 | magic       | `SILTPULL`                                                                     |
/// |     4 | version     | 1                                                                              |
/// |     4 | crc32c      | of all that follows                                                            |
/// |     8 | inode       | of the hidden directory: another one there is an old tree, to be removed       |
/// |     8 | tarPosition | byte of the tar before which all entries are made                              |
/// |     8 | entries     | their number                                                                   |
/// |     4 | identity    | length, then the bytes by which the caller knows the layer again               |
/// |     4 | last        | length, then the path of the last entry made                                   |
/// |     4 | directories | length, then a tar of the directories on the way to it, whose attributes are not yet set |
///
/// @param directories from the root down
record ExtractionState(
        byte[] identity,
        long inode,
        long tarPosition,
        long entries,
        byte[] last,
        List<TarEntry> directories) {
    static final int BYTES_MAX = 64 << 20;
    private static final long MAGIC = 0x53494C5450554C4CL;
    private static final int VERSION = 1;
    private static final int CRC_START = 16;

    ByteBuffer encode() throws IOException {
        var tar = new ByteArrayOutputStream();
        try (TarWriter writer = new TarWriter(tar)) {
            for (TarEntry directory : directories) {
                writer.begin(directory);
            }
        }
        int bytes = CRC_START + 24 + 12 + identity.length + last.length + tar.size();
        ByteBuffer state = ByteBuffer.allocate(bytes);
        state.putLong(MAGIC).putInt(VERSION).putInt(0);
        state.putLong(inode).putLong(tarPosition).putLong(entries);
        state.putInt(identity.length).put(identity).putInt(last.length).put(last);
        state.putInt(tar.size()).put(tar.toByteArray());
        state.putInt(12, crc(state));
        return state.clear();
    }

    private static int crc(ByteBuffer state) {
        CRC32C crc = new CRC32C();
        crc.update(state.slice(CRC_START, state.capacity() - CRC_START));
        return (int) crc.getValue();
    }

    /// Decodes a whole state file.
    ///
    /// @return `null` if it is none, or damaged: the extraction begins anew
    static @Nullable ExtractionState decode(ByteBuffer state) throws IOException {
        boolean whole =
                state.capacity() > CRC_START
                        && state.getLong(0) == MAGIC
                        && state.getInt(8) == VERSION
                        && state.getInt(12) == crc(state);
        if (!whole) {
            return null;
        }
        try {
            state.position(CRC_START);
            long inode = state.getLong();
            long tarPosition = state.getLong();
            long entries = state.getLong();
            byte[] identity = sized(state);
            byte[] last = sized(state);
            byte[] tar = sized(state);
            return new ExtractionState(
                    identity, inode, tarPosition, entries, last, directories(tar));
        } catch (BufferUnderflowException e) {
            return null;
        }
    }

    private static byte[] sized(ByteBuffer state) {
        int bytes = state.getInt();
        if (bytes < 0 || bytes > state.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] sized = new byte[bytes];
        state.get(sized);
        return sized;
    }

    private static List<TarEntry> directories(byte[] tar) throws IOException {
        TarReader reader = new TarReader(new ByteArrayInputStream(tar), "state", TarLimits.DEFAULT);
        List<TarEntry> directories = new ArrayList<>();
        for (TarEntry entry = reader.next(); entry != null; entry = reader.next()) {
            directories.add(entry);
        }
        assert tar.length >= TarFormat.END_BYTES;
        return directories;
    }
}
