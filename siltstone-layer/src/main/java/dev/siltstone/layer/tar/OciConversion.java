package dev.siltstone.layer.tar;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Turns the entries of an OverlayFS upper tree into those of an OCI layer, in two passes: whiteouts come before what
/// else is in their directory. In memory are the whiteouts only.
///
/// ```
///   collect(each entry)            then    convert(each entry) --> none, it, or it with whiteouts
/// ```
///
/// Not thread-safe.
public final class OciConversion {
    private final Map<String, List<TarEntry>> whiteouts = new HashMap<>();
    private final Set<String> gone = new HashSet<>();

    /// Takes an entry of the first pass.
    public void collect(TarEntry entry) {
        if (isWhiteout(entry)) {
            gone.add(key(entry.path()));
            whiteouts
                    .computeIfAbsent(key(entry.parent()), directory -> new ArrayList<>())
                    .add(Whiteouts.whiteoutToOci(entry));
        }
    }

    /// OverlayFS gives its whiteouts one inode: all but the first are hard links.
    private boolean isWhiteout(TarEntry entry) {
        return Whiteouts.isOverlayWhiteout(entry)
                || (entry.type() == EntryType.HARD_LINK && gone.contains(key(entry.linkTarget())));
    }

    private static String key(byte[] path) {
        return new String(path, ISO_8859_1);
    }

    /// Returns what is written for an entry of the second pass; only the first of them can have content.
    ///
    /// @throws TarException if an OCI layer would take its name for something else
    public List<TarEntry> convert(TarEntry entry) throws TarException {
        if (gone.contains(key(entry.path()))) {
            return List.of();
        }
        Whiteouts.refuseOciName(entry);
        if (entry.type() != EntryType.DIRECTORY) {
            return List.of(entry);
        }
        List<TarEntry> entries = new ArrayList<>(Whiteouts.opaqueToOci(entry));
        entries.addAll(whiteouts.getOrDefault(key(entry.path()), List.of()));
        return entries;
    }
}
