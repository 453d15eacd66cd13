package dev.siltstone.layer;

import dev.siltstone.io.Disk;
import dev.siltstone.io.DiskFile;
import dev.siltstone.objectstore.ObjectKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Tells what is in a pack or a record of the log that lies in a file, and what is wrong with it: every checksum, every
/// frame unpacked, every page of a manifest and its placement decoded. Changes nothing. Whether packs and records fit
/// together is for [LayerStore#verify].
///
/// In memory are the index of a pack and one frame, or one record.
public final class LayerInspection {
    private final Consumer<LayerFact> facts;
    private final String name;
    private final DiskFile file;
    private @Nullable List<FrameRow> page;

    private LayerInspection(DiskFile file, Consumer<LayerFact> facts) {
        this.file = file;
        this.name = file.path().toString();
        this.facts = facts;
    }

    /// Says whether a file is a pack or a record: by its bytes, or by its place in a store if those are damaged.
    public static boolean isLayerFile(Disk disk, Path path) throws IOException {
        if (packOf(path).isPresent() || recordOf(path).isPresent()) {
            return true;
        }
        try (DiskFile file = disk.openForReading(path)) {
            return isRecord(file) || isPack(file);
        }
    }

    private static boolean isRecord(DiskFile file) throws IOException {
        ByteBuffer magic = ByteBuffer.wrap(new LayerInspection(file, fact -> {}).read(0, 8));
        return magic.remaining() == 8 && magic.getLong() == RecordFormat.MAGIC;
    }

    private static boolean isPack(DiskFile file) throws IOException {
        LayerInspection reader = new LayerInspection(file, fact -> {});
        long size = file.size();
        if (size < PackFormat.indexBytes(1)) {
            return false;
        }
        long start = size - ByteBuffer.wrap(reader.read(size - 4, 4)).getInt();
        if (start < 0 || start > size - PackFormat.indexBytes(1)) {
            return false;
        }
        ByteBuffer head = ByteBuffer.wrap(reader.read(start, 16));
        return head.order(ByteOrder.LITTLE_ENDIAN).getInt(0) == PackFormat.SKIPPABLE
                && head.order(ByteOrder.BIG_ENDIAN).getLong(8) == PackFormat.MAGIC;
    }

    private static Optional<PackKey> packOf(Path path) {
        return key(path, 3).flatMap(PackKey::of);
    }

    private static OptionalLong recordOf(Path path) {
        return key(path, 2)
                .filter(key -> key.value().startsWith(RecordFormat.PREFIX))
                .map(RecordFormat::number)
                .orElse(OptionalLong.empty());
    }

    private static Optional<ObjectKey> key(Path path, int names) {
        Path whole = path.toAbsolutePath();
        int count = whole.getNameCount();
        return count < names
                ? Optional.empty()
                : Optional.of(ObjectKey.of(whole.subpath(count - names, count).toString()));
    }

    /// Tells all of a file.
    ///
    /// @throws IOException if it cannot be read; damage is a fact, not an exception
    public static void inspect(Disk disk, Path path, Consumer<LayerFact> facts) throws IOException {
        try (DiskFile file = disk.openForReading(path)) {
            LayerInspection inspection = new LayerInspection(file, facts);
            try {
                if (recordOf(path).isPresent() || packOf(path).isEmpty() && isRecord(file)) {
                    inspection.record(recordOf(path));
                } else {
                    inspection.pack(packOf(path));
                }
            } catch (LayerDamagedException e) {
                inspection.damaged(e);
            }
        }
    }

    private void damaged(LayerDamagedException e) {
        facts.accept(LayerFact.damaged(name, e.position(), e.fault(), e.expected(), e.actual()));
    }

    private byte[] read(long start, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        int read = file.read(bytes, start);
        return java.util.Arrays.copyOf(bytes.array(), Math.max(0, read));
    }

    private byte[] all(int bytesMin, int bytesMax) throws IOException {
        requireSize(bytesMin, bytesMax);
        return read(0, (int) file.size());
    }

    private void requireSize(int bytesMin, int bytesMax) throws IOException {
        long size = file.size();
        if (size < bytesMin || size > bytesMax) {
            throw new LayerDamagedException(
                    name, 0, "size", bytesMin + " to " + bytesMax + " bytes", size + " bytes");
        }
    }

    private void record(OptionalLong told) throws IOException {
        byte[] bytes = all(RecordFormat.BODY_OFFSET, RecordFormat.BYTES_MAX);
        LogRecord record =
                RecordFormat.decode(bytes, told.orElse(ByteBuffer.wrap(bytes).getLong(12)));
        LayerFact fact =
                LayerFact.of("record")
                        .and("file", name)
                        .and("number", record.number())
                        .and("time", record.time().toString())
                        .and("previous", record.previous().toString())
                        .and("base", record.base());
        facts.accept(body(fact, record.body()));
        LogState state = record.state();
        if (state != null) {
            facts.accept(
                    LayerFact.of("state")
                            .and("names", state.names().size())
                            .and("live", state.live().size())
                            .and("condemned", state.condemned().size())
                            .and("deleting", state.deleting().size())
                            .and("gone", state.gone().size()));
            state.names()
                    .values()
                    .forEach(named ->
                            facts.accept(
                                    LayerFact.of("layer")
                                            .and("name", named.name())
                                            .and("number", named.number())
                                            .and("identity", named.identity().toString())
                                            .and("tarBytes", named.tarBytes())
                                            .and("entries", named.entries())
                                            .and("packs", named.packs().size())));
        }
    }

    private static LayerFact body(LayerFact fact, RecordBody body) {
        return switch (body) {
            case RecordBody.Commit commit -> {
                fact.and("kind", "commit")
                        .and("name", commit.name())
                        .and("identity", commit.identity().toString());
                Digest diffId = commit.diffId();
                if (diffId != null) {
                    fact.and("diffId", diffId.toString());
                }
                yield fact.and("tarBytes", commit.tarBytes())
                        .and("entries", commit.entries())
                        .and("frames", commit.frames())
                        .and("sorted", commit.sorted())
                        .and("pages", commit.pages().size())
                        .and("packs", commit.packs().size());
            }
            case RecordBody.Remove remove -> fact.and("kind", "rm").and("name", remove.name());
            case RecordBody.Condemn condemn -> packs(fact, "condemn", condemn.packs());
            case RecordBody.Delete delete -> packs(fact, "delete", delete.packs());
            case RecordBody.Gone gone -> packs(fact, "gone", gone.packs());
        };
    }

    private static LayerFact packs(LayerFact fact, String kind, PackSet packs) {
        return fact.and("kind", kind).and("packs", packs.size());
    }

    private void pack(Optional<PackKey> told) throws IOException {
        requireSize(PackFormat.indexBytes(1), PackFormat.BYTES_MAX);
        long size = file.size();
        PackKey any = told.orElse(PackKey.NONE);
        int indexBytes = PackFormat.indexBytes(any, size, read(size - 4, 4));
        byte[] index = read(size - indexBytes, indexBytes);
        PackKey key = told.orElse(PackFormat.keyIn(index));
        List<PackFormat.Row> rows = PackFormat.decodeIndex(key, size, index);
        facts.accept(
                LayerFact.of("pack")
                        .and("file", name)
                        .and("key", key.toString())
                        .and("frames", rows.size())
                        .and("bytes", size));
        try (FrameCodec codec = new FrameCodec()) {
            for (PackFormat.Row row : rows) {
                frame(codec, row);
            }
        }
    }

    private void frame(FrameCodec codec, PackFormat.Row row) throws IOException {
        Located frame = row.frame();
        try {
            byte[] packed = read(frame.offset(), frame.bytes());
            facts.accept(
                    content(frame, codec.unpack(row, packed, 0))
                            .and("bytes", frame.bytes())
                            .and("rawBytes", frame.rawBytes())
                            .and("digest", frame.digest().toString()));
        } catch (LayerDamagedException e) {
            page = null;
            damaged(e);
        }
    }

    /// Tells what a frame seems to be: a part of a tar may begin with any bytes, so what cannot be decoded is one.
    private LayerFact content(Located frame, byte[] raw) {
        long magic = raw.length < 8 ? 0 : ByteBuffer.wrap(raw).getLong();
        List<FrameRow> before = page;
        page = null;
        try {
            if (magic == PageFormat.MAGIC) {
                page = PageFormat.decode(name, raw);
                return page(frame, page);
            }
            if (magic == PlacementFormat.MAGIC && before != null) {
                List<Located> placed = PlacementFormat.decode(name, raw, before);
                return at(frame, "placement")
                        .and("rows", placed.size())
                        .and(
                                "packs",
                                PackSet.of(placed.stream().map(Located::pack).toList()).size());
            }
        } catch (LayerDamagedException e) {
            page = null;
        }
        return at(frame, "frame");
    }

    private static LayerFact at(Located frame, String kind) {
        return LayerFact.of(kind).and("filePosition", frame.offset());
    }

    private static LayerFact page(Located frame, List<FrameRow> rows) {
        LayerFact fact = at(frame, "page").and("rows", rows.size());
        List<FrameEntry> entries = rows.stream().flatMap(row -> row.entries().stream()).toList();
        fact.and("entries", entries.size());
        if (!entries.isEmpty()) {
            fact.and("first", entries.getFirst().path().toString())
                    .and("last", entries.getLast().path().toString());
        }
        return fact;
    }
}
