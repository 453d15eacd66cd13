package dev.siltstone.layer;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/// The bytes of a [LogState] inside a record. Numbers are varints unless said; pack sets as in [PackSet].
///
/// | field | meaning |
/// |---|---|
/// | n | number of names; for each, in the order of UTF-16: |
/// | text | name: length, UTF-8 |
/// | number, u64, 32 bytes | record that committed it, its time in ms, identity |
/// | tarBytes, entries, packs | of the layer |
/// | n | number of records that condemned; for each, in their order: |
/// | number, u64, packs | the record, its time in ms, what of it is still condemned |
/// | packs, packs | deleting, gone |
final class StateFormat {
    private static final int NAMES_MAX = 1_000_000;

    private StateFormat() {}

    static byte[] encode(LogState state) {
        FieldWriter out = new FieldWriter();
        out.varint(state.names().size());
        for (NamedLayer layer : state.names().values()) {
            out.text(layer.name()).varint(layer.number()).u64(layer.committed().toEpochMilli());
            out.digest(layer.identity()).varint(layer.tarBytes()).varint(layer.entries());
            layer.packs().write(out);
        }
        Map<LogState.Condemned, List<PackKey>> condemned = condemnations(state);
        out.varint(condemned.size());
        condemned.forEach((record, packs) -> {
            out.varint(record.number()).u64(record.time().toEpochMilli());
            PackSet.of(packs).write(out);
        });
        state.deleting().write(out);
        state.gone().write(out);
        return out.toBytes();
    }

    private static Map<LogState.Condemned, List<PackKey>> condemnations(LogState state) {
        Map<LogState.Condemned, List<PackKey>> byRecord =
                new TreeMap<>((a, b) -> Long.compare(a.number(), b.number()));
        state.condemned()
                .forEach((pack, record) ->
                        byRecord.computeIfAbsent(record, r -> new ArrayList<>()).add(pack));
        return byRecord;
    }

    /// @param number of the record that the state stands in
    static LogState decode(FieldReader in, long number) throws LayerDamagedException {
        NavigableMap<String, NamedLayer> names = new TreeMap<>();
        int count = in.count("number of names", 0, NAMES_MAX);
        for (int i = 0; i < count; i++) {
            NamedLayer layer = layer(in, number);
            names.put(layer.name(), layer);
        }
        NavigableMap<PackKey, LogState.Condemned> condemned = new TreeMap<>();
        int records = in.count("number of condemnations", 0, PackSet.PACKS_MAX);
        for (int i = 0; i < records; i++) {
            long by = in.number("number of a record", 1, number);
            LogState.Condemned record = new LogState.Condemned(by, time(in));
            PackSet.read(in).forEach(pack -> condemned.put(pack, record));
        }
        PackSet deleting = PackSet.read(in);
        PackSet gone = PackSet.read(in);
        in.end();
        return new LogState(number, names, condemned, deleting, gone);
    }

    private static NamedLayer layer(FieldReader in, long number) throws LayerDamagedException {
        String name = in.text("name", LayerNames.BYTES_MAX);
        long by = in.number("number of a record", 1, number);
        return new NamedLayer(
                name, by, time(in), in.digest(), in.varint(), in.varint(), PackSet.read(in));
    }

    static Instant time(FieldReader in) throws LayerDamagedException {
        return Instant.ofEpochMilli(in.u64());
    }
}
