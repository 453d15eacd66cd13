package dev.siltstone.layer;

/// One page of a manifest, as a commit names it.
///
/// @param firstPath of the first entry that begins in it; empty if none does
/// @param manifest the page itself: [PageFormat]
/// @param placement where the frames of its rows lie: [PlacementFormat]
/// @param packs that those lie in
record PageRef(TarPath firstPath, Located manifest, Located placement, PackSet packs) {}
