package dev.siltstone.layer;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Compares two layers by their frames. A *group* is a row in which entries begin, with the rows of data behind it.
/// Groups that are in both are equal and nothing of them is read; of the others only the frames with headers are.
///
/// Not thread-safe.
final class LayerDiff {
    private static final int GROUPS_AT_ONCE = 32;

    /// @param data digests of the rows behind the first, as one
    private record Group(ManifestReader.Row first, Digest data, Digest key) {}

    private final Layer before;
    private final Layer after;

    LayerDiff(Layer before, Layer after) {
        this.before = before;
        this.after = after;
    }

    List<LayerChange> changes() throws IOException {
        List<Group> left = groups(before);
        List<Group> right = groups(after);
        Map<TarPath, Digest> old = entries(before, without(left, right));
        Map<TarPath, Digest> now = entries(after, without(right, left));
        Map<TarPath, LayerChange.Kind> kinds = new TreeMap<>();
        old.forEach((path, digest) -> {
            Digest other = now.get(path);
            if (other == null) {
                kinds.put(path, LayerChange.Kind.REMOVED);
            } else if (!other.equals(digest)) {
                kinds.put(path, LayerChange.Kind.CHANGED);
            }
        });
        now.keySet().stream()
                .filter(path -> !old.containsKey(path))
                .forEach(path -> kinds.put(path, LayerChange.Kind.ADDED));
        List<LayerChange> changes = new ArrayList<>();
        kinds.forEach((path, kind) -> changes.add(new LayerChange(kind, path)));
        return changes;
    }

    private static List<Group> without(List<Group> groups, List<Group> others) {
        Set<Digest> common = new HashSet<>();
        others.forEach(group -> common.add(group.key));
        return groups.stream().filter(group -> !common.contains(group.key)).toList();
    }

    private static List<Group> groups(Layer layer) throws IOException {
        List<Group> groups = new ArrayList<>();
        RowCursor rows = new PageCursor(layer.manifest(), 0);
        ManifestReader.Row first = null;
        FieldWriter data = new FieldWriter();
        ManifestReader.Row row = rows.next();
        while (row != null) {
            ManifestReader.Row next = rows.next();
            FrameRow frame = row.frame();
            if (!frame.entries().isEmpty()) {
                end(first, data, groups);
                first = row;
                data = new FieldWriter();
            } else if (next != null) { // the last is the end of the tar
                data.digest(frame.digest()).u64(frame.repeat());
            }
            row = next;
        }
        end(first, data, groups);
        return groups;
    }

    private static void end(
            ManifestReader.@Nullable Row first, FieldWriter data, List<Group> groups) {
        if (first != null) {
            Digest behind = Hash.of(data.toBytes());
            FieldWriter all = new FieldWriter().digest(first.frame().digest()).digest(behind);
            groups.add(new Group(first, behind, Hash.of(all.toBytes())));
        }
    }

    private static Map<TarPath, Digest> entries(Layer layer, List<Group> groups)
            throws IOException {
        Map<TarPath, Digest> entries = new HashMap<>();
        for (int start = 0; start < groups.size(); start += GROUPS_AT_ONCE) {
            List<Group> some =
                    groups.subList(start, Math.min(groups.size(), start + GROUPS_AT_ONCE));
            Map<Digest, FrameFetch.Fetched> fetched =
                    layer.fetch().fetch(some.stream().map(g -> g.first.located()).toList(), false);
            for (Group group : some) {
                FrameFetch.Fetched frame = fetched.get(group.first.frame().digest());
                if (frame != null) {
                    addEntries(group, frame.raw(), entries);
                }
            }
        }
        return entries;
    }

    private static void addEntries(Group group, byte[] raw, Map<TarPath, Digest> entries) {
        List<FrameEntry> indexed = group.first.frame().entries();
        for (int i = 0; i < indexed.size(); i++) {
            boolean isLast = i + 1 == indexed.size();
            int start = indexed.get(i).offset();
            int end = isLast ? raw.length : indexed.get(i + 1).offset();
            Hash hash = new Hash();
            hash.add(raw, start, end - start);
            if (isLast) {
                hash.add(group.data.toBytes(), 0, Digest.BYTES);
            }
            entries.put(indexed.get(i).path().plain(), hash.end());
        }
    }
}
