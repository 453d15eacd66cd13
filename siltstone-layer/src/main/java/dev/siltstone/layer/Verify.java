package dev.siltstone.layer;

import dev.siltstone.objectstore.BoundedTasks;
import dev.siltstone.objectstore.NoSuchObjectException;
import dev.siltstone.objectstore.ObjectContent;
import dev.siltstone.objectstore.ObjectStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;

/// Reads the log, each pack that a layer names, whole, and each page; proves every byte of packs, and that each row
/// of each layer is where its placement says.
///
/// Not thread-safe.
final class Verify {
    private static final int PACKS_AT_ONCE = Runtime.getRuntime().availableProcessors();

    private final ObjectStore store;
    private final LayerLog log;
    private final List<String> findings = Collections.synchronizedList(new ArrayList<>());
    private final Set<Located> proven = Collections.synchronizedSet(new HashSet<>());
    private final ConcurrentLinkedQueue<FrameCodec> codecs = new ConcurrentLinkedQueue<>();
    private final LongAdder bytes = new LongAdder();

    Verify(ObjectStore store, LayerLog log) {
        this.store = store;
        this.log = log;
    }

    VerifyResult run() throws IOException {
        LogState state;
        try {
            log.follow(LogView.EMPTY); // also what no state rests on any more
        } catch (LayerDamagedException e) {
            found(e);
        }
        try {
            state = log.read().state();
        } catch (LayerDamagedException e) {
            found(e);
            return new VerifyResult(0, 0, 0, 0, findings);
        }
        Set<PackKey> live = state.live();
        List<BoundedTasks.Task> tasks = new ArrayList<>();
        live.forEach(pack -> tasks.add(() -> pack(pack)));
        BoundedTasks.run(PACKS_AT_ONCE, tasks);
        codecs.forEach(FrameCodec::close);
        for (NamedLayer layer : state.names().values()) {
            layer(layer);
        }
        return new VerifyResult(
                state.names().size(), live.size(), proven.size(), bytes.sum(), findings);
    }

    private void found(IOException finding) {
        findings.add("" + finding.getMessage());
    }

    private void pack(PackKey key) throws IOException {
        try (ObjectContent content = store.get(key.objectKey())) {
            if (content.bytes() > PackFormat.BYTES_MAX
                    || content.bytes() < PackFormat.indexBytes(1)) {
                throw new LayerDamagedException(
                        key.toString(), 0, "size", "that of a pack", content.bytes() + " bytes");
            }
            byte[] pack = content.stream().readNBytes((int) content.bytes());
            bytes.add(pack.length);
            int index = PackFormat.indexBytes(key, pack.length, pack);
            byte[] indexBytes = Arrays.copyOfRange(pack, pack.length - index, pack.length);
            List<PackFormat.Row> rows = PackFormat.decodeIndex(key, pack.length, indexBytes);
            FrameCodec free = codecs.poll();
            FrameCodec codec = free == null ? new FrameCodec() : free;
            rows.forEach(row -> frame(codec, row, pack));
            codecs.add(codec);
        } catch (NoSuchObjectException e) {
            findings.add(key + " is named by a layer and not there");
        } catch (LayerDamagedException e) {
            found(e);
        }
    }

    private void frame(FrameCodec codec, PackFormat.Row row, byte[] pack) {
        Located frame = row.frame();
        try {
            codec.unpack(row, pack, frame.offset());
            proven.add(frame);
        } catch (LayerDamagedException e) {
            found(e);
        }
    }

    private void layer(NamedLayer layer) throws IOException {
        try {
            RecordBody.Commit commit = log.commit(layer);
            Digest identity = ManifestFormat.identity(commit.pages());
            if (!identity.equals(commit.identity())) {
                throw new LayerDamagedException(
                        RecordFormat.key(layer.number()).value(),
                        RecordFormat.BODY_OFFSET,
                        "identity of " + layer.name(),
                        "" + commit.identity(),
                        "" + identity);
            }
            LongAdder tarBytes = new LongAdder();
            ManifestReader reader = new ManifestReader(new FrameFetch(store), commit);
            reader.placements(frame -> requireProven(layer, frame));
            reader.rows(row -> tarBytes.add(row.frame().tarBytes()));
            if (tarBytes.sum() != commit.tarBytes()) {
                findings.add(
                        "%s: its frames have %d bytes, its commit tells %d"
                                .formatted(layer.name(), tarBytes.sum(), commit.tarBytes()));
            }
        } catch (LayerDamagedException | MissingPackException e) {
            findings.add(layer.name() + ": " + e.getMessage());
        }
    }

    private void requireProven(NamedLayer layer, Located frame) {
        if (!layer.packs().contains(frame.pack())) {
            findings.add(
                    "%s: frame %s lies in %s, which its commit does not name"
                            .formatted(layer.name(), frame.digest(), frame.pack()));
        } else if (!proven.contains(frame)) {
            findings.add(
                    "%s: frame %s is not whole at %d of %s"
                            .formatted(layer.name(), frame.digest(), frame.offset(), frame.pack()));
        }
    }
}
