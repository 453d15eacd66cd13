package dev.siltstone.layer;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The bytes of a placement: where the frames of one page's rows lie. No part of a layer's identity. Numbers are
/// varints ([FieldWriter]) unless said.
///
/// | field | meaning |
/// |---|---|
/// | u64 | magic `SILTPLAC` |
/// | u32 | version, 1 |
/// | n | number of packs; each as u64 began, 16 bytes random, number |
/// | n | number of rows, as in the page; for each: |
/// | index | of its pack in the table |
/// | signed | offset, less the end of the row before in the same pack (0 at first); folded: 2 x, or −2 x − 1 |
/// | bytes | packed |
final class PlacementFormat {
    static final long MAGIC = 0x53494C54504C4143L;
    static final int VERSION = 1;
    private static final int ROWS_MAX = 1 << 20;

    private PlacementFormat() {}

    static byte[] encode(List<Located> rows) {
        Map<PackKey, Integer> table = new LinkedHashMap<>();
        rows.forEach(row -> table.putIfAbsent(row.pack(), table.size()));
        FieldWriter out = new FieldWriter().u64(MAGIC).u32(VERSION).varint(table.size());
        table.keySet().forEach(pack -> RecordFormat.writePack(out, pack));
        out.varint(rows.size());
        int[] ends = new int[table.size()];
        for (Located row : rows) {
            Integer found = table.get(row.pack());
            int pack = found == null ? 0 : found;
            out.varint(pack).signed(row.offset() - ends[pack]).varint(row.bytes());
            ends[pack] = row.end();
        }
        return out.toBytes();
    }

    /// @param rows of the page that it belongs to
    static List<Located> decode(String object, byte[] bytes, List<FrameRow> rows)
            throws LayerDamagedException {
        FieldReader in = new FieldReader(object, bytes);
        in.magic(MAGIC, "no placement");
        in.version(VERSION, "placement");
        List<PackKey> table = new ArrayList<>();
        int packs = in.count("packs in the table", 1, ROWS_MAX);
        for (int i = 0; i < packs; i++) {
            table.add(RecordFormat.readPack(in));
        }
        in.count("number of rows", rows.size(), rows.size());
        int[] ends = new int[packs];
        List<Located> placed = new ArrayList<>();
        for (FrameRow row : rows) {
            int pack = in.count("index of a pack", 0, packs - 1);
            long offset = ends[pack] + in.signed();
            if (offset < 0 || offset > PackFormat.BYTES_MAX) {
                throw in.damaged("offset of a frame", "0 to " + PackFormat.BYTES_MAX, offset);
            }
            int length = in.count("packed bytes of a frame", 1, PackFormat.BYTES_MAX);
            placed.add(
                    new Located(
                            row.digest(), row.rawBytes(), table.get(pack), (int) offset, length));
            ends[pack] = placed.getLast().end();
        }
        in.end();
        return placed;
    }
}
