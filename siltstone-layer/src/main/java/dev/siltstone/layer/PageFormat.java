package dev.siltstone.layer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The bytes of a page of a manifest: rows, one for each frame, in the order of the tar. There is one way only to
/// write a page, so that equal trees have equal pages. Numbers are varints ([FieldWriter]) unless said.
///
/// | field | meaning |
/// |---|---|
/// | u64 | magic `SILTPAGE` |
/// | u32 | version, 1 |
/// | n | number of rows, at least 1; for each: |
/// | 32 bytes | digest of the frame |
/// | rawBytes, repeat | of the frame; how often it stands there |
/// | n | number of entries that begin in it; for each: |
/// | shared, sized | bytes of the path that are those of the path before in this page (0 for its first; never fewer than are alike); the rest |
/// | offset | of its header in the frame |
/// | n | number of holes; for each: bytes from the end of the one before (of the first: from 0), length |
///
/// A page ends after a row whose digest says so ([Cuts#endsPage]), and after the last.
final class PageFormat {
    static final long MAGIC = 0x53494C5450414745L;
    static final int VERSION = 1;
    private static final int ROWS_MAX = 1 << 20;

    private PageFormat() {}

    static byte[] encode(List<FrameRow> rows) {
        FieldWriter out = new FieldWriter().u64(MAGIC).u32(VERSION).varint(rows.size());
        byte[] path = new byte[0];
        for (FrameRow row : rows) {
            out.digest(row.digest()).varint(row.rawBytes()).varint(row.repeat());
            out.varint(row.entries().size());
            for (FrameEntry entry : row.entries()) {
                write(out, entry, path);
                path = entry.path().bytes();
            }
        }
        return out.toBytes();
    }

    private static int shared(byte[] path, byte[] before) {
        int mismatch = Arrays.mismatch(path, before);
        return mismatch < 0 ? path.length : mismatch;
    }

    private static void write(FieldWriter out, FrameEntry entry, byte[] before) {
        byte[] path = entry.path().bytes();
        int shared = shared(path, before);
        out.varint(shared).varint(path.length - shared).raw(path, shared, path.length - shared);
        out.varint(entry.offset()).varint(entry.holes().size());
        long end = 0;
        for (Hole hole : entry.holes()) {
            out.varint(hole.start() - end).varint(hole.bytes());
            end = hole.end();
        }
    }

    static List<FrameRow> decode(String object, byte[] bytes) throws LayerDamagedException {
        FieldReader in = new FieldReader(object, bytes);
        in.magic(MAGIC, "no page of a manifest");
        in.version(VERSION, "page");
        int count = in.count("number of rows", 1, ROWS_MAX);
        List<FrameRow> rows = new ArrayList<>();
        byte[] path = new byte[0];
        for (int i = 0; i < count; i++) {
            Digest digest = in.digest();
            int rawBytes = in.count("bytes of a frame", 1, Frames.RAW_BYTES_MAX);
            long repeat = in.number("repeats of a frame", 1, FrameRow.REPEAT_MAX);
            int entries = in.count("entries of a row", 0, repeat > 1 ? 0 : FrameRow.ENTRIES_MAX);
            List<FrameEntry> decoded = new ArrayList<>();
            for (int entry = 0; entry < entries; entry++) {
                decoded.add(entry(in, path, rawBytes));
                path = decoded.getLast().path().bytes();
            }
            rows.add(new FrameRow(digest, rawBytes, repeat, decoded));
        }
        in.end();
        return rows;
    }

    private static FrameEntry entry(FieldReader in, byte[] before, int rawBytes)
            throws LayerDamagedException {
        int shared = in.count("shared bytes of a path", 0, before.length);
        byte[] rest = in.sized("path", TarPath.BYTES_MAX - shared);
        byte[] path = Arrays.copyOf(before, shared + rest.length);
        System.arraycopy(rest, 0, path, shared, rest.length);
        if (shared(path, before) != shared) {
            throw in.damaged("shared bytes of a path", shared(path, before), shared);
        }
        int offset = in.count("offset of an entry", 0, rawBytes - 1);
        List<Hole> holes = new ArrayList<>();
        int count = in.count("number of holes", 0, FrameEntry.HOLES_MAX);
        long end = 0;
        for (int i = 0; i < count; i++) {
            long start = end + in.number("start of a hole", 0, Long.MAX_VALUE - end);
            Hole hole = new Hole(start, in.number("bytes of a hole", 1, Long.MAX_VALUE - start));
            holes.add(hole);
            end = hole.end();
        }
        return new FrameEntry(TarPath.of(path), offset, holes);
    }
}
