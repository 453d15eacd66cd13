package dev.siltstone.layer;

import java.util.List;

/// The canonical form of a manifest, whose SHA-256 is the layer's identity: equal trees, cut by the same rules,
/// have equal identities, wherever their frames lie. It is not stored: a commit names the same pages.
///
/// | bytes | meaning |
/// |---|---|
/// | 8 | magic `SILTMNFS` |
/// | 4 | version, 1 |
/// | 4 | number of pages |
/// | 36 each | digest of the page ([PageFormat]), its raw bytes |
final class ManifestFormat {
    static final long MAGIC = 0x53494C544D4E4653L;
    static final int VERSION = 1;

    private ManifestFormat() {}

    static Digest identity(List<PageRef> pages) {
        FieldWriter out = new FieldWriter().u64(MAGIC).u32(VERSION).u32(pages.size());
        for (PageRef page : pages) {
            out.digest(page.manifest().digest()).u32(page.manifest().rawBytes());
        }
        return Hash.of(out.toBytes());
    }
}
