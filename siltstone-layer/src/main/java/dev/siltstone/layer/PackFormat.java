package dev.siltstone.layer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/// The bytes of a pack: frames without gaps from 0 on, then the index. Big-endian but for the eight bytes that
/// zstd asks for: to its tools the index is a skippable frame.
///
/// | offset | bytes | field | meaning |
/// |-------:|------:|-------|---------|
/// | 0 | f | frames | [Frames], packed |
/// | f | 4 | skippable | `5E 2A 4D 18` |
/// | f + 4 | 4 | size | little-endian: bytes of the index after this field |
/// | f + 8 | 8 | magic | `SILTPACK` |
/// | f + 16 | 4 | version | 1 |
/// | f + 20 | 24 | session | `began`, the random bits; as in the key |
/// | f + 44 | 4 | number | as in the key |
/// | f + 48 | 4 | count | of frames, at least 1 |
/// | f + 52 | 44 each | rows | digest of the raw bytes: 32; packed bytes: 4; raw bytes: 4; CRC-32C of the packed bytes: 4 |
/// | then | 32 | checksum | SHA-256 of the index from `skippable` up to here |
/// | then | 4 | indexBytes | from `skippable` to the end of the pack |
final class PackFormat {
    static final long MAGIC = 0x53494C545041434BL;
    static final int VERSION = 1;
    static final int SKIPPABLE = 0x184D2A5E;
    static final int KEY_OFFSET = 20;
    static final int HEAD_BYTES = 52;
    static final int ROW_BYTES = 44;
    static final int TAIL_BYTES = Digest.BYTES + 4;

    /// No pack is larger.
    static final int BYTES_MAX = 1 << 28;

    /// No pack has more frames.
    static final int FRAMES_MAX = 1 << 16;

    /// One frame in the index.
    record Row(Located frame, int crc) {}

    private PackFormat() {}

    static int indexBytes(int frames) {
        return HEAD_BYTES + frames * ROW_BYTES + TAIL_BYTES;
    }

    static byte[] encodeIndex(PackKey key, List<Row> rows) {
        int size = indexBytes(rows.size());
        ByteBuffer skippable = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        skippable.putInt(SKIPPABLE).putInt(size - 8);
        FieldWriter out = new FieldWriter().raw(skippable.array()).u64(MAGIC).u32(VERSION);
        Session session = key.session();
        out.u64(session.began()).u64(session.high()).u64(session.low()).u32(key.number());
        out.u32(rows.size());
        for (Row row : rows) {
            Located frame = row.frame();
            out.digest(frame.digest()).u32(frame.bytes()).u32(frame.rawBytes()).u32(row.crc());
        }
        return out.digest(Hash.of(out.toBytes())).u32(size).toBytes();
    }

    /// Tells how long the index is by the last four bytes of a pack.
    static int indexBytes(PackKey key, long packBytes, byte[] tail) throws LayerDamagedException {
        int told = ByteBuffer.wrap(tail, tail.length - 4, 4).getInt();
        int rows = told - HEAD_BYTES - TAIL_BYTES;
        if (rows < ROW_BYTES
                || rows % ROW_BYTES != 0
                || rows / ROW_BYTES > FRAMES_MAX
                || told >= packBytes) {
            throw new LayerDamagedException(
                    key.toString(),
                    packBytes - 4,
                    "bytes of the index",
                    "an index of rows",
                    "" + told);
        }
        return told;
    }

    /// Returns the name that an index tells, which is not proven yet; [PackKey#NONE] if it tells none.
    static PackKey keyIn(byte[] index) {
        ByteBuffer in = ByteBuffer.wrap(index, KEY_OFFSET, HEAD_BYTES - KEY_OFFSET);
        try {
            return new PackKey(new Session(in.getLong(), in.getLong(), in.getLong()), in.getInt());
        } catch (IllegalArgumentException e) {
            return PackKey.NONE;
        }
    }

    /// Decodes the index of a pack.
    ///
    /// @param index all of it
    static List<Row> decodeIndex(PackKey key, long packBytes, byte[] index)
            throws LayerDamagedException {
        long start = packBytes - index.length;
        FieldReader in = new FieldReader(key.toString(), start, index, 0, index.length);
        int covered = index.length - TAIL_BYTES;
        Digest actual = new Hash().digest(index, 0, covered);
        Digest expected = Digest.read(ByteBuffer.wrap(index, covered, Digest.BYTES));
        if (!actual.equals(expected)) {
            throw in.damaged("checksum of the index", expected, actual);
        }
        in = new FieldReader(key.toString(), start, index, 0, covered);
        ByteBuffer skippable = ByteBuffer.wrap(in.raw(8)).order(ByteOrder.LITTLE_ENDIAN);
        if (skippable.getInt() != SKIPPABLE || skippable.getInt() != index.length - 8) {
            throw in.damaged("index", "a skippable frame of its size", "another");
        }
        in.magic(MAGIC, "not the index of a pack");
        in.version(VERSION, "pack");
        PackKey found = new PackKey(new Session(in.u64(), in.u64(), in.u64()), in.u32());
        if (!found.equals(key)) {
            throw in.damaged("name of the pack", key, found);
        }
        return rows(in, key, start);
    }

    private static List<Row> rows(FieldReader in, PackKey key, long framesEnd)
            throws LayerDamagedException {
        int count = in.u32();
        if (count != in.left() / ROW_BYTES) {
            throw in.damaged("number of frames", in.left() / ROW_BYTES, count);
        }
        List<Row> rows = new ArrayList<>(count);
        int offset = 0;
        for (int i = 0; i < count; i++) {
            Digest digest = in.digest();
            int bytes = in.u32();
            int rawBytes = in.u32();
            boolean fits = bytes > 0 && bytes <= framesEnd - offset;
            if (!fits || rawBytes < 1 || rawBytes > Frames.RAW_BYTES_MAX) {
                throw in.damaged(
                        "frame in the index", "one inside the pack", bytes + ", " + rawBytes);
            }
            rows.add(new Row(new Located(digest, rawBytes, key, offset, bytes), in.u32()));
            offset += bytes;
        }
        if (offset != framesEnd) {
            throw in.damaged("end of the frames", framesEnd, offset);
        }
        return rows;
    }
}
