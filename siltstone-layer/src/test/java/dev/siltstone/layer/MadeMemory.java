package dev.siltstone.layer;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Remembers frames by the very arrays of a [MadeTree]: who changes a file gives it a new one.
final class MadeMemory implements TarMemory {
    private final Map<List<Object>, RawFrame> runs = new HashMap<>();
    private final Map<Object, List<RawFrame>> data = new HashMap<>();
    Digest identity;

    private static List<Object> key(List<PushedEntry> run) {
        return run.stream()
                .map(entry ->
                        (Object) List.of(entry.path(), ((MadeTree.Entry) entry).file().data()))
                .toList();
    }

    @Override
    public Digest identity() {
        return identity;
    }

    @Override
    public RawFrame run(List<PushedEntry> run) {
        return runs.get(key(run));
    }

    @Override
    public List<RawFrame> data(PushedEntry large) {
        return data.getOrDefault(((MadeTree.Entry) large).file().data(), List.of());
    }

    @Override
    public void ran(List<PushedEntry> run, RawFrame frame) {
        runs.put(key(run), frame);
    }

    @Override
    public void ran(PushedEntry large, List<RawFrame> frames) {
        data.put(((MadeTree.Entry) large).file().data(), List.copyOf(frames));
    }
}
