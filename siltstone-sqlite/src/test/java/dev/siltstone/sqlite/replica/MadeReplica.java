package dev.siltstone.sqlite.replica;

import dev.siltstone.io.ManualClock;
import dev.siltstone.objectstore.MemoryStore;
import dev.siltstone.objectstore.MeteredStore;
import dev.siltstone.objectstore.ObjectBody;
import dev.siltstone.objectstore.ObjectContent;
import dev.siltstone.objectstore.ObjectKey;
import dev.siltstone.objectstore.ObjectStore;
import dev.siltstone.objectstore.PutOptions;
import dev.siltstone.objectstore.StoreMeter;
import dev.siltstone.rangestore.RangeId;
import dev.siltstone.rangestore.RemoteRanges;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;

/// A replica in memory, made of a [MadeHistory].
final class MadeReplica {
    static final String PREFIX = "db/";

    final MadeHistory history;
    final LitestreamNames names;
    final MemoryStore store = new MemoryStore(new ManualClock());
    final StoreMeter meter = new StoreMeter();

    MadeReplica(MadeHistory history, LitestreamNames names) {
        this.history = history;
        this.names = names;
    }

    /// Puts transactions `min` to `max` as one file of a level.
    MadeReplica put(int level, int min, int max) throws IOException {
        byte[] file =
                min == 1 && max > 1
                        ? history.snapshot(max)
                        : min == max ? history.file(min) : history.merged(min, max);
        return put(level, min, max, file, history.checksumText(max));
    }

    MadeReplica put(int level, int min, int max, byte[] file, String checksum) throws IOException {
        Map<String, String> metadata =
                checksum.isEmpty() ? Map.of() : Map.of(LitestreamNames.CHECKSUM_METADATA, checksum);
        store.put(
                key(level, min, max),
                ObjectBody.of(file),
                PutOptions.withMetadata(metadata)
                        .and(LitestreamNames.TIME_METADATA, history.time(max).toString())
                        .at(history.time(max)));
        return this;
    }

    ObjectKey key(int level, int min, int max) {
        return ObjectKey.of(PREFIX + names.nameOf(new RangeId(level, min, max)));
    }

    byte[] bytes(int level, int min, int max) throws IOException {
        try (ObjectContent content = store.get(key(level, min, max))) {
            return content.readAll();
        }
    }

    Instant time(int txid) {
        return history.time(txid);
    }

    RemoteRanges open() throws IOException {
        return open(store);
    }

    RemoteRanges open(ObjectStore through) throws IOException {
        return RemoteRanges.open(
                new MeteredStore(through, meter), PREFIX, names, LitestreamNames.settings());
    }
}
