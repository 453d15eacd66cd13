package dev.siltstone.layer;

import dev.siltstone.objectstore.ObjectKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// The bytes of a record of the log, the object `log/<number %020d>`. Big-endian; varints as in [FieldWriter].
///
/// | offset | bytes | field | meaning |
/// |-------:|------:|-------|---------|
/// | 0 | 8 | magic | `SILTLLOG` |
/// | 8 | 4 | version | 1 |
/// | 12 | 8 | number | also in the key |
/// | 20 | 8 | time | ms since 1970 |
/// | 28 | 32 | writer | random |
/// | 60 | 32 | previous | checksum of the record before; zeros in the first |
/// | 92 | 8 | base | number of the last record that carries a state; at most 256 before this |
/// | 100 | 4 | bodyBytes | 1 to 2³⁰ |
/// | 104 | b | body | kind (1 commit, 2 rm, 3 condemn, 4 delete, 5 gone), then as below |
/// | 104 + b | 4 | stateBytes | 0 unless base is this record |
/// | 108 + b | s | state | [StateFormat] |
/// | 108 + b + s | 32 | checksum | SHA-256 of all bytes before |
///
/// | body | fields |
/// |---|---|
/// | commit | name: text; identity: 32 bytes; flags: 1 byte (bit 0: diffId follows, bit 1: sorted, others 0); diffId: 32 bytes; tarBytes, entries, frames: varints; packs: [PackSet], all that the layer lies in; pages: varint count, each: path of its first entry (sized), manifest, placement, packs of its frames (varint count, index of each) |
/// | a frame in it | digest: 32 bytes; varints: rawBytes, index of the pack, offset, bytes |
/// | rm | name: text |
/// | condemn, delete, gone | [PackSet] |
final class RecordFormat {
    static final String PREFIX = "log/";
    static final long MAGIC = 0x53494C544C4C4F47L;
    static final int VERSION = 1;
    static final int BODY_OFFSET = 104;
    static final int BYTES_MAX = 1 << 30;
    static final int PAGES_MAX = 1 << 22;

    private static final int DIFF_ID = 1;
    private static final int SORTED = 2;

    private RecordFormat() {}

    static ObjectKey key(long number) {
        return ObjectKey.of(PREFIX + "%020d".formatted(number));
    }

    /// Returns the number that a key tells, or nothing if it is no record's.
    static OptionalLong number(ObjectKey key) {
        String digits = key.value().substring(Math.min(PREFIX.length(), key.value().length()));
        boolean isNumber = digits.length() == 20 && digits.matches("00[0-9]{18}");
        OptionalLong number =
                isNumber ? OptionalLong.of(Long.parseLong(digits)) : OptionalLong.empty();
        return isNumber && key(number.getAsLong()).equals(key) ? number : OptionalLong.empty();
    }

    static byte[] encode(LogRecord record) {
        byte[] body = encode(record.body());
        LogState state = record.state();
        byte[] stateBytes = state == null ? new byte[0] : StateFormat.encode(state);
        FieldWriter out = new FieldWriter();
        out.u64(MAGIC).u32(VERSION).u64(record.number()).u64(record.time().toEpochMilli());
        out.digest(record.writer()).digest(record.previous()).u64(record.base());
        out.u32(body.length).raw(body).u32(stateBytes.length).raw(stateBytes);
        return out.digest(Hash.of(out.toBytes())).toBytes();
    }

    /// Returns the checksum that a record ends with.
    static Digest checksum(byte[] record) {
        return Digest.of(
                java.util.Arrays.copyOfRange(record, record.length - Digest.BYTES, record.length));
    }

    static byte[] encode(RecordBody body) {
        FieldWriter out = new FieldWriter();
        switch (body) {
            case RecordBody.Commit commit -> writeCommit(out.u8(1), commit);
            case RecordBody.Remove remove -> out.u8(2).text(remove.name());
            case RecordBody.Condemn condemn -> condemn.packs().write(out.u8(3));
            case RecordBody.Delete delete -> delete.packs().write(out.u8(4));
            case RecordBody.Gone gone -> gone.packs().write(out.u8(5));
        }
        return out.toBytes();
    }

    private static void writeCommit(FieldWriter out, RecordBody.Commit commit) {
        Digest diffId = commit.diffId();
        out.text(commit.name()).digest(commit.identity());
        out.u8((diffId != null ? DIFF_ID : 0) | (commit.sorted() ? SORTED : 0));
        if (diffId != null) {
            out.digest(diffId);
        }
        out.varint(commit.tarBytes()).varint(commit.entries()).varint(commit.frames());
        commit.packs().write(out);
        Map<PackKey, Integer> table = new HashMap<>();
        commit.packs().forEach(pack -> table.put(pack, table.size()));
        out.varint(commit.pages().size());
        for (PageRef page : commit.pages()) {
            out.sized(page.firstPath().bytes());
            writeFrame(out, page.manifest(), table);
            writeFrame(out, page.placement(), table);
            out.varint(page.packs().size());
            page.packs().forEach(pack -> out.varint(index(table, pack)));
        }
    }

    private static int index(Map<PackKey, Integer> table, PackKey pack) {
        Integer index = table.get(pack);
        if (index == null) {
            throw new IllegalStateException(pack + " is not among the packs of the commit");
        }
        return index;
    }

    static void writePack(FieldWriter out, PackKey pack) {
        Session session = pack.session();
        out.u64(session.began()).u64(session.high()).u64(session.low()).varint(pack.number());
    }

    static PackKey readPack(FieldReader in) throws LayerDamagedException {
        long began = in.u64();
        if (began < 0) {
            throw in.damaged("session", "began at 0 or later", began);
        }
        Session session = new Session(began, in.u64(), in.u64());
        return new PackKey(session, in.count("pack number", 0, PackKey.NUMBER_MAX));
    }

    private static void writeFrame(FieldWriter out, Located frame, Map<PackKey, Integer> table) {
        int pack = index(table, frame.pack());
        out.digest(frame.digest()).varint(frame.rawBytes()).varint(pack);
        out.varint(frame.offset()).varint(frame.bytes());
    }

    private static Located readFrame(FieldReader in, List<PackKey> table)
            throws LayerDamagedException {
        return new Located(
                in.digest(),
                in.count("bytes of a frame", 1, Frames.RAW_BYTES_MAX),
                table.get(in.count("index of a pack", 0, table.size() - 1)),
                in.count("offset of a frame", 0, PackFormat.BYTES_MAX),
                in.count("packed bytes of a frame", 1, PackFormat.BYTES_MAX));
    }

    /// Decodes a record.
    ///
    /// @param number that its key tells
    static LogRecord decode(byte[] bytes, long number) throws LayerDamagedException {
        String object = key(number).value();
        FieldReader in = new FieldReader(object, bytes);
        if (bytes.length < BODY_OFFSET + 4 + Digest.BYTES) {
            throw in.damaged("too short", BODY_OFFSET + 36 + " bytes", bytes.length);
        }
        Digest actual = new Hash().digest(bytes, 0, bytes.length - Digest.BYTES);
        Digest expected = checksum(bytes);
        if (!actual.equals(expected)) {
            throw in.damaged("checksum of the record", expected, actual);
        }
        in = new FieldReader(object, 0, bytes, 0, bytes.length - Digest.BYTES);
        in.magic(MAGIC, "not a record of a log");
        in.version(VERSION, "record");
        long found = in.u64();
        if (found != number) {
            throw in.damaged("number of the record", number, found);
        }
        Instant time = StateFormat.time(in);
        Digest writer = in.digest();
        Digest previous = in.digest();
        long base = in.u64();
        if (base < 0 || base > number || number - base > LogRecord.BASE_RECORDS_MAX) {
            throw in.damaged("number of the last state", "at most 256 before " + number, base);
        }
        RecordBody body = body(in);
        LogState state = state(in, number, base);
        in.end();
        return new LogRecord(number, time, writer, previous, base, body, state);
    }

    private static @Nullable LogState state(FieldReader in, long number, long base)
            throws LayerDamagedException {
        int length = in.u32();
        if ((length != 0) != (base == number) || length != in.left()) {
            throw in.damaged("bytes of the state", base == number ? in.left() : 0, length);
        }
        return length == 0 ? null : StateFormat.decode(in, number);
    }

    private static RecordBody body(FieldReader in) throws LayerDamagedException {
        int length = in.u32();
        if (length < 1 || length > in.left()) {
            throw in.damaged("bytes of the body", "1 to " + in.left(), length);
        }
        long start = in.position();
        byte[] bytes = in.raw(length);
        FieldReader body = new FieldReader(in.object(), start, bytes, 0, length);
        int kind = body.u8();
        RecordBody decoded =
                switch (kind) {
                    case 1 -> commit(body);
                    case 2 -> new RecordBody.Remove(body.text("name", LayerNames.BYTES_MAX));
                    case 3 -> new RecordBody.Condemn(PackSet.read(body));
                    case 4 -> new RecordBody.Delete(PackSet.read(body));
                    case 5 -> new RecordBody.Gone(PackSet.read(body));
                    default -> throw body.damaged("kind of record", "1 to 5", kind);
                };
        body.end();
        return decoded;
    }

    private static RecordBody.Commit commit(FieldReader in) throws LayerDamagedException {
        String name = in.text("name", LayerNames.BYTES_MAX);
        Digest identity = in.digest();
        int flags = in.u8();
        if ((flags & ~(DIFF_ID | SORTED)) != 0) {
            throw in.damaged("flags", "0 to 3", flags);
        }
        Digest diffId = (flags & DIFF_ID) != 0 ? in.digest() : null;
        long tarBytes = in.varint();
        long entries = in.varint();
        long frames = in.varint();
        PackSet packs = PackSet.read(in);
        List<PackKey> table = List.copyOf(packs.keys());
        List<PageRef> pages = new ArrayList<>();
        int count = in.count("number of pages", 0, table.isEmpty() ? 0 : PAGES_MAX);
        for (int i = 0; i < count; i++) {
            pages.add(page(in, table));
        }
        boolean sorted = (flags & SORTED) != 0;
        return new RecordBody.Commit(
                name, identity, diffId, tarBytes, entries, frames, sorted, pages, packs);
    }

    private static PageRef page(FieldReader in, List<PackKey> table) throws LayerDamagedException {
        TarPath first = TarPath.of(in.sized("path", TarPath.BYTES_MAX));
        Located manifest = readFrame(in, table);
        Located placement = readFrame(in, table);
        List<PackKey> packs = new ArrayList<>();
        int count = in.count("packs of a page", 1, table.size());
        for (int i = 0; i < count; i++) {
            packs.add(table.get(in.count("index of a pack", 0, table.size() - 1)));
        }
        return new PageRef(first, manifest, placement, PackSet.of(packs));
    }
}
